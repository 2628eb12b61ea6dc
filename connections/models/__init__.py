from connections.models.accounts import Connection, Credential
from connections.models.api_tokens import APIToken
from connections.models.audit import AuditEvent
from connections.models.people import Membership, Role, User, Workspace
from connections.models.quota import QuotaLedger
from connections.models.sync import QuarantinedRecord, StreamState, SyncRun
from connections.models.webhooks import WebhookEvent

__all__ = [
    "APIToken",
    "AuditEvent",
    "Connection",
    "Credential",
    "Membership",
    "QuarantinedRecord",
    "QuotaLedger",
    "Role",
    "StreamState",
    "SyncRun",
    "User",
    "WebhookEvent",
    "Workspace",
]
