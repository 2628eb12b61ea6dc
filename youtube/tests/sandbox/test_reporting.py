import csv
import io
from typing import Any

import pytest

from youtube.tests.sandbox.conftest import Answer, Caller

JOBS = "/v1/jobs"
DAY = 86_400


def path_of(url: str) -> str:
    assert url.startswith("http://127.0.0.1:80/youtube/v1/media/")
    return url.removeprefix("http://127.0.0.1:80/youtube").removesuffix("?alt=media")


def download(caller: Caller, report: dict[str, Any], **headers: str) -> Answer:
    return caller.raw("GET", path_of(report["downloadUrl"]), {"alt": "media"}, headers=headers)


def every_report(caller: Caller, job_id: str, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = caller.get(f"{JOBS}/{job_id}/reports", **params, **token).json
        found += page.get("reports", [])
        if "nextPageToken" not in page:
            return found
        token = {"pageToken": page["nextPageToken"]}


@pytest.fixture
def job_id(owner: Caller) -> str:
    """The job of an earlier connection."""
    [job] = owner.get(JOBS).json["jobs"]
    assert job["reportTypeId"] == "channel_reach_basic_a1"
    return str(job["id"])


def create(caller: Caller, kind: str = "channel_basic_a3") -> Answer:
    return caller("POST", JOBS, json_body={"reportTypeId": kind, "name": "Greenroom"})


def test_report_types_name_the_reach_reports(owner: Caller) -> None:
    ids = {kind["id"] for kind in owner.get("/v1/reportTypes").json["reportTypes"]}
    assert {"channel_reach_basic_a1", "channel_reach_combined_a1", "channel_basic_a3"} <= ids


def test_new_job_has_reports_two_days_later_from_thirty_days_before(owner: Caller) -> None:
    job = create(owner).json
    assert every_report(owner, job["id"]) == []
    owner.control("POST", "clock", {"advance": 2 * DAY + 3700})
    later = owner.as_account("spoke-and-solder")
    starts = [report["startTime"][:10] for report in every_report(later, job["id"])]
    assert (min(starts), max(starts)) == ("2026-10-22", "2026-11-20")
    assert len(starts) == 30


def test_reports_can_be_ready_at_once(owner: Caller) -> None:
    owner.control("POST", "settings", {"reports_ready_after": -DAY})
    assert len(every_report(owner, create(owner).json["id"])) >= 30


def test_watermark_and_start_time_narrow_the_list(owner: Caller, job_id: str) -> None:
    reports = every_report(owner, job_id)
    created = sorted(report["createTime"] for report in reports)
    newer = every_report(owner, job_id, createdAfter=created[-3])
    assert [report["createTime"] for report in newer] == created[:-3:-1]
    first = reports[5]["startTime"]
    assert [r["id"] for r in every_report(owner, job_id, startTimeAtOrAfter=first)] == [r["id"] for r in reports[:6]]
    assert owner.get(f"{JOBS}/{job_id}/reports", createdAfter="yesterday").status == 400


def test_old_reports_expire(owner: Caller, job_id: str) -> None:
    before = {report["id"] for report in every_report(owner, job_id)}
    owner.control("POST", "clock", {"advance": 30 * DAY})
    after = {report["id"] for report in every_report(owner.as_account("spoke-and-solder"), job_id)}
    assert before - after
    assert after - before


def test_csv_holds_impressions_and_their_ratio(owner: Caller, job_id: str, channel_id: str) -> None:
    report = every_report(owner, job_id)[0]
    answer = download(owner, report)
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert list(lines[0]) == [
        "date",
        "channel_id",
        "video_id",
        "video_thumbnail_impressions",
        "video_thumbnail_impressions_ctr",
    ]
    assert {line["date"] for line in lines} == {report["startTime"][:10].replace("-", "")}
    assert {line["channel_id"] for line in lines} == {channel_id}
    assert all(0 < float(line["video_thumbnail_impressions_ctr"]) < 0.2 for line in lines)


@pytest.mark.parametrize("kind", ["channel_basic_a3", "channel_traffic_source_a3", "channel_reach_combined_a1"])
def test_views_of_every_report_type_have_rows(owner: Caller, kind: str) -> None:
    owner.control("POST", "settings", {"reports_ready_after": -DAY})
    report = every_report(owner, create(owner, kind).json["id"])[-1]
    lines = list(csv.reader(io.StringIO(download(owner, report).body.decode())))
    assert len(lines) > 5
    assert {len(line) for line in lines} == {len(lines[0])}


def test_day_without_anything_is_a_header_only(other: Caller) -> None:
    other.control("POST", "settings", {"reports_ready_after": -DAY})
    job = create(other, "channel_reach_basic_a1").json["id"]
    oldest = every_report(other, job)[-1]
    assert download(other, oldest).body.count(b"\n") == 1


def test_download_resumes(owner: Caller, job_id: str) -> None:
    report = every_report(owner, job_id)[0]
    whole = download(owner, report).body
    first = download(owner, report, Range="bytes=0-9")
    rest = download(owner, report, Range="bytes=10-")
    assert (first.status, rest.status) == (206, 206)
    assert first.body + rest.body == whole
    assert first.headers["Content-Range"] == f"bytes 0-9/{len(whole)}"
    assert download(owner, report, Range="bytes=999999-").status == 416


def test_jobs_belong_to_their_channel(other: Caller, job_id: str) -> None:
    assert other.get(JOBS).json == {}
    assert other.get(f"{JOBS}/{job_id}").status == 404
    assert other("DELETE", f"{JOBS}/{job_id}").status == 404


def test_job_can_be_read_and_deleted(owner: Caller, job_id: str) -> None:
    report = every_report(owner, job_id)[0]
    assert owner.get(f"{JOBS}/{job_id}").json["id"] == job_id
    assert owner.get(f"{JOBS}/{job_id}/reports/{report['id']}").json == report
    assert owner("DELETE", f"{JOBS}/{job_id}").json == {}
    assert owner.get(f"{JOBS}/{job_id}").status == 404
    assert download(owner, report).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reportTypeId": "channel_reach_basic_a1", "name": "Twice"}, 409),
        ({"reportTypeId": "channel_basic_a2", "name": "Ended in 2025"}, 400),
        ({"reportTypeId": "channel_basic_a3"}, 400),
        ({"reportTypeId": "channel_basic_a3", "name": "x", "kind": "job"}, 400),
    ],
)
def test_bad_jobs_are_refused(owner: Caller, body: dict[str, str], status: int) -> None:
    assert owner("POST", JOBS, json_body=body).status == status


def test_account_without_channel_has_no_reports(nobody: Caller) -> None:
    assert nobody.as_account("no-channel").get(JOBS).reason == "forbidden"


def test_addresses_that_do_not_exist(owner: Caller, job_id: str, channel_id: str) -> None:
    media = f"/v1/media/CHANNEL/{channel_id}/jobs/{job_id}/reports/12"
    for method, path, params, status in (
        ("PATCH", JOBS, {}, 404),
        ("GET", "/v1/nothing", {}, 404),
        ("GET", f"{JOBS}/{job_id}/reports/12", {}, 404),
        ("GET", "/v1/media/short", {"alt": "media"}, 404),
        ("GET", media, {"alt": "media"}, 404),
        ("GET", media, {}, 400),
        ("GET", JOBS, {"maxResults": 5}, 400),
        ("GET", JOBS, {"pageToken": "nonsense"}, 400),
    ):
        assert owner.raw(method, path, params).status == status, path
