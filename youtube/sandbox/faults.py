"""Faults on request: what a network, a busy server or a careless release of Google does to a client.

A rule says which requests it meets and what happens to them:

    {"match": {"method": "GET", "path": "commentThreads", "params": {"moderationStatus": "heldForReview"},
               "nth": 3, "every": 0, "after": 0, "times": 0, "probability": 1.0},
     "effect": "error", "args": {"status": 500, "reason": "backendError"}}

`path` matches as a part of the path or, with `*`, as a pattern for all of it; `params` compares values; `nth`
is the ordinal of the request among those that match so far (a number or a list), `after` skips the first n,
`every` takes each nth, `times` ends the rule after that many hits, `probability` draws from the seeded
generator. `EFFECTS` lists the effects.
"""

import fnmatch
import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connections.sandbox_server import ConnectionDropped
from youtube.sandbox.oauth import bearer
from youtube.sandbox.quota import daily_limit_as_429, quota_exceeded
from youtube.sandbox.wire import ApiError, Json, Request, Response, html_response

if TYPE_CHECKING:
    from youtube.sandbox.app import Sandbox

Before = Callable[["Sandbox", Request, Json], Response | None]
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(slots=True)
class Rule:
    id: int
    effect: str
    args: Json = field(default_factory=dict)
    method: str = ""
    path: str = ""
    params: dict[str, str] = field(default_factory=dict)
    nth: tuple[int, ...] = ()
    after: int = 0
    every: int = 0
    times: int = 0
    probability: float = 1.0
    seen: int = 0
    hits: int = 0

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}

    def fits(self, request: Request) -> bool:
        if self.method and self.method.upper() != request.method:
            return False
        if not _path_fits(self.path, request.path):
            return False
        return all(request.one(name) == str(value) for name, value in self.params.items())

    def strikes(self, rng: random.Random) -> bool:
        """Counts this request in, and says whether the rule takes it."""
        self.seen += 1
        ordinal = self.seen - self.after
        chosen = ordinal > 0 and (not self.nth or self.seen in self.nth)
        chosen = chosen and (not self.every or ordinal % self.every == 0)
        chosen = chosen and (not self.times or self.hits < self.times)
        if chosen and (self.probability >= 1.0 or rng.random() < self.probability):
            self.hits += 1
            return True
        return False


def _path_fits(pattern: str, path: str) -> bool:
    if "*" in pattern:
        return fnmatch.fnmatchcase(path, pattern)
    return pattern in path.removesuffix("/") if pattern else True


class Faults:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._rules: list[Rule] = []
        self._ids = itertools.count(1)
        self._rng = random.Random(sandbox.world.seed)

    def add(self, spec: Json) -> Rule:
        match = dict(spec.get("match", {}))
        effect = spec.get("effect", "")
        unknown = match.keys() - {"method", "path", "params", "nth", "after", "every", "times", "probability"}
        if effect not in EFFECTS or unknown or spec.keys() - {"match", "effect", "args"}:
            problem = f"unknown effect {effect!r}" if effect not in EFFECTS else f"unknown keys: {sorted(unknown)}"
            raise ApiError(400, "invalidFault", f"{problem}; effects are {sorted(EFFECTS)}")
        nth = match.pop("nth", ())
        wanted = (nth,) if isinstance(nth, int) else tuple(nth)
        rule = Rule(id=next(self._ids), effect=effect, args=dict(spec.get("args", {})), nth=wanted, **match)
        self._rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> None:
        self._rules = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]

    def as_json(self) -> list[Json]:
        return [rule.as_json() for rule in self._rules]

    def matching(self, request: Request) -> list[Rule]:
        return [rule for rule in self._rules if rule.fits(request) and rule.strikes(self._rng)]

    def before(self, rule: Rule, request: Request) -> Response | None:
        """What happens before the request is carried out; an answer means that it is not carried out."""
        act = BEFORE.get(rule.effect)
        if act is None or rule.args.get("after"):
            return None
        return self._act(act, rule, request)

    def _act(self, act: "Before", rule: Rule, request: Request) -> Response | None:
        # whoever waits must not hold the world, or everybody waits
        with nullcontext() if rule.effect == "delay" else self._sandbox.world.lock:
            try:
                return act(self._sandbox, request, rule.args)
            except ApiError as error:
                return error.response()

    def after(self, rule: Rule, request: Request, response: Response) -> Response:
        if rule.args.get("after") and rule.effect in BEFORE:  # carried out, then answered as if it had not been
            return self._act(BEFORE[rule.effect], rule, request) or response
        if rule.effect in WIRE:
            return WIRE[rule.effect](request, response, rule.args)
        if rule.effect in REWRITES and response.is_json and response.status == 200:
            data = json.loads(response.body)
            data = REWRITES[rule.effect](request, data, rule.args)
            response.body = json.dumps(data).encode()  # escapes what UTF-8 cannot carry
        return response


