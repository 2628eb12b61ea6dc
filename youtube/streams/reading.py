import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from connections.errors import InvalidRecord
from connections.streams import Walk

Payload = TypeVar("Payload")
Item = Mapping[str, Any]


def readable(walk: Walk, items: Iterable[Item], read: Callable[[Item], Payload], **context: Any) -> list[Payload]:
    """What `read` makes of the items; one that it cannot read goes to the quarantine and costs no other."""
    found: list[Payload] = []
    for item in items:
        try:
            found.append(read(item))
        except InvalidRecord as error:
            walk.quarantine(error, **context)
    return found


def mark_of(items: Sequence[Item]) -> str:
    """What tells a page from the next; nothing where YouTube left the ids out."""
    ids = [str(item["id"]) for item in items if item.get("id")]
    return hashlib.sha256("\n".join(ids).encode("utf-8", "replace")).hexdigest()[:32] if ids else ""
