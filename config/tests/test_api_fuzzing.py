"""What schemathesis makes of the document, sent to every operation: no server error, and answers as documented."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from config.tests.tenants import Tenant, make_tenants
from config.wsgi import application
from connections.api.documents import document
from connections.models import SyncRun, Workspace
from connections.tests.calling import bearer, token_of
from crm.models import ContentPiece, Fan, Interaction
from youtube.models import YouTubeComment, YouTubeConnection, YouTubeVideo

pytestmark = pytest.mark.django_db

EXAMPLES = 12
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
ROWS: Mapping[str, type[Any]] = {
    "content": ContentPiece,
    "fans": Fan,
    "interactions": Interaction,
    "sync-runs": SyncRun,
    "workspaces": Workspace,
    "youtube/comments": YouTubeComment,
    "youtube/connections": YouTubeConnection,
    "youtube/videos": YouTubeVideo,
}
OPERATIONS = [
    pytest.param(path, method, mode, id=f"{method} {path} {mode.value}")
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # What takes nothing can be given nothing wrong.
    if mode is GenerationMode.POSITIVE or operation.get("parameters") or operation.get("requestBody")
]


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """A bare WSGI server ends each request's database connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenants()[0]


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_no_input_makes_a_server_error(tenant: Tenant, path: str, method: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    operation = schema[path][method]
    headers = bearer(token_of(tenant.owner))

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: "schemathesis.Case[Any]") -> None:
        if mode is GenerationMode.POSITIVE and "{uuid}" in path:
            case.path_parameters["uuid"] = str(_row(path, tenant).uuid)
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


def _row(path: str, tenant: Tenant) -> Any:
    return tenant.row(ROWS[path.removeprefix("/api/v1/").removesuffix("/{uuid}")])
