from collections.abc import Callable
from typing import Any

from django.db import transaction


def after_commit(work: Callable[..., Any], *args: Any) -> None:
    """Call `work` once the transaction has committed. If it fails, that is logged and nothing else suffers."""
    # No partial: Django logs the name of a function that fails, and a partial has none to log.
    transaction.on_commit(lambda: work(*args), robust=True)
