"""YouTube Analytics API v2, `reports.query`.

https://developers.google.com/youtube/analytics/reference/reports/query, …/channel_reports. Only documented
combinations of dimensions, metrics and filters are answered; everything else "is not supported", also when
each name alone is good. Days are Pacific, and the last ones are not processed yet.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from youtube.sandbox import audience, oauth
from youtube.sandbox.clock import days, pacific_day
from youtube.sandbox.wire import ApiError, Json, Request, Response, invalid_argument, json_response
from youtube.sandbox.world import Video, World

SCOPES = frozenset({oauth.YOUTUBE, oauth.READONLY, oauth.ANALYTICS, oauth.ANALYTICS_MONEY})
REQUIRED = ("ids", "startDate", "endDate", "metrics")
OPTIONAL = (
    "dimensions",
    "filters",
    "sort",
    "maxResults",
    "startIndex",
    "currency",
    "includeHistoricalChannelData",
)
PARAMS = frozenset({*REQUIRED, *OPTIONAL, "alt", "key", "fields", "prettyPrint", "quotaUser", "access_token"})
MAX_VIDEOS = 500
MAX_VIDEO_DAYS = 50_000
PRIVACY_THRESHOLD = 200

WATCHED = frozenset({"views", "engagedViews", "estimatedMinutesWatched"})
AVERAGES = frozenset({"averageViewDuration", "averageViewPercentage"})
ENGAGEMENT = frozenset({"likes", "dislikes", "comments", "shares"})
SUBSCRIBERS = frozenset({"subscribersGained", "subscribersLost"})
PLAYLISTS = frozenset({"videosAddedToPlaylists", "videosRemovedFromPlaylists"})
CARDS = frozenset({"cardImpressions", "cardClicks", "cardClickRate"})
BASIC = WATCHED | AVERAGES | ENGAGEMENT | SUBSCRIBERS | PLAYLISTS | CARDS | {"redViews"}
RETENTION = frozenset(
    {
        "audienceWatchRatio",
        "relativeRetentionPerformance",
        "startedWatching",
        "stoppedWatching",
        "totalSegmentImpressions",
    }
)
MONETARY = frozenset({"estimatedRevenue", "estimatedAdRevenue", "grossRevenue", "cpm", "monetizedPlaybacks"})
TIMES = frozenset({"day", "month"})
FLOATS = frozenset(
    {
        "averageViewPercentage",
        "viewerPercentage",
        "cardClickRate",
        "audienceWatchRatio",
        "relativeRetentionPerformance",
    }
)


@dataclass(frozen=True, slots=True)
class Report:
    """A documented report: what may be asked besides its own dimensions."""

    metrics: frozenset[str]
    filters: frozenset[str]
    over_time: bool = True
    per_video: bool = True
    most_rows: int | None = None  # with a limit come a required maxResults and a required sort


PLACES = frozenset({"video", "country"})
SOURCES = PLACES | {"subscribedStatus", "creatorContentType"}
REPORTS: dict[frozenset[str], Report] = {
    frozenset(): Report(BASIC, SOURCES),
    frozenset({"country"}): Report(BASIC - CARDS, frozenset({"video", "subscribedStatus"})),
    frozenset({"city"}): Report(
        WATCHED | {"averageViewDuration"}, PLACES, over_time=False, per_video=False, most_rows=250
    ),
    frozenset({"insightTrafficSourceType"}): Report(WATCHED, SOURCES),
    frozenset({"insightTrafficSourceDetail"}): Report(
        WATCHED, SOURCES | {"insightTrafficSourceType"}, over_time=False, per_video=False, most_rows=25
    ),
    frozenset({"deviceType"}): Report(WATCHED, SOURCES | {"operatingSystem"}),
    frozenset({"operatingSystem"}): Report(WATCHED, SOURCES | {"deviceType"}),
    frozenset({"deviceType", "operatingSystem"}): Report(WATCHED, SOURCES),
    frozenset({"creatorContentType"}): Report(WATCHED | AVERAGES | ENGAGEMENT | SUBSCRIBERS, PLACES),
    frozenset({"subscribedStatus"}): Report(WATCHED | AVERAGES | ENGAGEMENT, PLACES),
}
DEMOGRAPHICS = Report(frozenset({"viewerPercentage"}), SOURCES, over_time=False, per_video=False)
REPORTS |= {frozenset(names): DEMOGRAPHICS for names in ({"ageGroup"}, {"gender"}, {"ageGroup", "gender"})}
REPORTS[frozenset({"elapsedVideoTimeRatio"})] = Report(
    RETENTION, frozenset({"video", "subscribedStatus"}), over_time=False, per_video=False
)
DIMENSIONS = frozenset().union(*REPORTS) | TIMES | {"video"}
KNOWN_METRICS = BASIC | RETENTION | MONETARY | {"viewerPercentage"}


@dataclass(slots=True)
class Query:
    channel_id: str
    first: date
    last: date
    metrics: list[str]
    dimensions: list[str]
    filters: dict[str, list[str]]
    sort: list[str]
    most: int | None
    start_index: int | None = None

    @property
    def breakdown(self) -> frozenset[str]:
        return frozenset(self.dimensions) - TIMES - {"video"}


def refused(
    message: str = "The query is not supported. Check the documentation for supported queries.",
) -> ApiError:
    return ApiError(400, "badRequest", message, status="INVALID_ARGUMENT")


class Analytics:
    def __init__(self, world: World, tokens: oauth.OAuth) -> None:
        self._world = world
        self._oauth = tokens

    @property
    def last_processed(self) -> date:
        """Days after this one have no data yet: the documentation says 48 to 72 hours."""
        return self._world.clock.today_pacific() - timedelta(self._world.settings.analytics_latency_days)

    def handle(self, request: Request) -> Response:
        who = oauth.authorise(self._oauth, request, SCOPES, "google.youtube.analytics.v2.ReportsService.Query")
        query = _read(request, who)
        report = _check(query)
        records = self._records(query, report)
        return json_response(_table(query, records))

    def _records(self, query: Query, report: Report) -> list[Json]:
        videos = self._videos(query)
        if "elapsedVideoTimeRatio" in query.dimensions:
            records: list[Json] = [dict(point) for video in videos for point in audience.retention(video)]
            return records if any(self._cells(query, videos)) else []
        facts = _grouped(query, self._cells(query, videos))
        if report is DEMOGRAPHICS:
            return _percentages(query, facts)
        return [dict(zip(query.dimensions, key, strict=True)) | _measures(sums) for key, sums in facts.items()]

    def _videos(self, query: Query) -> list[Video]:
        mine = self._world.videos_of(query.channel_id)
        wanted = query.filters.get("video")
        return mine if wanted is None else [video for video in mine if video.id in set(wanted)]

    def _cells(self, query: Query, videos: Sequence[Video]) -> Iterator[tuple[Json, dict[str, int]]]:
        """One (dimension values, facts) for each video, day and value of the dimensions in play."""
        last = min(query.last, self.last_processed)
        for video in videos:
            first = max(query.first, pacific_day(video.published))
            for day in days(first, last):
                facts = audience.totals(video, day)
                if facts:
                    values = {"video": video.id, "day": day.isoformat(), "month": day.isoformat()[:7]}
                    yield from _split(query, video, values, facts)


def _split(query: Query, video: Video, values: Json, facts: dict[str, int]) -> Iterable[tuple[Json, dict[str, int]]]:
    cells: list[tuple[Json, dict[str, int]]] = [(values, facts)]
    for name in sorted((query.breakdown | query.filters.keys()) & audience.SPLITS.keys()):
        wanted = query.filters.get(name)
        weights = audience.SPLITS[name](video)
        cells = [
            (known | {name: value}, part)
            for known, whole in cells
            for value, part in audience.split(whole, weights).items()
            if wanted is None or value in wanted
        ]
    return _details(cells) if "insightTrafficSourceDetail" in query.dimensions else cells


def _details(cells: Iterable[tuple[Json, dict[str, int]]]) -> Iterator[tuple[Json, dict[str, int]]]:
    for known, whole in cells:
        for value, part in audience.split(whole, audience.DETAILS[known["insightTrafficSourceType"]]).items():
            yield known | {"insightTrafficSourceDetail": value}, part


def _grouped(query: Query, cells: Iterable[tuple[Json, dict[str, int]]]) -> dict[tuple[str, ...], dict[str, int]]:
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for values, facts in cells:
        sums = found.setdefault(tuple(values[name] for name in query.dimensions), {})
        for name, number in facts.items():
            sums[name] = sums.get(name, 0) + number
    return found


def _measures(sums: Mapping[str, int]) -> Json:
    views = sums.get("views", 0)
    impressions = sums.get("cardImpressions", 0)
    return dict(sums) | {
        "estimatedMinutesWatched": sums.get("seconds", 0) // 60,
        "averageViewDuration": sums.get("seconds", 0) // max(views, 1),
        "averageViewPercentage": round(100 * sums.get("seconds", 0) / max(sums.get("possibleSeconds", 0), 1), 2),
        "cardClickRate": round(sums.get("cardClicks", 0) / impressions, 4) if impressions else 0.0,
    }


def _percentages(query: Query, facts: Mapping[tuple[str, ...], Mapping[str, int]]) -> list[Json]:
    total = sum(sums["views"] for sums in facts.values())
    if total < PRIVACY_THRESHOLD:
        return []
    return [
        dict(zip(query.dimensions, key, strict=True)) | {"viewerPercentage": round(100 * sums["views"] / total, 1)}
        for key, sums in facts.items()
    ]


# Reading and refusing


def _read(request: Request, who: oauth.Principal) -> Query:
    for name in request.params:
        if name not in PARAMS:
            raise invalid_argument(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
            )
    for name in REQUIRED:
        if not request.one(name):
            raise ApiError(400, "required", f"Required parameter: {name}", location=name)
    first, last = _day(request, "startDate"), _day(request, "endDate")
    if last < first:
        raise refused("Invalid value: the end date must not be before the start date.")
    return Query(
        channel_id=_channel(request.one("ids"), who),
        first=first,
        last=last,
        metrics=_names(request.one("metrics")),
        dimensions=_names(request.one("dimensions")),
        filters=_filters(request.one("filters")),
        sort=_names(request.one("sort")),
        most=_number(request, "maxResults"),
        start_index=_number(request, "startIndex"),
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _day(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request.one(name))
    except ValueError:
        raise refused(f"Invalid value for {name}: the date must have the form YYYY-MM-DD.") from None


def _number(request: Request, name: str) -> int | None:
    text = request.one(name)
    if text and (not text.isdecimal() or int(text) < 1):
        raise refused(f"Invalid value '{text}' for {name}.")
    return int(text) if text else None


def _channel(ids: str, who: oauth.Principal) -> str:
    kind, _, channel = ids.partition("==")
    if kind != "channel" or not channel:
        raise refused("Invalid value for ids.")
    if who.channel_id is None or channel not in {"MINE", who.channel_id}:
        raise ApiError(403, "forbidden", "Forbidden", status="PERMISSION_DENIED")
    return who.channel_id


def _filters(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for clause in filter(None, text.split(";")):
        name, equals, values = clause.partition("==")
        if not equals or not _names(values) or name in found:
            raise refused(f"Invalid filter: {clause[:80]}")
        found[name] = _names(values)
    return found


def _check(query: Query) -> Report:
    _check_names(query)
    report = REPORTS.get(query.breakdown)
    if report is None:
        raise refused()
    if set(query.metrics) - report.metrics or query.filters.keys() - report.filters:
        raise refused()
    _check_time_and_video(query, report)
    _check_limits(query, report)
    _check_required_filters(query)
    return report


def _check_names(query: Query) -> None:
    for name in query.dimensions:
        if name not in DIMENSIONS:
            raise refused(f"Unknown identifier ({name}) given in field parameters.dimensions.")
    if MONETARY & set(query.metrics):
        raise ApiError(403, "forbidden", "Forbidden", status="PERMISSION_DENIED")
    for name in query.metrics:
        if name not in KNOWN_METRICS:  # thumbnail impressions among them: those are in the Reporting API only
            raise refused(f"Unknown identifier ({name}) given in field parameters.metrics.")
    for name in query.sort:
        if name.removeprefix("-") not in query.metrics + query.dimensions:
            raise refused(f"Unknown identifier ({name}) given in field parameters.sort.")


def _check_time_and_video(query: Query, report: Report) -> None:
    times = TIMES & set(query.dimensions)
    if len(times) > 1 or (times and not report.over_time):
        raise refused()
    if "month" in times and (query.first.day != 1 or query.last.day != 1):
        raise refused("Invalid value: monthly reports start and end on the first day of a month.")
    if "video" not in query.dimensions:
        return
    if not report.per_video:
        raise refused()
    if "video" not in query.filters and (times or query.breakdown):
        raise refused()
    span = (query.last - query.first).days + 1
    if query.breakdown and len(query.filters["video"]) * span > MAX_VIDEO_DAYS:
        raise refused()


def _check_limits(query: Query, report: Report) -> None:
    top_videos = "video" in query.dimensions and "video" not in query.filters
    limit = 200 if top_videos else report.most_rows
    if limit and (query.most is None or query.most > limit or not query.sort):
        raise refused()
    if top_videos and query.start_index is not None:
        raise refused()


def _check_required_filters(query: Query) -> None:
    if len(query.filters.get("video", ())) > MAX_VIDEOS:
        raise refused(f"Invalid value: at most {MAX_VIDEOS} videos can be given in field parameters.filters.")
    if "elapsedVideoTimeRatio" in query.dimensions and len(query.filters.get("video", ())) != 1:
        raise refused()
    if "insightTrafficSourceDetail" in query.dimensions:
        sources = query.filters.get("insightTrafficSourceType", [])
        if len(sources) != 1 or sources[0] not in audience.DETAILS:
            raise refused()


# The answer


def _table(query: Query, records: list[Json]) -> Json:
    rows = [[record.get(name, 0) for name in query.dimensions + query.metrics] for record in _sorted(query, records)]
    start = (query.start_index or 1) - 1
    rows = rows[start : None if query.most is None else start + query.most]
    table: Json = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": _headers(query)}
    return table | ({"rows": rows} if rows else {})  # the key is left out when there is nothing


def _sorted(query: Query, records: list[Json]) -> list[Json]:
    ordered = sorted(records, key=lambda record: [record[name] for name in query.dimensions])
    for name in reversed(query.sort):
        value = functools.partial(_value, name.removeprefix("-"))
        ordered.sort(key=value, reverse=name.startswith("-"))
    return ordered


def _value(name: str, record: Json) -> Any:
    return record.get(name, 0)


def _headers(query: Query) -> list[Json]:
    def header(name: str, column: str, data: str) -> Json:
        return {"name": name, "columnType": column, "dataType": data}

    dimensions = [
        header(name, "DIMENSION", "FLOAT" if name == "elapsedVideoTimeRatio" else "STRING") for name in query.dimensions
    ]
    return dimensions + [header(name, "METRIC", "FLOAT" if name in FLOATS else "INTEGER") for name in query.metrics]
