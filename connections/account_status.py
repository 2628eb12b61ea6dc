"""How a connected account stands, in words: what is wrong and what a person can do about it."""

from dataclasses import dataclass

from connections.models import Connection
from connections.registry import platforms

_TONES = {
    Connection.Status.ACTIVE: "good",
    Connection.Status.NEEDS_REAUTH: "bad",
    Connection.Status.ERROR: "bad",
    Connection.Status.DISCONNECTED: "",
}
_ADVICE = {
    Connection.Status.NEEDS_REAUTH: (
        "The platform no longer accepts our access. Connect it again with the same account: nothing is lost, and "
        "syncing goes on where it stopped."
    ),
    Connection.Status.ERROR: "Syncing has stopped. Connect it again, or ask whoever runs this installation.",
    Connection.Status.DISCONNECTED: (
        "Nothing is synced any more, and what was synced is erased within seven days of the disconnection. "
        "Connected again before that, it goes on where it was."
    ),
}


@dataclass(frozen=True, slots=True)
class Account:
    """`can_sync` and the like say which buttons the page offers."""

    connection: Connection
    platform: str
    tone: str
    problem: str
    advice: str
    can_sync: bool
    needs_connecting: bool
    can_disconnect: bool


def described(connection: Connection, is_owner: bool) -> Account:
    status = Connection.Status(connection.status)
    platform = platforms().get(connection.platform)
    is_active = status == Connection.Status.ACTIVE
    return Account(
        connection=connection,
        platform=platform.name if platform else connection.platform,
        tone="warn" if is_active and connection.last_error else _TONES[status],
        problem=connection.last_error,
        advice=_ADVICE.get(status, ""),
        can_sync=is_active,
        needs_connecting=not is_active,
        can_disconnect=is_owner and status != Connection.Status.DISCONNECTED,
    )
