"""YouTube Reporting API v1: jobs, daily CSV reports and their download.

https://developers.google.com/youtube/reporting/v1/reports. A new job's first reports are there some 48 hours
later and reach 30 days back; thumbnail impressions exist in no other API.
"""

import csv
import io
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from youtube.sandbox import audience, oauth
from youtube.sandbox.clock import (
    DAY,
    days,
    pacific_day,
    pacific_midnight,
    parse_rfc3339,
    rfc3339,
    rfc3339_micros,
)
from youtube.sandbox.popularity import noise
from youtube.sandbox.wire import (
    ApiError,
    Json,
    Request,
    Response,
    etag_of,
    invalid_argument,
    json_response,
    not_found,
)
from youtube.sandbox.world import Video, World

SCOPES = frozenset({oauth.ANALYTICS, oauth.ANALYTICS_MONEY})
BACKFILL_DAYS = 30
KEPT_DAYS, BACKFILL_KEPT_DAYS = 60, 30
PAGE = 50
COMMON = frozenset({"alt", "key", "fields", "prettyPrint", "quotaUser", "access_token", "onBehalfOfContentOwner"})
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
Row = list[object]

BASIC_FACTS = {
    "engaged_views": "engagedViews",
    "views": "views",
    "comments": "comments",
    "likes": "likes",
    "dislikes": "dislikes",
    "videos_added_to_playlists": "videosAddedToPlaylists",
    "videos_removed_from_playlists": "videosRemovedFromPlaylists",
    "shares": "shares",
}
SOURCE_CODES = {name: code for code, name in enumerate(audience.TRAFFIC)} | {"SHORTS": 24, "SOUND_PAGE": 26}
DEVICE_CODES = {name: 100 + code for code, name in enumerate(audience.DEVICES)}
SYSTEM_CODES = {name: 1 + code for code, name in enumerate(audience.SYSTEMS)}


@dataclass(slots=True)
class Job:
    id: str
    channel_id: str
    report_type: str
    name: str
    created: float


@dataclass(frozen=True, slots=True)
class ReportType:
    id: str
    name: str
    columns: tuple[str, ...]
    rows: Callable[[Video, date], Iterator[Row]]
    deprecated: float | None = None


def _impressions(video: Video, views: int) -> tuple[int, float]:
    rate = 0.035 + 0.05 * noise("ctr", video.id)
    return int(views * 0.55 / rate), round(rate, 6)


def _reach_basic(video: Video, day: date) -> Iterator[Row]:
    facts = audience.totals(video, day)
    if facts and not video.is_short:  # Shorts have no thumbnail to click
        yield list(_impressions(video, facts["views"]))


def _reach_combined(video: Video, day: date) -> Iterator[Row]:
    facts = audience.totals(video, day)
    if not facts or video.is_short:
        return
    for source, part in audience.split(facts, audience.TRAFFIC).items():
        for device, share in audience.split(part, audience.DEVICES).items():
            impressions, rate = _impressions(video, share["views"])
            if impressions:
                yield [
                    SOURCE_CODES[source],
                    "",
                    DEVICE_CODES[device],
                    SYSTEM_CODES["ANDROID"],
                    impressions,
                    rate,
                ]


def _watching(video: Video, part: dict[str, int]) -> Row:
    average = part["seconds"] / part["views"]
    return [
        round(part["seconds"] / 60, 4),
        round(average, 4),
        round(100 * average / max(video.seconds, 1), 4),
    ]


def _basic(video: Video, day: date) -> Iterator[Row]:
    facts = audience.totals(video, day)
    for subscribed, part in audience.split(facts, audience.SUBSCRIBED).items():
        for country, share in audience.split(part, audience.COUNTRIES).items():
            counts = [share[fact] for fact in BASIC_FACTS.values()]
            gained = [share["subscribersGained"], share["subscribersLost"]]
            yield ["on_demand", subscribed.lower(), country, *counts, *_watching(video, share), *gained]


def _sources(video: Video, day: date) -> Iterator[Row]:
    facts = audience.totals(video, day)
    for source, part in audience.split(facts, audience.SPLITS["insightTrafficSourceType"](video)).items():
        yield [SOURCE_CODES[source], "", part["views"], part["engagedViews"], *_watching(video, part)]


