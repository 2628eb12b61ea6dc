"""Everything the CRM's tables hold, to be compared."""

from typing import Any

from crm.models import ContentPerformance, ContentPiece, Fan, FanIdentity, Interaction, TriageEvent

MODELS = (ContentPerformance, ContentPiece, Fan, FanIdentity, Interaction, TriageEvent)


def dump() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, Any] = {model.__name__: model._default_manager.order_by("pk").values() for model in MODELS}
    return {name: [dict(row) for row in found] for name, found in rows.items()}
