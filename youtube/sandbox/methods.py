"""The methods of the Data API that the sandbox answers: their parameters, parts, scopes and price.

Names, types and ranges are those of the discovery document; what is charged is that of the quota page.
"""

from dataclasses import dataclass, field

from youtube.sandbox import oauth, quota
from youtube.sandbox.wire import ApiError, Request, invalid_argument

READERS = frozenset({oauth.YOUTUBE, oauth.FORCE_SSL, oauth.READONLY})
COMMENTERS = frozenset({oauth.FORCE_SSL})
COMMON = frozenset(
    [
        "alt",
        "key",
        "fields",
        "prettyPrint",
        "quotaUser",
        "access_token",
        "oauth_token",
        "callback",
        "$.xgafv",
        "uploadType",
        "upload_protocol",
    ]
)
COMMENT_PARTS = frozenset({"id", "snippet"})
TEXT_FORMAT = ("textFormatUnspecified", "html", "plainText")
MODERATION = ("published", "heldForReview", "likelySpam", "rejected")
WRITE = 50


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    params: frozenset[str]
    scopes: frozenset[str] = READERS
    parts: frozenset[str] = frozenset()
    optional_parts: frozenset[str] = frozenset()  # accepted, and empty for everything in this world
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    booleans: frozenset[str] = frozenset()
    max_results: tuple[int, int, int] | None = None  # least, most, default
    units: int = 1
    bucket: str = quota.DEFAULT
    api_key: bool = False

    @property
    def rpc(self) -> str:
        noun, verb = self.name.split(".")
        return f"youtube.api.v3.V3Data{noun[0].upper()}{noun[1:].rstrip('s')}Service.{verb[0].upper()}{verb[1:]}"


METHODS: dict[tuple[str, str], Method] = {
    ("GET", "channels"): Method(
        "channels.list",
        frozenset(
            [
                "categoryId",
                "forHandle",
                "forUsername",
                "hl",
                "id",
                "managedByMe",
                "maxResults",
                "mine",
                "mySubscribers",
                "onBehalfOfContentOwner",
                "pageToken",
                "part",
            ]
        ),
        parts=frozenset({"id", "snippet", "contentDetails", "statistics", "status", "brandingSettings"}),
        optional_parts=frozenset({"localizations", "topicDetails", "contentOwnerDetails"}),
        booleans=frozenset({"managedByMe", "mine", "mySubscribers"}),
        max_results=(0, 50, 5),
        api_key=True,
    ),
    ("GET", "playlistItems"): Method(
        "playlistItems.list",
        frozenset(["id", "maxResults", "onBehalfOfContentOwner", "pageToken", "part", "playlistId", "videoId"]),
        parts=frozenset({"id", "snippet", "contentDetails", "status"}),
        max_results=(0, 50, 5),
        api_key=True,
    ),
    ("GET", "videos"): Method(
        "videos.list",
        frozenset(
            [
                "chart",
                "hl",
                "id",
                "locale",
                "maxHeight",
                "maxResults",
                "maxWidth",
                "myRating",
                "onBehalfOfContentOwner",
                "pageToken",
                "part",
                "regionCode",
                "videoCategoryId",
            ]
        ),
        parts=frozenset({"id", "snippet", "contentDetails", "statistics", "status", "liveStreamingDetails"}),
        optional_parts=frozenset({"localizations", "player", "recordingDetails", "topicDetails"}),
        enums={"chart": ("chartUnspecified", "mostPopular"), "myRating": ("none", "like", "dislike")},
        max_results=(1, 50, 5),
        api_key=True,
    ),
    ("GET", "videos:batchGetStats"): Method(
        "videos.batchGetStats",
        frozenset(["id", "onBehalfOfContentOwner", "part"]),
        parts=frozenset({"id", "snippet", "contentDetails", "statistics"}),
        bucket=quota.BATCH_STATS,
    ),
    ("GET", "commentThreads"): Method(
        "commentThreads.list",
        frozenset(
            [
                "allThreadsRelatedToChannelId",
                "channelId",
                "id",
                "maxResults",
                "moderationStatus",
                "order",
                "pageToken",
                "part",
                "searchTerms",
                "textFormat",
                "videoId",
            ]
        ),
        scopes=COMMENTERS,
        parts=frozenset({"id", "snippet", "replies"}),
        enums={
            "moderationStatus": MODERATION,
            "order": ("orderUnspecified", "time", "relevance"),
            "textFormat": TEXT_FORMAT,
        },
        max_results=(1, 100, 20),
        api_key=True,
    ),
    ("GET", "comments"): Method(
        "comments.list",
        frozenset(["id", "maxResults", "pageToken", "parentId", "part", "textFormat"]),
        scopes=COMMENTERS,
        parts=COMMENT_PARTS,
        enums={"textFormat": TEXT_FORMAT},
        max_results=(1, 100, 20),
        api_key=True,
    ),
    ("POST", "commentThreads"): Method(
        "commentThreads.insert",
        frozenset({"part"}),
        scopes=COMMENTERS,
        parts=frozenset({"id", "snippet", "replies"}),
        units=WRITE,
    ),
    ("POST", "comments"): Method(
        "comments.insert", frozenset({"part"}), scopes=COMMENTERS, parts=COMMENT_PARTS, units=WRITE
    ),
    ("PUT", "comments"): Method(
        "comments.update", frozenset({"part"}), scopes=COMMENTERS, parts=COMMENT_PARTS, units=WRITE
    ),
    ("DELETE", "comments"): Method("comments.delete", frozenset({"id"}), scopes=COMMENTERS, units=WRITE),
    ("POST", "comments/setModerationStatus"): Method(
        "comments.setModerationStatus",
        frozenset(["banAuthor", "id", "moderationStatus"]),
        scopes=COMMENTERS,
        enums={"moderationStatus": MODERATION},
        booleans=frozenset({"banAuthor"}),
        units=WRITE,
    ),
    ("POST", "comments/markAsSpam"): Method("comments.markAsSpam", frozenset({"id"}), scopes=COMMENTERS, units=WRITE),
}


