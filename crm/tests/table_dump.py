"""Everything the CRM's tables hold, to be compared."""

from typing import Any

from crm.models import ContentPerformance, ContentPiece, Fan, FanIdentity, Interaction, TriageEvent

MODELS = (ContentPerformance, ContentPiece, Fan, FanIdentity, Interaction, TriageEvent)


def dump() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}
