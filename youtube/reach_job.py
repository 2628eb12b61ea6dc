"""The Reporting API's job for thumbnail impressions and their click-through rate, which no other API serves.

Its files reach back thirty days before the job was made and no further, so it is made as soon as a channel
is connected. https://developers.google.com/youtube/reporting/v1/reports
"""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from connections import http
from connections.errors import NeedsReauthorization, NotPermitted, OurFault, Transient
from connections.models import Connection
from connections.tokens import access_token
from youtube.models import YouTubeConnection
from youtube.scopes import ANALYTICS

REPORT_TYPE = "channel_reach_basic_a1"
NO_ANALYTICS = (
    "The channel is connected without its statistics: Google did not grant “View YouTube Analytics reports”. "
    "Connect it again with that box ticked to have watch time, audience and reach."
)


def ensure_reach_job(connection: Connection) -> str:
    """The id of the channel's job, made if there is none. Safe to repeat; until it works, history is lost."""
    if not connection.has_scope(ANALYTICS):
        raise NotPermitted(NO_ANALYTICS, code="missing_scope")
    job_id = _find_job(connection) or _create_job(connection)
    YouTubeConnection.objects.filter(pk=connection.pk).update(reach_job_id=job_id)
    return job_id


def _find_job(connection: Connection) -> str:
    """https://developers.google.com/youtube/reporting/v1/reference/rest/v1/jobs/list"""
    page_token = ""
    while True:
        answer = _call(connection, "GET", {"pageToken": page_token} if page_token else {})
        for job in answer.get("jobs", []):
            if job.get("reportTypeId") == REPORT_TYPE and "expireTime" not in job:
                return str(job["id"])
        previous, page_token = page_token, str(answer.get("nextPageToken", ""))
        if page_token in {"", previous}:
            return ""


def _create_job(connection: Connection) -> str:
    """https://developers.google.com/youtube/reporting/v1/reference/rest/v1/jobs/create"""
    body = json.dumps({"reportTypeId": REPORT_TYPE, "name": "Greenroom: reach"}).encode()
    return str(_call(connection, "POST", {}, body)["id"])


@sensitive_variables()
def _call(connection: Connection, method: str, params: Mapping[str, str], body: bytes | None = None) -> dict[str, Any]:
    token = access_token(connection)
    answer = _send(token, method, params, body)
    if answer.status == 401:
        answer = _send(access_token(connection, stale=token), method, params, body)
    if answer.status != 200:
        raise _error(answer.status)
    try:
        facts = json.loads(answer.content)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise Transient("The Reporting API's answer was not readable.", code="malformed")
    return facts


@sensitive_variables()
def _send(token: str, method: str, params: Mapping[str, str], body: bytes | None) -> http.Response:
    return http.request(
        method,
        f"{settings.YOUTUBE_REPORTING_API_URL}/v1/jobs",
        params=params,
        data=body,
        headers={"Content-Type": "application/json"} if body else {},
        bearer=token,
    )


def _error(status: int) -> Exception:
    if status == 401:
        return NeedsReauthorization("Google refuses the channel's access.", code="auth_error", status=status)
    if status == 403:
        return NotPermitted("Google refuses the reach reports to this account.", code="forbidden", status=status)
    if status in {408, 409, 429} or status >= 500:
        return Transient(
            f"The reach reports could not be ordered yet (Google answered {status}).",
            code="server_error",
            status=status,
        )
    return OurFault(f"Google refused to prepare the reach reports ({status}).", code="reporting_refused", status=status)
