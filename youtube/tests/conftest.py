from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from connections.models import Connection, Role, Workspace
from connections.sandbox_server import SandboxServer, load
from connections.tests.factories import make_member, make_workspace
from connections.tests.working import work_off
from youtube.platform import youtube
from youtube.tests.connecting import connect
from youtube.tests.sandbox_control import SandboxControl

SMALL_PAGE = 20


@pytest.fixture
def size() -> str:
    """How much there is in the sandbox; a test that needs another size parametrises it."""
    return "small"


@pytest.fixture
def vendor(settings: Settings, size: str) -> Iterator[SandboxControl]:
    """A YouTube of the test's own, to which Greenroom's settings point. Waits between tries are short."""
    with SandboxServer(load(["youtube.sandbox"], 1, size)) as server:
        url = f"{server.url}/youtube"
        for name, value in youtube.sandbox_environment(url).items():
            setattr(settings, name, value)
        settings.SYNC_RETRY_SECONDS = 0.02
        yield SandboxControl(url)


@pytest.fixture
def small_pages(vendor: SandboxControl) -> None:
    """YouTube may serve fewer than it was asked for: pages of twenty make walks of many pages out of few comments."""
    vendor.post("settings", page_cap=SMALL_PAGE)


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    """A workspace whose owner has an address to write to."""
    workspace = make_workspace("Spoke & Solder")
    make_member(workspace, Role.OWNER, "mara", email="mara@spoke.example")
    return workspace


@pytest.fixture
def connection(vendor: SandboxControl, workspace: Workspace) -> Connection:
    """A channel that has just been connected: its first runs wait for a worker."""
    return connect(vendor, workspace)


@pytest.fixture
def synced(connection: Connection) -> Connection:
    """The channel after its first sync."""
    work_off(connection)
    return connection
