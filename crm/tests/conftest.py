import pytest

from connections.models import Connection
from crm.tests.factories import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def connection(cast: Cast) -> Connection:
    return cast.connection
