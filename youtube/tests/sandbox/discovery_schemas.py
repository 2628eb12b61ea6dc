"""JSON schemas of Google's answers, derived from the discovery documents that ship with their client.

Tightened: no unknown field, 64-bit numbers as strings, dates that parse, `kind` with its one value, and the fields
that every resource carries.
"""

import functools
import json
import re
from datetime import datetime
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]
DOCUMENTS = resources.files("googleapiclient.discovery_cache") / "documents"
FIXED_KIND = re.compile(r'[Vv]alue: the fixed string [`"]+([\w#]+)')
ALWAYS = ("kind", "etag", "id")
NUMBERS: dict[str, Json] = {
    "int64": {"type": "string", "pattern": r"^-?\d+$"},
    "uint64": {"type": "string", "pattern": r"^\d+$"},
    "int32": {"type": "integer"},
    "uint32": {"type": "integer", "minimum": 0},
    "google-duration": {"type": "string", "pattern": r"^\d+(\.\d+)?s$"},
}
ANALYTICS_KINDS = {"QueryResponse": "youtubeAnalytics#resultTable"}  # its document leaves the value unsaid
CHECKER = FormatChecker(formats=())


@CHECKER.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@functools.cache
def document(name: str) -> Json:
    found: Json = json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


@functools.cache
def validator(name: str, schema: str) -> Draft202012Validator:
    definitions = {key: _tightened(key, value) for key, value in document(name)["schemas"].items()}
    return Draft202012Validator({"$ref": f"#/$defs/{schema}", "$defs": definitions}, format_checker=CHECKER)


def _tightened(name: str, given: Json) -> Json:
    if "$ref" in given:
        return {"$ref": f"#/$defs/{given['$ref']}"}
    if given.get("type") == "object":
        return _object(name, given)
    if given.get("type") == "array":
        return {"type": "array", "items": _tightened("", given["items"])}
    return _scalar(given)


def _object(name: str, given: Json) -> Json:
    properties = {key: _tightened("", value) for key, value in given.get("properties", {}).items()}
    if "kind" in properties and name != "ResourceId":
        kind = _kind(name, given["properties"]["kind"])
        properties["kind"] = {"const": kind} if kind else properties["kind"]
    required = [key for key in ALWAYS if key in properties and name != "ResourceId"]
    extra = given.get("additionalProperties")
    more: Any = _tightened("", extra) if extra else False
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": more}


def _kind(name: str, given: Json) -> str:
    stated = FIXED_KIND.search(given.get("description", ""))
    return str(given.get("default") or (stated[1] if stated else ANALYTICS_KINDS.get(name, "")))


def _scalar(given: Json) -> Json:
    form = given.get("format", "")
    if form in NUMBERS:
        return dict(NUMBERS[form])
    if form in {"date-time", "google-datetime"}:
        return {"type": "string", "format": "date-time"}
    if "enum" in given:
        return {"enum": given["enum"]}
    return {"type": given["type"]} if given.get("type") != "any" else {}


ERROR = Draft202012Validator(
    {
        "type": "object",
        "required": ["error"],
        "additionalProperties": False,
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "errors"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "integer"},
                    "message": {"type": "string", "minLength": 1},
                    "status": {"type": "string", "pattern": "^[A-Z_]+$"},
                    "details": {"type": "array", "items": {"type": "object", "required": ["@type"]}},
                    "errors": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["message", "domain", "reason"],
                            "additionalProperties": False,
                            "properties": {
                                name: {"type": "string"}
                                for name in ("message", "domain", "reason", "location", "locationType")
                            },
                        },
                    },
                },
            }
        },
    }
)

DATA, ANALYTICS, REPORTING = "youtube.v3", "youtubeAnalytics.v2", "youtubereporting.v1"
ANSWERS: tuple[tuple[str, str, str, str], ...] = (
    ("GET", r"/youtube/v3/channels", DATA, "ChannelListResponse"),
    ("GET", r"/youtube/v3/playlistItems", DATA, "PlaylistItemListResponse"),
    ("GET", r"/youtube/v3/videos", DATA, "VideoListResponse"),
    ("GET", r"/youtube/v3/videos:batchGetStats", DATA, "BatchGetStatsResponse"),
    ("GET", r"/youtube/v3/commentThreads", DATA, "CommentThreadListResponse"),
    ("POST", r"/youtube/v3/commentThreads", DATA, "CommentThread"),
    ("GET", r"/youtube/v3/comments", DATA, "CommentListResponse"),
    ("POST", r"/youtube/v3/comments", DATA, "Comment"),
    ("PUT", r"/youtube/v3/comments", DATA, "Comment"),
    ("GET", r"/v2/reports", ANALYTICS, "QueryResponse"),
    ("GET", r"/v1/reportTypes", REPORTING, "ListReportTypesResponse"),
    ("GET", r"/v1/jobs", REPORTING, "ListJobsResponse"),
    ("POST", r"/v1/jobs", REPORTING, "Job"),
    ("GET", r"/v1/jobs/[^/]+", REPORTING, "Job"),
    ("DELETE", r"/v1/jobs/[^/]+", REPORTING, "Empty"),
    ("GET", r"/v1/jobs/[^/]+/reports", REPORTING, "ListReportsResponse"),
    ("GET", r"/v1/jobs/[^/]+/reports/[^/]+", REPORTING, "Report"),
)


def check(method: str, path: str, status: int, body: Any) -> None:
    """Raise when this answer is not one that Google could have given."""
    if status >= 400:
        ERROR.validate(body)
        assert body["error"]["code"] == status
        return
    for known_method, pattern, name, schema in ANSWERS:
        if method == known_method and re.fullmatch(pattern, path):
            validator(name, schema).validate(body)
            return
    raise AssertionError(f"no schema for {method} {path}")
