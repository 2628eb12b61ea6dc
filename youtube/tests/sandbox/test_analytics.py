from collections.abc import Mapping
from typing import Any

import pytest

from youtube.sandbox.oauth import FORCE_SSL
from youtube.tests.sandbox.conftest import Answer, Caller

REPORTS = "/v2/reports"
AS_GET = {"X-HTTP-Method-Override": "GET"}
AUTUMN = {"ids": "channel==MINE", "startDate": "2026-10-01", "endDate": "2026-10-31"}


def report(caller: Caller, **params: str) -> Answer:
    return caller.get(REPORTS, **AUTUMN | params)


def rows(caller: Caller, **params: str) -> list[list[Any]]:
    answer = report(caller, **params)
    assert answer.status == 200, answer.body
    found: list[list[Any]] = answer.json.get("rows", [])
    return found


def test_columns_come_in_the_order_asked_for(owner: Caller) -> None:
    table = report(owner, dimensions="day", metrics="views,averageViewPercentage").json
    assert table["columnHeaders"] == [
        {"name": "day", "columnType": "DIMENSION", "dataType": "STRING"},
        {"name": "views", "columnType": "METRIC", "dataType": "INTEGER"},
        {"name": "averageViewPercentage", "columnType": "METRIC", "dataType": "FLOAT"},
    ]
    assert [row[0] for row in table["rows"]] == [f"2026-10-{day:02d}" for day in range(1, 32)]
    assert all(0 < row[2] < 150 for row in table["rows"])


@pytest.mark.parametrize(
    "dimension", ["insightTrafficSourceType", "deviceType", "operatingSystem", "country", "subscribedStatus", "day"]
)
def test_parts_sum_to_the_whole(owner: Caller, dimension: str) -> None:
    [[whole]] = rows(owner, metrics="views")
    assert sum(views for _, views in rows(owner, dimensions=dimension, metrics="views")) == whole


def test_filters_choose_parts_of_the_same_whole(owner: Caller) -> None:
    by_country = dict(rows(owner, dimensions="country", metrics="views"))
    assert rows(owner, metrics="views", filters="country==DE") == [[by_country["DE"]]]
    both = rows(owner, metrics="views", filters="subscribedStatus==SUBSCRIBED,UNSUBSCRIBED;country==DE,SE")
    assert both == [[by_country["DE"] + by_country["SE"]]]


def test_lifetime_views_are_the_public_counter_less_the_days_to_come(owner: Caller, video_id: str) -> None:
    params = {"startDate": "2005-02-14", "endDate": "2030-01-01", "metrics": "views", "filters": f"video=={video_id}"}
    [[views]] = owner.get(REPORTS, **AUTUMN | params).json["rows"]
    public = owner.get("/youtube/v3/videos", part="statistics", id=video_id).items[0]["statistics"]["viewCount"]
    assert 0 < views <= int(public)
    owner.control("POST", "settings", {"analytics_latency_days": 0})
    assert owner.get(REPORTS, **AUTUMN | params).json["rows"] == [[int(public)]]


def test_days_that_are_not_processed_have_no_rows(owner: Caller) -> None:
    late = {"startDate": "2026-11-15", "endDate": "2026-11-30", "dimensions": "day", "metrics": "views"}
    assert owner.get(REPORTS, **AUTUMN | late).json["rows"][-1][0] == "2026-11-18"  # it is the 21st in Los Angeles


def test_rows_are_left_out_when_there_is_nothing(owner: Caller) -> None:
    early = {"startDate": "2019-01-01", "endDate": "2019-02-01", "dimensions": "day", "metrics": "views"}
    table = owner.get(REPORTS, **AUTUMN | early).json
    assert "rows" not in table
    assert len(table["columnHeaders"]) == 2


def test_videos_are_compared_with_and_without_a_filter(owner: Caller, channel_id: str) -> None:
    ids = [video.id for video in owner.sandbox.world.videos_of(channel_id)]
    both = {"dimensions": "video", "metrics": "views"}
    top = rows(owner, **both, sort="-views", maxResults="200")
    assert [views for _, views in top] == sorted((views for _, views in top), reverse=True)
    assert dict(top) == dict(rows(owner, **both, filters=f"video=={','.join(ids)}"))
    by_day = rows(owner, dimensions="video,day", metrics="views", filters=f"video=={','.join(ids)}")
    assert sum(row[2] for row in by_day) == sum(views for _, views in top)


def test_long_filter_arrives_as_post(owner: Caller, video_id: str) -> None:
    ids = ",".join([video_id, *(f"video{n:06d}" for n in range(499))])
    form = AUTUMN | {"metrics": "views", "dimensions": "video", "filters": f"video=={ids}"}
    answer = owner("POST", REPORTS, form=form, headers=AS_GET)
    assert len(answer.json.get("rows", [])) <= 1
    assert answer.status == 200
    form["filters"] += ",onemore0000"
    assert owner("POST", REPORTS, form=form, headers=AS_GET).status == 400


def test_demographics_are_percentages(owner: Caller) -> None:
    found = rows(owner, dimensions="ageGroup,gender", metrics="viewerPercentage")
    assert 99 < sum(row[2] for row in found) < 101
    assert {row[1] for row in found} <= {"male", "female", "user_specified"}


