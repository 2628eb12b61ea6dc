"""What an error of Google's APIs means for a sync. https://developers.google.com/youtube/v3/docs/errors

Google's envelope names a reason in `error.errors[0].reason`, in `error.details[].reason`, or only a
`status`; the texts may hold HTML and change, so only a daily limit is looked for there.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connections import errors, quota

DAILY = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
BURST = {"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"}
CREDENTIAL = {
    "authError", "authorizationRequired", "youtubeSignupRequired", "UNAUTHENTICATED",
    "authenticatedUserAccountClosed", "authenticatedUserAccountSuspended",
}  # fmt: skip
PERMISSION = {
    "forbidden", "insufficientPermissions", "ineligibleAccount", "authenticatedUserNotChannel",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "PERMISSION_DENIED",
}  # fmt: skip
# Of the whole account; every other refusal is about the one video or thread that was asked for.
SCOPES_MISSING = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "missing_scope"}
GONE = {
    "videoNotFound", "commentNotFound", "commentThreadNotFound", "parentCommentNotFound", "channelNotFound",
    "playlistNotFound", "notFound", "NOT_FOUND", "commentsDisabled",
}  # fmt: skip
DEFAULT_PAUSE = timedelta(minutes=15)
NAMES = {
    "forbidden": "YouTube refuses this to the connected account.",
    "insufficientPermissions": "A permission is missing: connect the channel again and leave every box ticked.",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "A permission is missing: connect the channel again and leave every box ticked.",
    "youtubeSignupRequired": "This Google account has no YouTube channel any more: connect the channel again.",
    "commentsDisabled": "Comments are switched off for this video.",
}


def platform_error(
    status: int, headers: Mapping[str, str], body: bytes, bucket: str, asked_at: datetime
) -> errors.PlatformError:
    """The error for an answer of `status` ≥ 300 to a call sent at `asked_at`.

    Marks `bucket` as exhausted when Google says that it is.
    """
    reason, message = _reason(body)
    code = reason or f"http_{status}"
    text = NAMES.get(reason) or f"YouTube answered {status} ({reason or 'no reason given'})."
    if reason in DAILY or (_is_burst(status, reason) and "per day" in message.lower()):
        until = quota.mark_exhausted("youtube", bucket, asked_at=asked_at)
        return errors.QuotaExhausted(
            "YouTube says that today's quota is used up.", code=code, until=until, status=status, raw=body
        )
    if _is_burst(status, reason):
        return errors.RateLimited(
            "YouTube asks us to slow down.", code=code, until=_retry_at(headers), status=status, raw=body
        )
    kind = _kind(status, reason)
    if kind is errors.Transient:
        tries = 2 if reason == "processingFailure" else 5
        return errors.Transient(text, code=code, status=status, raw=body, max_tries=tries)
    return kind(text, code=code, status=status, raw=body)


def _is_burst(status: int, reason: str) -> bool:
    return status == 429 or reason in BURST


def _kind(status: int, reason: str) -> type[errors.PlatformError]:
    if reason == "invalidPageToken":
        return errors.StaleCursor
    if reason in GONE or status in (404, 410):
        return errors.Gone
    if status == 401 or reason in CREDENTIAL:
        return errors.NeedsReauthorization
    if reason in PERMISSION or (status == 403 and reason):
        return errors.NotPermitted
    # A 403 without Google's envelope comes from something in between.
    if status >= 500 or status == 403 or status in (408, 409) or reason in ("processingFailure", "SERVICE_UNAVAILABLE"):
        return errors.Transient
    return errors.OurFault


def _reason(body: bytes) -> tuple[str, str]:
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return "", ""
    if not isinstance(error, dict):
        return "", ""
    reasons = [*_named(error.get("errors")), *_named(error.get("details")), str(error.get("status") or "")]
    return next((reason for reason in reasons if reason), ""), str(error.get("message") or "")


def _named(entries: Any) -> list[str]:
    if not isinstance(entries, list):
        return []
    return [str(entry["reason"]) for entry in entries if isinstance(entry, dict) and entry.get("reason")]


def _retry_at(headers: Mapping[str, str]) -> datetime:
    """Retry-After as seconds or as a date; fifteen minutes if it is absent or makes no sense."""
    now = datetime.now(UTC)
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and len(value) < 9:
        return now + timedelta(seconds=int(value))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return now + DEFAULT_PAUSE
    return max(at if at.tzinfo else at.replace(tzinfo=UTC), now)
