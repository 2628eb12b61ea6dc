"""Google's own Python client works against the sandbox, over real connections."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import client as http_client
from typing import Any

import httplib2
import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload

from connections.sandbox_server import SandboxServer
from youtube.sandbox.app import Sandbox
from youtube.tests.sandbox.conftest import COMMENTS, Caller


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[SandboxServer]:
    with SandboxServer({"youtube": sandbox}) as running:
        yield running


@pytest.fixture
def http(server: SandboxServer, sandbox: Sandbox) -> Iterator[AuthorizedHttp]:
    tokens = sandbox.oauth.mint(
        "spoke-and-solder",
        frozenset(
            {
                "https://www.googleapis.com/auth/youtube.force-ssl",
                "https://www.googleapis.com/auth/yt-analytics.readonly",
            }
        ),
    )
    credentials = Credentials(  # type: ignore[no-untyped-call]
        tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        token_uri=f"{server.url}/youtube/token",
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",
    )
    connection = httplib2.Http(timeout=10, proxy_info=None)
    yield AuthorizedHttp(credentials, http=connection)
    connection.close()


def service(server: SandboxServer, http: AuthorizedHttp, name: str, version: str) -> Any:
    options = {"api_endpoint": f"{server.url}/youtube"}
    return build(name, version, http=http, client_options=options, static_discovery=True)


@pytest.fixture
def youtube(server: SandboxServer, http: AuthorizedHttp) -> Any:
    return service(server, http, "youtube", "v3")


def test_lists_page_through(youtube: Any, channel_id: str, sandbox: Sandbox) -> None:
    request = youtube.commentThreads().list(
        part="snippet,replies", allThreadsRelatedToChannelId=channel_id, maxResults=25, textFormat="plainText"
    )
    found = []
    while request is not None:
        page = request.execute()
        found += page["items"]
        request = youtube.commentThreads().list_next(request, page)
    assert len(found) == len(sandbox.world.comments.feed(channel_id, "published"))


def test_catalogue_is_read(youtube: Any, channel_id: str) -> None:
    mine = youtube.channels().list(part="contentDetails,statistics", mine=True).execute()["items"][0]
    assert mine["id"] == channel_id
    uploads = mine["contentDetails"]["relatedPlaylists"]["uploads"]
    items = youtube.playlistItems().list(part="contentDetails", playlistId=uploads, maxResults=50).execute()["items"]
    ids = [item["contentDetails"]["videoId"] for item in items]
    assert len(youtube.videos().list(part="snippet", id=ids).execute()["items"]) == len(ids)
    assert len(youtube.videos().batchGetStats(part=["statistics"], id=ids).execute()["items"]) == len(ids)


def test_comments_are_written_moderated_and_deleted(youtube: Any, video_id: str) -> None:
    top = {"snippet": {"videoId": video_id, "topLevelComment": {"snippet": {"textOriginal": "Hello"}}}}
    thread = youtube.commentThreads().insert(part="snippet", body=top).execute()
    body = {"snippet": {"parentId": thread["id"], "textOriginal": "And welcome"}}
    reply = youtube.comments().insert(part="snippet", body=body).execute()
    body = {"id": reply["id"], "snippet": {"textOriginal": "Welcome, all"}}
    assert youtube.comments().update(part="snippet", body=body).execute()["snippet"]["textOriginal"] == "Welcome, all"
    assert youtube.comments().list(part="id", parentId=thread["id"]).execute()["items"][0]["id"] == reply["id"]
    ids = [thread["id"], reply["id"]]
    assert youtube.comments().setModerationStatus(id=ids, moderationStatus="heldForReview").execute() == ""
    assert youtube.comments().delete(id=reply["id"]).execute() == ""


def test_long_requests_become_posts(youtube: Any) -> None:
    ids = [f"{'x' * 60}{number}" for number in range(50)]
    assert youtube.comments().list(part="id", id=ids).execute()["items"] == []


def test_refusals_carry_their_reason(youtube: Any) -> None:
    with pytest.raises(HttpError) as refusal:
        youtube.commentThreads().list(part="snippet", videoId="nonsense").execute()
    assert refusal.value.status_code == 404
    assert refusal.value.error_details[0]["reason"] == "videoNotFound"


def test_expired_access_is_refreshed_unseen(youtube: Any, nobody: Caller) -> None:
    nobody.control("POST", "tokens/expire", {})
    assert youtube.channels().list(part="id", mine=True).execute()["items"]
    paths = [entry["path"] for entry in nobody.control("GET", "log")["requests"]]
    assert paths == ["/youtube/v3/channels", "/token", "/youtube/v3/channels"]


def test_revoked_grant_cannot_be_refreshed(youtube: Any, nobody: Caller) -> None:
    nobody.control("POST", "tokens/revoke", {})
    with pytest.raises(RefreshError) as refusal:
        youtube.channels().list(part="id", mine=True).execute()
    assert refusal.value.args[1]["error"] == "invalid_grant"
    assert not refusal.value.retryable


def test_many_threads_write_at_once(server: SandboxServer, owner: Caller, video_id: str) -> None:
    top = owner.control("POST", "comments", {"video": video_id})["ids"][0]
    body = json.dumps({"snippet": {"parentId": top, "textOriginal": "At once"}})
    headers = {"Authorization": f"Bearer {owner.token}", "Content-Type": "application/json"}

    def write(_number: int) -> str:
        with closing(http_client.HTTPConnection(server.host, server.port, timeout=10)) as connection:
            connection.request("POST", "/youtube/youtube/v3/comments?part=id", body, headers)
            return str(json.load(connection.getresponse())["id"])

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(write, range(40)))
    assert set(owner.get(COMMENTS, part="id", parentId=top, maxResults=100).ids) == set(written)
    assert len(set(written)) == 40


def test_analytics_are_queried(server: SandboxServer, http: AuthorizedHttp) -> None:
    analytics = service(server, http, "youtubeAnalytics", "v2")
    query = {"ids": "channel==MINE", "startDate": "2026-10-01", "endDate": "2026-10-31", "metrics": "views"}
    assert analytics.reports().query(**query, dimensions="day").execute()["rows"]


def test_reports_are_downloaded(server: SandboxServer, http: AuthorizedHttp) -> None:
    reporting = service(server, http, "youtubereporting", "v1")
    [job] = reporting.jobs().list().execute()["jobs"]
    report = reporting.jobs().reports().list(jobId=job["id"]).execute()["reports"][0]
    request = reporting.media().download_media(resourceName="")
    request.uri = report["downloadUrl"]
    target = io.BytesIO()
    download = MediaIoBaseDownload(target, request, chunksize=64)
    done = False
    while not done:
        _, done = download.next_chunk()
    assert target.getvalue().startswith(b"date,channel_id,video_id,video_thumbnail_impressions")
