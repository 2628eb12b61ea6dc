"""Appends to the audit trail. Nothing here changes or deletes an event."""

from collections.abc import Mapping
from typing import Any

from connections.models import AuditEvent, User, Workspace
from connections.redaction import redact


def record_event(
    kind: AuditEvent.Kind, *, workspace: Workspace | None = None, actor: User | None = None, **detail: Any
) -> AuditEvent:
    """Append one event. `detail` is JSON; text in it is redacted, but do not rely on that: give it no secret,
    and nothing a platform wants erased after a disconnection, such as an account's name.

    Call it in the transaction of what it reports, so that neither exists without the other.
    """
    return AuditEvent.objects.create(
        kind=kind,
        workspace=workspace,
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        detail=_redacted(detail),
    )


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(name): _redacted(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(one) for one in value]
    return value