WATCHING = ("watch_time_minutes", "average_view_duration_seconds", "average_view_duration_percentage")
IMPRESSIONS = ("video_thumbnail_impressions", "video_thumbnail_impressions_ctr")
TYPES = {
    kind.id: kind
    for kind in (
        ReportType("channel_reach_basic_a1", "Reach basic", IMPRESSIONS, _reach_basic),
        ReportType(
            "channel_reach_combined_a1",
            "Reach combined",
            ("traffic_source_type", "traffic_source_detail", "device_type", "operating_system", *IMPRESSIONS),
            _reach_combined,
        ),
        ReportType(
            "channel_basic_a3",
            "User activity",
            (
                "live_or_on_demand",
                "subscribed_status",
                "country_code",
                *BASIC_FACTS,
                *WATCHING,
                "subscribers_gained",
                "subscribers_lost",
            ),
            _basic,
        ),
        ReportType(
            "channel_traffic_source_a3",
            "Traffic sources",
            ("traffic_source_type", "traffic_source_detail", "views", "engaged_views", *WATCHING),
            _sources,
        ),
    )
}


class Reporting:
    def __init__(self, world: World, tokens: oauth.OAuth) -> None:
        self._world = world
        self._oauth = tokens
        self._jobs: dict[str, Job] = {}
        for channel in world.owned_channels()[:1]:  # connected once before: its reports are there at once
            self._add(channel.id, "channel_reach_basic_a1", "Reach", world.clock.anchor - 40 * DAY)

    def _add(self, channel_id: str, report_type: str, name: str, created: float) -> Job:
        job = Job(_uuid(channel_id, report_type, str(len(self._jobs))), channel_id, report_type, name, created)
        self._jobs[job.id] = job
        return job

    def handle(self, request: Request) -> Response:
        who = oauth.authorise(self._oauth, request, SCOPES, "google.youtube.reporting.v1.ReportingService")
        if who.channel_id is None:
            raise ApiError(403, "forbidden", "The caller does not have permission", status="PERMISSION_DENIED")
        head, *rest = request.path.removeprefix("/v1/").strip("/").split("/")
        if head == "reportTypes" and not rest and request.method == "GET":
            return self._report_types(request)
        if head == "media" and request.method == "GET":
            return self._download(request, who.channel_id, rest)
        return self._jobs_call(request, who.channel_id, rest) if head == "jobs" else not_found()

    def _jobs_call(self, request: Request, channel_id: str, rest: list[str]) -> Response:
        match request.method, rest:
            case "GET", []:
                answer = self._list_jobs(request, channel_id)
            case "POST", []:
                answer = self._create_job(request, channel_id)
            case "GET", [job_id]:
                answer = json_response(_job_json(self._job(job_id, channel_id)))
            case "DELETE", [job_id]:
                del self._jobs[self._job(job_id, channel_id).id]
                answer = json_response({})
            case "GET", [job_id, "reports"]:
                answer = self._list_reports(request, self._job(job_id, channel_id))
            case "GET", [job_id, "reports", report_id]:
                answer = json_response(self._report(request, self._job(job_id, channel_id), report_id))
            case _:
                answer = not_found()
        return answer

    def _report_types(self, request: Request) -> Response:
        _check_params(request, "includeSystemManaged pageSize pageToken")
        found = [{"id": kind.id, "name": kind.name} for kind in TYPES.values()]
        return json_response(_paged(request, "reportTypes", found))

    def _list_jobs(self, request: Request, channel_id: str) -> Response:
        _check_params(request, "includeSystemManaged pageSize pageToken")
        mine = [_job_json(job) for job in self._jobs.values() if job.channel_id == channel_id]
        return json_response(_paged(request, "jobs", mine))

    def _create_job(self, request: Request, channel_id: str) -> Response:
        _check_params(request, "")
        body = request.json()
        unknown = body.keys() - {"reportTypeId", "name", "id", "createTime", "expireTime", "systemManaged"}
        if unknown:
            raise invalid_argument(f'Invalid JSON payload received. Unknown name "{min(unknown)}": Cannot find field.')
        kind, name = body.get("reportTypeId", ""), body.get("name", "")
        if kind not in TYPES or not name:
            raise ApiError(400, "badRequest", "Request contains an invalid argument.", status="INVALID_ARGUMENT")
        if any(job.channel_id == channel_id and job.report_type == kind for job in self._jobs.values()):
            raise ApiError(409, "alreadyExists", "Requested entity already exists", status="ALREADY_EXISTS")
        return json_response(_job_json(self._add(channel_id, kind, name, self._world.clock.now())))

    def _job(self, job_id: str, channel_id: str) -> Job:
        job = self._jobs.get(job_id)
        if job is None or job.channel_id != channel_id:  # a brand account mix-up looks just like this
            raise ApiError(404, "notFound", "Requested entity was not found.", status="NOT_FOUND")
        return job

    # Reports

    def _list_reports(self, request: Request, job: Job) -> Response:
        _check_params(request, "createdAfter pageSize pageToken startTimeAtOrAfter startTimeBefore")
        created_after = _moment(request, "createdAfter", 0.0)
        first, before = _moment(request, "startTimeAtOrAfter", 0.0), _moment(request, "startTimeBefore", 1e12)
        found = [
            self._report_json(request, job, day, created)
            for day, created in self._available(job)
            if created > created_after and first <= pacific_midnight(day) < before
        ]
        return json_response(_paged(request, "reports", found[::-1]))

    def _available(self, job: Job) -> Iterator[tuple[date, float]]:
        """Days with the time their report appeared; what has expired is gone."""
        now, wait = self._world.clock.now(), self._world.settings.reports_ready_after
        start = pacific_day(job.created)
        for day in days(start - timedelta(BACKFILL_DAYS), pacific_day(now)):
            backfill = day < start
            ready = max(pacific_midnight(day) + DAY, job.created) + wait
            created = round(ready + noise("ready", job.id, day) * 3600, 3)
            kept = (BACKFILL_KEPT_DAYS if backfill else KEPT_DAYS) * DAY
            if created <= now < created + kept:
                yield day, created

    def _report(self, request: Request, job: Job, report_id: str) -> Json:
        for day, created in self._available(job):
            if _report_id(job, day) == report_id:
                return self._report_json(request, job, day, created)
        raise ApiError(404, "notFound", "Requested entity was not found.", status="NOT_FOUND")

    def _report_json(self, request: Request, job: Job, day: date, created: float) -> Json:
        identity = _report_id(job, day)
        name = f"CHANNEL/{job.channel_id}/jobs/{job.id}/reports/{identity}"
        return {
            "id": identity,
            "jobId": job.id,
            "startTime": rfc3339(pacific_midnight(day)),
            "endTime": rfc3339(pacific_midnight(day + timedelta(1))),
            "createTime": rfc3339_micros(created),
            "downloadUrl": f"{request.base_url}/v1/media/{name}?alt=media",
        }

    def _download(self, request: Request, channel_id: str, rest: list[str]) -> Response:
        try:
            _, owner, _, job_id, _, report_id = rest
        except ValueError:
            return not_found()
        job = self._job(job_id, channel_id)
        if request.one("alt") != "media" or owner != channel_id:
            raise ApiError(400, "badRequest", "Request contains an invalid argument.", status="INVALID_ARGUMENT")
        for day, _created in self._available(job):
            if _report_id(job, day) == report_id:
                return ranged(request, self._csv(job, day).encode())
        raise ApiError(404, "notFound", "Requested entity was not found.", status="NOT_FOUND")

    def _csv(self, job: Job, day: date) -> str:
        kind = TYPES[job.report_type]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["date", "channel_id", "video_id", *kind.columns])
        for video in self._world.videos_of(job.channel_id):
            for row in kind.rows(video, day):
                writer.writerow([day.strftime("%Y%m%d"), job.channel_id, video.id, *row])
        return text.getvalue()


