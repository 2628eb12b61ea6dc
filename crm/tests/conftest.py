from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from connections.models import Connection
from connections.registry import platforms
from crm.tests import notebook as notebook_platform
from crm.tests.factories import Cast, make_cast
from crm.tests.notebook import Notebook


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def connection(cast: Cast) -> Connection:
    return cast.connection


@pytest.fixture
def notebook(cast: Cast, settings: Settings) -> Iterator[Notebook]:
    """The cast's account is one on a platform that only takes notes."""
    settings.PLATFORMS = {**settings.PLATFORMS, "notebook": "crm.tests.notebook.notebook"}
    platforms.cache_clear()
    notebook_platform.notebook.told.clear()
    Connection.objects.filter(pk=cast.connection.pk).update(platform="notebook")
    cast.connection.refresh_from_db()
    yield notebook_platform.notebook
    platforms.cache_clear()
