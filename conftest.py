import os

import django
import pytest

os.environ.setdefault("ALLOW_SANDBOX", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - needs the environment

from config.celery import app  # noqa: E402 - needs the settings

# Tests work off their runs themselves; messages must reach no worker that happens to listen on this machine.
app.conf.update(broker_url="memory://localhost")
# Requests are counted only where a test is about that.
settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


# What tests with a marker need beside Python; without it they are skipped, by name.
SERVICES = {
    "postgres": {"DATABASE_URL": "postgres"},
    "processes": {"DATABASE_URL": "postgres", "REDIS_URL": "redis"},
    "browser": {"CHROMIUM": "/"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for marker, needed in SERVICES.items():
        missing = [name for name, start in needed.items() if not os.environ.get(name, "").startswith(start)]
        for item in items:
            if missing and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"{marker}: set {' and '.join(missing)}"))
