import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import environ
import pytest
from django.db import connection as database
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from pytest_django import DjangoDbBlocker

from connections.models import Connection, Role, Workspace
from connections.tests.factories import make_member, make_workspace
from youtube.tests.connecting import connect
from youtube.tests.processes.installation import Installation
from youtube.tests.processes.servers import Redis, own_database
from youtube.tests.sandbox_control import SandboxControl


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.processes)


@contextmanager
def orm_on(url: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let this process's models speak to a database that other processes use too, outside any transaction."""
    before = dict(database.settings_dict)
    database.close()
    database.settings_dict.update(environ.Env.db_url_config(url))
    with blocker.unblock():
        try:
            yield
        finally:
            database.close()
            database.settings_dict.update(before)


@pytest.fixture(scope="session")
def migrated(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with all tables, to be copied; of the schedule only the sweep is left, each second."""
    name = f"greenroom_processes_{uuid4().hex[:12]}"
    with own_database(os.environ["DATABASE_URL"], name) as url:
        prepare_database(url, django_db_blocker, tmp_path_factory.mktemp("migrate"))
        yield name


def prepare_database(url: str, blocker: DjangoDbBlocker, logs: Path) -> None:
    Installation(url, Redis(), SandboxControl("http://127.0.0.1:9"), logs).manage("migrate", "--verbosity", "0")
    with orm_on(url, blocker):
        second, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
        PeriodicTask.objects.update(enabled=False)
        PeriodicTask.objects.filter(task="connections.tasks.sweep").update(enabled=True, interval=second)


@pytest.fixture
def installation(
    migrated: str, vendor: SandboxControl, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[Installation]:
    """A database and a broker of this test's own, and nothing running yet."""
    name = f"{migrated}_{uuid4().hex[:6]}"
    with (
        own_database(os.environ["DATABASE_URL"], name, template=migrated) as url,
        orm_on(url, django_db_blocker),
        Redis() as redis,
    ):
        installation = Installation(url, redis, vendor, tmp_path)
        try:
            yield installation
        finally:
            installation.stop()


@pytest.fixture
def workspace(installation: Installation) -> Workspace:
    workspace = make_workspace("Spoke & Solder")
    make_member(workspace, Role.OWNER, "mara", email="mara@spoke.example")
    return workspace


@pytest.fixture
def connection(vendor: SandboxControl, workspace: Workspace, small_pages: None) -> Connection:
    """A channel that has just been connected, served in short pages."""
    return connect(vendor, workspace)
