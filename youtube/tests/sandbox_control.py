"""The sandbox's control API over HTTP, as tests and benchmarks use it: see `youtube.sandbox.control`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

DATA_API = "/youtube/v3/"
TRUTH_PAGE = 20_000
Truth = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that reached the sandbox, control calls left out. `status` is None if it got no answer."""

    number: int
    path: str
    params: Mapping[str, str]
    status: int | None
    units: int
    faults: tuple[str, ...]

    @property
    def method(self) -> str:
        """`commentThreads`, `comments`, `videos`, …; for what is not the Data API, the path."""
        return self.path.removeprefix(DATA_API)

    @property
    def is_data_api(self) -> bool:
        return self.path.startswith(DATA_API)


class SandboxControl:
    """`url` is the sandbox's own, with the platform's slug and without a slash."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **params: Any) -> Any:
        return self._send("GET", path, params=params)

    def post(self, path: str, **body: Any) -> Any:
        return self._send("POST", path, json=body)

    def patch(self, path: str, **body: Any) -> Any:
        return self._send("PATCH", path, json=body)

    def delete(self, path: str) -> Any:
        return self._send("DELETE", path)

    def _send(self, verb: str, path: str, **request: Any) -> Any:
        answer = requests.request(verb, f"{self.url}/sandbox/{path}", timeout=30, **request)
        answer.raise_for_status()
        return answer.json()

    # Looking

    def truth(self, channel_id: str) -> Truth:
        """Every comment that an owner's client is able to read, by id."""
        found: dict[str, Mapping[str, Any]] = {}
        offset: int | None = 0
        while offset is not None:
            page = self.get("truth", channel=channel_id, offset=offset, limit=TRUTH_PAGE)
            found |= {comment["id"]: comment for comment in page["comments"]}
            offset = page["next"]
        return found

    def calls(self, method: str = "", *, since: int = 0, **params: str) -> list[Call]:
        """Requests after number `since`, all of them or those of one method with these parameters."""
        calls = [
            Call(
                number=entry["number"],
                path=entry["path"],
                params=entry["params"],
                status=entry["status"],
                units=entry["units"],
                faults=tuple(entry["faults"]),
            )
            for entry in self.get("log", since=since)["requests"]
        ]
        wanted = params.items()
        return [call for call in calls if method in ("", call.method) and wanted <= call.params.items()]

    def last_call(self) -> int:
        """The number of the latest request, for `calls(since=…)`."""
        return max((call.number for call in self.calls()), default=0)

    def videos(self, channel_id: str) -> list[Mapping[str, Any]]:
        """The channel's videos that can be commented on, in the order in which the sandbox holds them."""
        return [
            video
            for video in self.get("state")["videos"]
            if video["channel_id"] == channel_id and not video["deleted"] and video["comments_enabled"]
        ]

    # Changing and breaking

    def comment(self, **what: Any) -> list[str]:
        """Write comments: `video` or `parent`, `n`, `text`, `status`, …; their ids."""
        ids: list[str] = self.post("comments", **what)["ids"]
        return ids

    def fault(self, effect: str, match: Mapping[str, Any] | None = None, **args: Any) -> int:
        """Break requests as `youtube.sandbox.faults` says; the id of the rule."""
        rules = self.post("faults", effect=effect, match=dict(match or {}), args=args)["faults"]
        return int(rules[0]["id"])

    def heal(self) -> None:
        self.delete("faults")