def check(method: Method, request: Request) -> None:
    """Refuse what Google's front end refuses: unknown names, values outside of an enum, missing parts."""
    for name in request.params:
        if name not in method.params and name not in COMMON:
            raise invalid_argument(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                f"Field '{name}' could not be found in request message."
            )
    for name, allowed in method.enums.items():
        if name in request.params and request.one(name) not in allowed:
            raise invalid_argument(f"Invalid value at '{name}', \"{request.one(name)}\"")
    for name in method.booleans & request.params.keys():
        if request.one(name).lower() not in {"true", "false"}:
            raise invalid_argument(f"Invalid value at '{name}' (TYPE_BOOL), \"{request.one(name)}\"")
    _check_parts(method, request)


def _check_parts(method: Method, request: Request) -> None:
    if "part" not in method.params or not method.parts:
        return
    asked = request.many("part")
    if not asked:
        raise missing("part", "Required parameter: part")
    for part in asked:
        if part not in method.parts | method.optional_parts:
            raise ApiError(400, "unknownPart", f"'{part}'", domain="youtube.part", location="part")


def parts(method: Method, request: Request) -> frozenset[str]:
    return frozenset(request.many("part")) & method.parts


def missing(name: str, message: str) -> ApiError:
    return ApiError(
        400,
        "missingRequiredParameter",
        message,
        domain="youtube.parameter",
        location=name,
    )


def page_size(method: Method, request: Request) -> int:
    assert method.max_results is not None  # noqa: S101 - only lists have pages
    least, most, default = method.max_results
    text = request.one("maxResults")
    if not text:
        return default
    if not text.isdecimal():
        raise invalid_argument(f"Invalid value at 'max_results' (TYPE_UINT32), \"{text}\"")
    if not least <= int(text) <= most:
        raise ApiError(
            400,
            "invalidParameter",
            f"Invalid value '{text}'. Values must be within the range: [{least}, {most}]",
            location="maxResults",
        )
    return int(text)


def one_filter(request: Request, names: tuple[str, ...]) -> str:
    """The single filter that was given; Google refuses none and several."""
    given = [name for name in names if request.params.get(name)]
    if not given:
        raise ApiError(
            400,
            "missingRequiredParameter",
            f"No filter selected. Expected one of: {', '.join(sorted(names))}",
            domain="youtube.parameter",
            location="other:parameters.",
        )
    if len(given) > 1:
        raise incompatible(given)
    return given[0]


def incompatible(names: list[str]) -> ApiError:
    return ApiError(
        400,
        "incompatibleParameters",
        f"Incompatible parameters specified in the request: {', '.join(names)}",
        domain="youtube.parameter",
        location="other:parameters.",
    )
