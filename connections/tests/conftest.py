from collections.abc import Iterator
from importlib import import_module

import pytest
from pytest_django.fixtures import Settings

from connections.models import Connection, Membership, Role, User, Workspace
from connections.registry import platforms
from connections.sandbox_server import SandboxServer
from connections.tests.postcards import Postcards, PostOffice, grant_of, parcels, postcards
from connections.tokens import store_tokens


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    """Two invented platforms, postcards and parcels, beside the real ones, and the vendor of both."""
    import_module(settings.ROOT_URLCONF)  # mounts the real platforms' pages before others are named
    vendor = PostOffice()
    settings.PLATFORMS = {
        **settings.PLATFORMS,
        "postcards": "connections.tests.postcards.postcards",
        "parcels": "connections.tests.postcards.parcels",
    }
    for platform in (postcards, parcels):
        platform.erased.clear()
        platform.fails_after_connecting = False
    platforms.cache_clear()
    with SandboxServer({"postcards": vendor}) as server:
        Postcards.url = f"{server.url}/postcards"
        yield vendor
    platforms.cache_clear()


@pytest.fixture
def anna(db: None) -> User:
    """Owner of a workspace."""
    user = User.objects.create_user("anna", "anna@example.com")
    workspace = Workspace.objects.create(name="Anna's cards", slug="anna")
    Membership.objects.create(user=user, workspace=workspace, role=Role.OWNER)
    return user


@pytest.fixture
def ben(db: None) -> User:
    """Owner of another workspace."""
    user = User.objects.create_user("ben", "ben@example.com")
    workspace = Workspace.objects.create(name="Ben's cards", slug="ben")
    Membership.objects.create(user=user, workspace=workspace, role=Role.OWNER)
    return user


@pytest.fixture
def account(office: PostOffice, anna: User) -> Connection:
    """Anna's account on postcards, connected."""
    workspace = Workspace.objects.get(slug="anna")
    connection = Connection.objects.create(
        workspace=workspace, platform="postcards", external_id="A1", display_name="Anna's cards"
    )
    store_tokens(connection, grant_of(office.grant("A1")))
    return connection