# Before: (sandbox, request, args) -> an answer, or None to go on. With `"after": true` in the args the request
# is carried out first, and answered as if it had not been.


def _error(_sandbox: "Sandbox", _request: Request, args: Json) -> Response:
    code = int(args.get("status", 500))
    message = args.get("message", "Internal error encountered." if code >= 500 else "The request was refused.")
    error = ApiError(
        code,
        args.get("reason", "backendError"),
        message,
        domain=args.get("domain", "global"),
        status=args.get("rpc_status", STATUSES.get(code, "")),
    ).with_headers({name: str(value) for name, value in args.get("headers", {}).items()})
    if args.get("only_status"):
        error.body.pop("errors")
    return error.response()


def _oauth_error(_sandbox: "Sandbox", _request: Request, args: Json) -> Response:
    body = {
        "error": args.get("error", "invalid_grant"),
        "error_description": args.get("description", "Bad Request"),
    }
    return Response(int(args.get("status", 400)), json.dumps(body).encode(), {"Content-Type": "application/json"})


def _raw(_sandbox: "Sandbox", _request: Request, args: Json) -> Response:
    headers = {"Content-Type": args.get("content_type", "application/json; charset=UTF-8")}
    return Response(int(args.get("status", 200)), str(args.get("body", "")).encode("utf-8", "surrogatepass"), headers)


def _html(_sandbox: "Sandbox", _request: Request, args: Json) -> Response:
    return html_response("<!DOCTYPE html><title>Sorry...</title><h1>We're sorry...</h1>", int(args.get("status", 200)))


def _drop(_sandbox: "Sandbox", _request: Request, _args: Json) -> Response:
    raise ConnectionDropped


def _delay(_sandbox: "Sandbox", _request: Request, args: Json) -> None:
    time.sleep(float(args.get("seconds", 1)))


def _quota_exceeded(_sandbox: "Sandbox", _request: Request, args: Json) -> Response:
    raise quota_exceeded() if not args.get("as_429") else daily_limit_as_429()


def _revoke(sandbox: "Sandbox", request: Request, _args: Json) -> None:
    sandbox.oauth.revoke(bearer(request))


def _expire(sandbox: "Sandbox", request: Request, _args: Json) -> None:
    sandbox.oauth.expire(bearer(request))


def _drop_scope(sandbox: "Sandbox", request: Request, args: Json) -> None:
    sandbox.oauth.drop_scope(bearer(request), args["scope"])


def _short_page(_sandbox: "Sandbox", request: Request, args: Json) -> None:
    request.page_cap = int(args.get("items", 1))


def _empty_page(_sandbox: "Sandbox", request: Request, _args: Json) -> None:
    request.page_cap = 0


def _ignore_page_token(_sandbox: "Sandbox", request: Request, _args: Json) -> None:
    request.params.pop("pageToken", None)


def _shift(sandbox: "Sandbox", request: Request, args: Json) -> None:
    sandbox.shift(request, int(args.get("items", 1)))


# On the wire: (request, response, args) -> response


