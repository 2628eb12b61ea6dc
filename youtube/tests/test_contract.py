from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from connections.models import Connection
from connections.tests.contract import RETRY_AFTER, Fault, PlatformContract
from connections.text import clean_text
from youtube.tests.connecting import connect
from youtube.tests.invariants import stored_comments
from youtube.tests.sandbox_control import SandboxControl

FAULTS: Mapping[Fault, tuple[str, Mapping[str, Any]]] = {
    "server_error": ("error", {"status": 500}),
    "rate_limited": (
        "error",
        {
            "status": 429,
            "reason": "rateLimitExceeded",
            "headers": {"Retry-After": int(RETRY_AFTER.total_seconds())},
        },
    ),
    "quota_used_up": ("quota_exceeded", {}),
    "unauthorized": ("error", {"status": 401, "reason": "authError"}),
    "dropped": ("drop", {}),
    "no_json": ("html", {"status": 200}),
    "same_page": ("ignore_page_token", {}),
}


@dataclass(frozen=True)
class YouTubeVendor:
    sandbox: SandboxControl
    connection: Connection
    stream: str = "comments_complete"
    pages_at_least: int = 10

    def add_comments(self, number: int) -> set[str]:
        video = self.sandbox.videos(self.connection.external_id)[0]["id"]
        return set(self.sandbox.comment(video=video, n=number, text="New"))

    def truth(self) -> Mapping[str, str]:
        comments = self.sandbox.truth(self.connection.external_id).items()
        return {key: clean_text(comment["text"])[0] for key, comment in comments}

    def stored(self) -> Mapping[str, str]:
        return {key: text for key, (text, _) in stored_comments(self.connection).items()}

    def pages(self) -> Sequence[str]:
        return [str(sorted(call.params.items())) for call in self.sandbox.calls("commentThreads")]

    def requests(self) -> int:
        return len(self.sandbox.calls())

    def refreshes(self) -> int:
        return len(self.sandbox.calls("/token"))

    def units(self) -> int:
        return sum(call.units for call in self.sandbox.calls())

    def break_page(self, fault: Fault, *, after: int, times: int) -> None:
        effect, args = FAULTS[fault]
        self.sandbox.fault(effect, {"path": "commentThreads", "after": after, "times": times}, **args)

    def heal(self) -> None:
        self.sandbox.heal()

    def expire_access(self) -> None:
        self.sandbox.post("tokens/expire")

    def revoke_access(self) -> None:
        self.sandbox.post("tokens/revoke")

    def reconnect(self) -> None:
        connect(self.sandbox, self.connection.workspace)


class TestYouTube(PlatformContract):
    @pytest.fixture
    def vendor(self, vendor: SandboxControl, connection: Connection, small_pages: None) -> YouTubeVendor:
        return YouTubeVendor(vendor, connection)