def test_retention_is_a_hundred_points_of_one_video(owner: Caller, channel_id: str) -> None:
    oldest = owner.sandbox.world.videos_of(channel_id)[-1].id
    metrics = "audienceWatchRatio,relativeRetentionPerformance"
    found = rows(owner, dimensions="elapsedVideoTimeRatio", metrics=metrics, filters=f"video=={oldest}")
    assert [row[0] for row in found] == [step / 100 for step in range(1, 101)]


def test_traffic_details_need_their_source(owner: Caller) -> None:
    asked = {"dimensions": "insightTrafficSourceDetail", "metrics": "views", "sort": "-views", "maxResults": "25"}
    assert rows(owner, **asked, filters="insightTrafficSourceType==YT_SEARCH")
    assert report(owner, **asked).status == 400


UNSUPPORTED: list[Mapping[str, str]] = [
    {"metrics": "views", "dimensions": "video"},
    {"metrics": "views", "dimensions": "video", "maxResults": "200"},
    {"metrics": "views", "dimensions": "video", "maxResults": "201", "sort": "-views"},
    {"metrics": "views", "dimensions": "video", "maxResults": "10", "sort": "-views", "startIndex": "11"},
    {"metrics": "views", "dimensions": "video,day", "maxResults": "10", "sort": "-views"},
    {"metrics": "views", "dimensions": "deviceType,country"},
    {"metrics": "views", "dimensions": "day,month"},
    {"metrics": "likes", "dimensions": "insightTrafficSourceType"},
    {"metrics": "views", "dimensions": "ageGroup"},
    {"metrics": "viewerPercentage", "dimensions": "ageGroup,day"},
    {"metrics": "viewerPercentage"},
    {"metrics": "audienceWatchRatio", "dimensions": "elapsedVideoTimeRatio"},
    {"metrics": "audienceWatchRatio", "dimensions": "elapsedVideoTimeRatio", "filters": "video==a,b"},
    {"metrics": "views", "filters": "deviceType==MOBILE"},
    {"metrics": "views", "dimensions": "city"},
    {"metrics": "videoThumbnailImpressions"},
    {"metrics": "views", "sort": "likes"},
    {"metrics": "views", "dimensions": "weekday"},
    {"metrics": "views", "filters": "video=abc"},
    {"metrics": "views", "startDate": "2026-11-01"},
    {"metrics": "views", "startDate": "October"},
    {"metrics": "views", "ids": "user==MINE"},
    {"metrics": "views", "dimensions": "month"},
    {"metrics": "views", "maxResults": "0"},
]


@pytest.mark.parametrize("params", UNSUPPORTED, ids=str)
def test_undocumented_queries_are_refused(owner: Caller, params: dict[str, str]) -> None:
    answer = report(owner, **params)
    assert (answer.status, answer.reason) == (400, "badRequest")


@pytest.mark.parametrize(
    ("params", "status", "reason"),
    [
        ({"metrics": ""}, 400, "required"),
        ({"metrics": "views", "dimension": "day"}, 400, "invalid"),
        ({"metrics": "estimatedRevenue"}, 403, "forbidden"),
        ({"metrics": "views", "ids": "channel==UCsomebodyelse"}, 403, "forbidden"),
    ],
)
def test_other_refusals(owner: Caller, params: dict[str, str], status: int, reason: str) -> None:
    answer = report(owner, **params)
    assert (answer.status, answer.reason) == (status, reason)


def test_comment_scope_does_not_open_analytics(nobody: Caller) -> None:
    answer = report(nobody.as_account("spoke-and-solder", FORCE_SSL), metrics="views")
    assert (answer.status, answer.reason) == (403, "insufficientPermissions")


def test_analytics_leave_the_data_quota_alone(owner: Caller) -> None:
    report(owner, metrics="views")
    assert owner.control("GET", "state")["quota"]["default"]["used"] == 0


def test_content_types_and_months_are_told_apart(owner: Caller) -> None:
    assert {row[0] for row in rows(owner, dimensions="creatorContentType", metrics="views")} <= {
        "SHORTS",
        "VIDEO_ON_DEMAND",
        "LIVE_STREAM",
    }
    months = {"startDate": "2026-08-01", "endDate": "2026-10-01", "dimensions": "month", "metrics": "views"}
    assert [row[0] for row in rows(owner, **months)] == ["2026-08", "2026-09", "2026-10"]


def test_few_viewers_stay_anonymous(owner: Caller, video_id: str) -> None:
    before = {"startDate": "2026-01-01", "endDate": "2026-01-02", "filters": f"video=={video_id}"}
    assert rows(owner, dimensions="gender", metrics="viewerPercentage", **before) == []


def test_many_videos_over_many_days_are_too_much(owner: Caller, video_id: str) -> None:
    ids = ",".join([video_id, *(f"video{n:06d}" for n in range(499))])
    form = AUTUMN | {"startDate": "2026-01-01", "metrics": "views", "filters": f"video=={ids}"}
    for dimensions, status in (("video", 200), ("video,insightTrafficSourceType", 400)):
        answer = owner("POST", REPORTS, form=form | {"dimensions": dimensions}, headers=AS_GET)
        assert answer.status == status
