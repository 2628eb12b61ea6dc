import os

import django
import pytest

os.environ.setdefault("ALLOW_SANDBOX", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.celery import app  # noqa: E402 - needs the settings

# Tests work off their runs themselves; messages must reach no worker that happens to listen on this machine.
app.conf.broker_url = "memory://"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    from django.db import connection  # noqa: PLC0415 - needs the settings

    if connection.vendor != "postgresql":
        for item in items:
            if item.get_closest_marker("postgres") or item.get_closest_marker("processes"):
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))
