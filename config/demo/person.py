"""A person at a browser, for the launcher: signs in and connects accounts through the pages people use."""

import http.cookiejar
import json
import urllib.parse
import urllib.request
from typing import Any, cast

from config.demo.processes import Failed


class _ConsentGiven(urllib.request.HTTPRedirectHandler):
    """Follows redirects; at the sandbox's consent page it says who would have clicked."""

    def __init__(self, sandbox_url: str) -> None:
        self.sandbox_url = sandbox_url

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if newurl.startswith(self.sandbox_url):
            newurl += "&login_hint=auto"
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Person:
    def __init__(self, site_url: str, sandbox_url: str) -> None:
        self.site_url = site_url
        self.cookies = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self.cookies),
            _ConsentGiven(sandbox_url),
        )

    def sign_in(self, username: str, password: str) -> None:
        self.browser.open(f"{self.site_url}/admin/login/").close()
        page = self._post("/admin/login/", username=username, password=password, next="/admin/")
        if "/admin/login/" in page.geturl():
            raise Failed(f"{username} could not sign in.")

    def connect(self, platform: str, workspace: str) -> None:
        """Press "Connect" and agree on the platform's page."""
        page = self._post(f"/connect/{platform}/", workspace=workspace)
        if not page.geturl().startswith(self.site_url):
            raise Failed(f"Connecting {platform} ended at {page.geturl()}.")

    def _post(self, path: str, **fields: str) -> Any:
        token = next((cookie.value or "" for cookie in self.cookies if "csrftoken" in cookie.name), "")
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        return self.browser.open(f"{self.site_url}{path}", data=body, timeout=60)


def ask(url: str) -> dict[str, Any]:
    """The JSON object at `url`."""
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with browser.open(url, timeout=60) as answer:
        return cast(dict[str, Any], json.load(answer))