def ranged(request: Request, body: bytes) -> Response:
    """The body, or the part of it that a Range header asks for, as a resumable download does."""
    headers = {"Content-Type": "text/csv; charset=utf-8", "Accept-Ranges": "bytes"}
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or not asked[1]:
        return Response(200, body, headers)
    first = int(asked[1])
    last = min(int(asked[2] or len(body) - 1), len(body) - 1)
    if first >= len(body):
        return Response(416, b"", headers | {"Content-Range": f"bytes */{len(body)}"})
    return Response(206, body[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{len(body)}"})


def _job_json(job: Job) -> Json:
    return {
        "id": job.id,
        "reportTypeId": job.report_type,
        "name": job.name,
        "createTime": rfc3339(job.created),
    }


def _paged(request: Request, key: str, items: list[Json]) -> Json:
    """Empty lists are empty objects: Google's newer services leave out what has no value."""
    size = min(int(request.one("pageSize") or PAGE), PAGE) or PAGE
    token = request.one("pageToken")
    if token and not re.fullmatch(r"o\d+", token):
        raise ApiError(400, "badRequest", "Request contains an invalid argument.", status="INVALID_ARGUMENT")
    start = int(token[1:] or 0)
    page: Json = {key: items[start : start + size]} if items[start:] else {}
    return page | ({"nextPageToken": f"o{start + size}"} if start + size < len(items) else {})


def _check_params(request: Request, names: str) -> None:
    for name in request.params:
        if name not in COMMON | set(names.split()):
            raise invalid_argument(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
            )


def _moment(request: Request, name: str, default: float) -> float:
    if not request.one(name):
        return default
    try:
        return parse_rfc3339(request.one(name))
    except ValueError:
        raise invalid_argument(f"Invalid value at '{name}' (type.googleapis.com/google.protobuf.Timestamp)") from None


def _report_id(job: Job, day: date) -> str:
    return str(int.from_bytes(etag_of(job.id, day.isoformat()).encode()[:7]))


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))
