"""Who should be answered first: 100 now, 1 never mind. The parts add up to the score, point by point."""

import math

from connections.records import Category, Reason
from enrichment.findings import AuthorHistory, Finding, TextSignals

_BASE = 30
_CATEGORY_POINTS: dict[Category, int] = {
    "question": 22, "request": 14, "collab": 26, "praise": 2, "criticism": 14, "spam": -45, "toxic": 4,
    "other": -8,
}  # fmt: skip
_MAX_LIKES_POINTS, _MAX_REPLIES_POINTS = 14, 8
_SPAM_CEILING = 15


def prioritise(signals: TextSignals, likes: int, replies: int, author: AuthorHistory) -> Finding[int]:
    if author.is_own:
        return Finding(1, 1.0, (Reason("priority_score", "own", "your own comment", 1.0),))
    parts = [("start", "", _BASE), *_of_text(signals), *_of_reception(likes, replies), *_of_author(author)]
    score = sum(points for _label, _detail, points in parts)
    for label, bound in _bounds(signals, author, score):
        parts.append((label, "", bound - score))
        score = bound
    reasons = tuple(Reason("priority_score", label, detail, float(points)) for label, detail, points in parts if points)
    return Finding(score, signals.confidence.get("categories", 0.5), reasons)


def _of_text(signals: TextSignals) -> list[tuple[str, str, int]]:
    parts: list[tuple[str, str, int]] = [(c, "", _CATEGORY_POINTS[c]) for c in signals.categories]
    if signals.sentiment == "negative" and "spam" not in signals.categories:
        parts.append(("negative", "", 6))
    if signals.urgency > 0:
        parts.append(("urgent", "", round(14 * signals.urgency)))
    if signals.words < 3:
        parts.append(("short", "hardly any words", -6))
    elif signals.words >= 15:
        parts.append(("substance", "a comment somebody took time for", 4))
    return parts


def _of_reception(likes: int, replies: int) -> list[tuple[str, str, int]]:
    return [
        ("likes", f"{likes} likes", _logarithmic(likes, 1.6, _MAX_LIKES_POINTS)),
        ("replies", f"{replies} replies", _logarithmic(replies, 2.0, _MAX_REPLIES_POINTS)),
    ]


def _logarithmic(count: int, each_doubling: float, most: int) -> int:
    """Points for a count: the first likes matter, the ten thousandth does not."""
    return min(most, round(each_doubling * math.log2(1 + max(0, count))))


def _of_author(author: AuthorHistory) -> list[tuple[str, str, int]]:
    parts: list[tuple[str, str, int]] = []
    if author.is_vip:
        parts.append(("vip", "", 14))
    if author.is_superfan:
        parts.append(("superfan", "", 9))
    if author.comments_before and not author.is_superfan:
        parts.append(("regular", f"{author.comments_before} comments before", min(6, 1 + author.comments_before // 3)))
    if author.comments_before >= 3 and not author.replies_from_us:
        parts.append(("unanswered", "never answered so far", 4))
    return parts


def _bounds(signals: TextSignals, author: AuthorHistory, score: int) -> list[tuple[str, int]]:
    """Limits that apply, in order; the floor of threats and self-harm has the last word."""
    bounds = []
    if author.is_blocked and score > 5:
        bounds.append(("blocked", score := 5))
    if "spam" in signals.categories and score > _SPAM_CEILING:
        bounds.append(("spam", score := _SPAM_CEILING))
    if not 1 <= score <= 100:
        bounds.append(("limit", score := min(100, max(1, score))))
    if score < signals.floor:
        bounds.append(("floor", signals.floor))
    return bounds