def _half_body(_request: Request, response: Response, _args: Json) -> Response:
    whole = response.body
    response.headers["Content-Length"] = str(len(whole))
    response.stream = iter([whole[: len(whole) // 2]])
    return response


def _drip(_request: Request, response: Response, args: Json) -> Response:
    response.headers["Content-Length"] = str(len(response.body))
    response.stream = _dripping(response.body, float(args.get("seconds", 1)), int(args.get("bytes", 1)))
    return response


def _dripping(body: bytes, seconds: float, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
        time.sleep(seconds)


def _truncate_json(_request: Request, response: Response, _args: Json) -> Response:
    response.body = response.body[: len(response.body) // 2]
    return response


# Rewrites of the JSON: (request, data, args) -> data


def _empty_object(_request: Request, _data: Json, _args: Json) -> Json:
    return {}


def _null_items(_request: Request, data: Json, _args: Json) -> Json:
    return data | {"items": None}


def _chosen_items(data: Json, args: Json) -> list[Json]:
    items: list[Json] = data.get("items") or []
    return items if args.get("items", "all") == "all" else items[int(args["items"]) :][:1]


def _remove_field(_request: Request, data: Json, args: Json) -> Json:
    for item in _chosen_items(data, args):
        holder, name = _holder(item, args["field"])
        holder.pop(name, None)
    return data


def _rename_field(_request: Request, data: Json, args: Json) -> Json:
    for item in _chosen_items(data, args):
        holder, name = _holder(item, args["field"])
        if name in holder:
            holder[args["to"]] = holder.pop(name)
    return data


def _set_field(_request: Request, data: Json, args: Json) -> Json:
    for item in _chosen_items(data, args):
        holder, name = _holder(item, args["field"])
        holder[name] = args["value"]
    return data


def _holder(item: Json, dotted: str) -> tuple[Json, str]:
    *path, name = dotted.split(".")
    for step in path:
        item = item.setdefault(step, {})
    return item, name


def _duplicate_items(_request: Request, data: Json, args: Json) -> Json:
    chosen = _chosen_items(data, args)
    return data | {"items": [*(data.get("items") or []), *chosen]}


def _repeat_token(request: Request, data: Json, args: Json) -> Json:
    return data | {
        "nextPageToken": request.one("pageToken") or args.get("token") or data.get("nextPageToken", "CAoQAA")
    }


def _nasty_text(_request: Request, data: Json, args: Json) -> Json:
    added = {"nul": "\x00", "surrogate": "\ud83d", "huge": "x" * 1_000_000}[args.get("kind", "nul")]
    for item in _chosen_items(data, args):
        snippet = item["snippet"].get("topLevelComment", item)["snippet"]
        snippet["textDisplay"] += added
    return data


BEFORE: dict[str, "Before"] = {
    "error": _error,  # status, reason, message, domain, headers, only_status, after
    "oauth_error": _oauth_error,  # status, error, description, after
    "raw": _raw,  # status, body, content_type, after
    "html": _html,  # status, after
    "drop": _drop,  # after
    "delay": _delay,  # seconds, after
    "quota_exceeded": _quota_exceeded,  # as_429, after
    "revoke_token": _revoke,  # after
    "expire_token": _expire,  # after
    "drop_scope": _drop_scope,  # scope, after
    "short_page": _short_page,  # items
    "empty_page": _empty_page,
    "ignore_page_token": _ignore_page_token,
    "shift": _shift,  # items
}
WIRE: dict[str, Callable[[Request, Response, Json], Response]] = {
    "half_body": _half_body,
    "drip": _drip,  # seconds, bytes
    "truncate_json": _truncate_json,
}
REWRITES: dict[str, Callable[[Request, Any, Json], Json]] = {
    "empty_object": _empty_object,
    "null_items": _null_items,
    "remove_field": _remove_field,  # field (dotted), items ("all" or an index)
    "rename_field": _rename_field,  # field, to, items
    "set_field": _set_field,  # field, value, items
    "duplicate_items": _duplicate_items,  # items
    "repeat_token": _repeat_token,  # token
    "nasty_text": _nasty_text,  # kind (nul, surrogate, huge), items
}
EFFECTS = frozenset(BEFORE) | frozenset(WIRE) | frozenset(REWRITES)
