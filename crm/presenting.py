"""A comment as people read it: who, what, where, how old, and why it is labelled as it is.

Gives templates plain values; nothing here is markup.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connections.records import CATEGORIES
from connections.registry import platforms
from crm.ages import age
from crm.models import Interaction

TONES: Mapping[str, str] = {
    "positive": "good", "praise": "good", "answered": "good", "published": "good",
    "negative": "bad", "toxic": "bad", "spam": "bad", "rejected": "bad",
    "question": "info", "request": "info", "collab": "info", "unread": "info",
    "criticism": "warn", "held": "warn", "hidden": "warn", "awaiting_approval": "warn",
}  # fmt: skip
LONGEST_LINK = 2048
# Marks that reorder or hide what follows them, and tags nobody sees; a reader is told that they are there.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One comment, ready for a template."""

    row: Interaction
    initials: str
    author: str
    text: str
    age: str
    platform: str
    kind: str
    link: str
    moderation: Chip | None
    has_unseen_marks: bool


def shown(row: Interaction, now: datetime | None = None) -> Shown:
    author = row.author_name or row.author_handle or ("somebody" if not row.deleted_at else "deleted")
    held_back = row.moderation != Interaction.Moderation.PUBLISHED
    return Shown(
        row=row,
        initials=initials(author),
        author=author,
        text=row.content.strip() or ("(deleted on the platform)" if row.deleted_at else "(no text)"),
        age=age(row.platform_created_at, now),
        platform=platform_name(row.platform),
        kind="our reply" if row.is_own else row.get_type_display().lower(),
        link=safe_link(row.permalink),
        moderation=chip(row.moderation, row.get_moderation_display()) if held_back else None,
        has_unseen_marks=bool(_UNSEEN.search(row.content + author)),
    )


def initials(name: str) -> str:
    words = re.findall(r"\w+", name)
    return "".join(word[0] for word in words[:2]).upper() or "?"


def platform_name(slug: str) -> str:
    known = platforms().get(slug)
    return known.name if known else slug


def safe_link(address: str) -> str:
    """`address` if it is one a page may link to: https with a host and nobody's name in it; otherwise nothing."""
    if len(address) > LONGEST_LINK or not address.isprintable() or "\\" in address or " " in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc else ""


def chip(value: str, text: str = "", why: str = "") -> Chip:
    return Chip(text or value.replace("_", " ").capitalize(), TONES.get(value, ""), why)


def status_chip(row: Interaction) -> Chip:
    return chip(row.status, row.get_status_display())


def sentiment_chip(row: Interaction) -> Chip | None:
    return chip(row.sentiment, why=reasons_for(row, "sentiment", row.sentiment)) if row.sentiment else None


def category_chips(row: Interaction) -> list[Chip]:
    return [chip(one, why=reasons_for(row, "categories", one)) for one in CATEGORIES if one in row.categories]


def reasons_for(row: Interaction, signal: str, label: str) -> str:
    """What in the text spoke for a label, in words."""
    found = [one.get("detail", "") for one in _reasons(row.signal_reasons) if _speaks_for(one, signal, label)]
    words = ", ".join(dict.fromkeys(f"“{detail}”" for detail in found if detail))
    return f"Because of {words}" if words else ""


def priority_reasons(row: Interaction) -> list[str]:
    """What raised and lowered the priority, largest first."""
    told = [one for one in _reasons(row.signal_reasons) if one.get("signal") == "priority_score"]
    ranked = sorted(told, key=lambda one: -abs(_weight(one)))
    return [_priority_reason(one) for one in ranked]


def _priority_reason(reason: Mapping[str, Any]) -> str:
    label = "every comment begins here" if reason.get("label") == "start" else str(reason.get("label", ""))
    detail = f" ({reason['detail']})" if reason.get("detail") else ""
    return f"{_weight(reason):+.0f} {label}{detail}"


def _reasons(stored: Any) -> Sequence[Mapping[str, Any]]:
    return [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []


def _speaks_for(reason: Mapping[str, Any], signal: str, label: str) -> bool:
    return reason.get("signal") == signal and reason.get("label") == label and _weight(reason) > 0


def _weight(reason: Mapping[str, Any]) -> float:
    weight = reason.get("weight", 0)
    return float(weight) if isinstance(weight, int | float) else 0.0
