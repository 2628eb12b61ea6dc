"""Servers that die under a working installation."""

import time
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from redis import Redis as RedisClient

from connections.models import Connection, Role, Workspace
from connections.tests.factories import make_member, make_workspace
from youtube.tests.connecting import connect
from youtube.tests.invariants import check_synced
from youtube.tests.processes.conftest import orm_on, prepare_database
from youtube.tests.processes.installation import Installation
from youtube.tests.processes.servers import Redis, own_postgres
from youtube.tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.timeout(300)


def test_rel_08_work_queued_in_a_broker_that_lost_everything_is_found_again(
    installation: Installation, vendor: SandboxControl, connection: Connection, workspace: Workspace
) -> None:
    other = connect(vendor, workspace, "slow-miles")
    installation.hold_page(4, seconds=3)
    installation.start_beat()
    installation.start_worker()
    installation.wait_for_page(4)
    broker = RedisClient.from_url(installation.redis.url)
    installation.wait_for(lambda: broker.llen("sync"), "work is queued behind the page")
    broker.close()

    installation.redis.kill()
    before, restarted_at = vendor.last_call(), time.monotonic()
    installation.redis.start()

    installation.wait_for(lambda: vendor.calls(since=before), "work goes on", 120)
    assert time.monotonic() - restarted_at < 120
    installation.wait_until_synced(connection, other, seconds=120)
    check_synced(vendor, connection)
    check_synced(vendor, other)


def test_rel_11_a_database_restarted_under_a_page_loses_nothing(
    vendor: SandboxControl, small_pages: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    with own_postgres() as postgres, Redis() as redis:
        prepare_database(postgres.url, django_db_blocker, tmp_path)
        installation = Installation(postgres.url, redis, vendor, tmp_path)
        with orm_on(postgres.url, django_db_blocker):
            workspace = make_workspace("Spoke & Solder")
            make_member(workspace, Role.OWNER, email="mara@spoke.example")
            connection = connect(vendor, workspace)
        installation.hold_page(6, seconds=2)
        try:
            installation.start_beat()
            installation.start_worker()
            installation.wait_for_page(6)
            postgres.restart_at_once()
            with orm_on(postgres.url, django_db_blocker):
                installation.wait_until_synced(connection, seconds=120)
                check_synced(vendor, connection)
        finally:
            installation.stop()
