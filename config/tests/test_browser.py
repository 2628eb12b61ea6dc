"""The front door in a real browser: what a content security policy breaks, only a browser tells."""

import os
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from connections.models import Role, User
from connections.tests.factories import make_connection, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough password"


@pytest.fixture
def member(live_server: LiveServer) -> User:
    connection = make_connection(display_name="Anna's kitchen")
    user = make_member(connection.workspace, Role.MANAGER, "anna")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(member: User) -> Iterator[Browser]:
    """Started after the rows are there: while it runs, an event loop holds this thread, and the database is shut."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        yield started
        started.close()


def _complaints(page: Page) -> list[str]:
    """Fills with what the console reports as wrong while pages load."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def _channels(colour: str) -> list[int]:
    return [int(number) for number in colour.removeprefix("rgb(").removesuffix(")").split(", ")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_member_signs_in_and_looks_around(
    browser: Browser, live_server: LiveServer, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(color_scheme=scheme)
    complaints = _complaints(page)

    page.goto(f"{live_server.url}/admin/")
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.click("input[type=submit]")
    page.wait_for_url(f"{live_server.url}/admin/")
    heading = page.inner_text("h1")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto(f"{live_server.url}/admin/connections/connection/")
    listed = page.inner_text("#result_list")

    assert heading == "Inbox"
    assert "Anna's kitchen" in listed
    assert (max(_channels(background)) > 127) == (scheme == "light")
    assert complaints == []
