from crm.models.content import ContentPerformance, ContentPiece
from crm.models.fans import Fan, FanIdentity
from crm.models.interactions import Interaction
from crm.models.tags import InteractionTag, Tag
from crm.models.triage import InteractionNote, SignalCorrection, TriageEvent

__all__ = [
    "ContentPerformance",
    "ContentPiece",
    "Fan",
    "FanIdentity",
    "Interaction",
    "InteractionNote",
    "InteractionTag",
    "SignalCorrection",
    "Tag",
    "TriageEvent",
]
