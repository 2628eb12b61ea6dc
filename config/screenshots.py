"""Pictures of every page people work on: against the demo, in two widths and both themes.

    make screenshots

Starts the demo (`config.demo`) unless SITE_URL names one that is running, drives the Chromium that the
environment names (CHROMIUM), and writes `docs/screenshots/<page>-<width>-<theme>.png`.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
PASSWORD = "greenroom-demo"  # noqa: S105 - the demo's, and good on loopback only
START_SECONDS = 900
STOP_SECONDS = 60
WIDTHS = (1400, 390)
HEIGHT = 900
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")

# A page's name: who looks at it, and its address. An address that ends in `first` opens a list's first row.
PAGES: dict[str, tuple[str, str]] = {
    "front": ("manager", "/admin/"),
    "inbox": ("agent", "/admin/crm/interaction/"),
    "comment": ("agent", "/admin/crm/interaction/?queue=all&status__exact=answered&is_own__exact=0 first"),
    "fans": ("agent", "/admin/crm/fan/?o=-2"),
    "fan": ("agent", "/admin/crm/fan/?o=-2 first"),
    "content": ("agent", "/admin/crm/contentpiece/"),
    "videos": ("agent", "/admin/youtube/youtubevideo/"),
    "comments": ("agent", "/admin/youtube/youtubecomment/"),
    "accounts": ("manager", "/connect/"),
    "syncs": ("manager", "/admin/connections/syncrun/"),
    "quota": ("manager", "/connect/quota/"),
    "installation": ("operator", "/admin/"),
}


def main() -> int:
    chromium = os.environ.get("CHROMIUM", "")
    if not chromium:
        print("Name a Chromium: CHROMIUM=/usr/bin/chromium make screenshots", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for width in WIDTHS:
            for theme in THEMES:
                _take_all(browser, address, width, theme)
        browser.close()
    return 0


@contextmanager
def _site() -> Iterator[str]:
    """The address of a demo: the one that SITE_URL names, or one started here and stopped afterwards."""
    if "SITE_URL" in os.environ:
        yield os.environ["SITE_URL"].rstrip("/")
        return
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "config.demo"], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield _address_of(demo)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(STOP_SECONDS)


def _address_of(demo: "subprocess.Popen[str]") -> str:
    """Where the demo says it runs, once it is ready."""
    deadline = time.monotonic() + START_SECONDS
    for line in demo.stdout or ():
        print(line, end="")
        if found := re.search(r"running at (http://\S+?)/ ", line):
            return found[1]
        if time.monotonic() > deadline:
            break
    raise RuntimeError("The demo did not start.")


def _take_all(browser: Browser, address: str, width: int, theme: Theme) -> None:
    people = dict.fromkeys(person for person, _ in PAGES.values())
    for person in people:
        context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=theme)
        page = context.new_page()
        _sign_in(page, address, person)
        for name, (viewer, where) in PAGES.items():
            if viewer == person:
                _open(page, address, where)
                page.screenshot(path=PICTURES / f"{name}-{width}-{theme}.png")
        context.close()


def _sign_in(page: Page, address: str, person: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.fill("#id_username", person)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")


def _open(page: Page, address: str, where: str) -> None:
    path, _, which = where.partition(" ")
    page.goto(f"{address}{path}")
    if which == "first":
        page.goto(f"{address}{page.get_attribute('#result_list tbody th a', 'href')}")


if __name__ == "__main__":
    sys.exit(main())
