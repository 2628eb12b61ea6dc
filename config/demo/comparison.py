"""What landed, beside what the sandbox says of itself over HTTP."""

from config.demo.person import ask
from connections.models import Connection
from connections.registry import platform_of
from crm.counts import counts_of

COUNTS = ("videos", "comments", "replies", "held", "spam", "fans")


def report(sandbox_url: str) -> bool:
    """Print both sides for every connected account; True if they are equal."""
    is_equal = True
    for connection in Connection.objects.order_by("pk"):
        theirs = ask(f"{sandbox_url}/{connection.platform}/sandbox/counts")[connection.external_id]
        ours, inbox = platform_of(connection).stored_counts(connection), counts_of(connection)
        print(f"\n{connection} ({connection.platform})\n{'':10}{'sandbox':>10}{'stored':>10}{'inbox':>10}")
        for name in COUNTS:
            row = (theirs[name], ours[name], inbox[name])
            same = len(set(row)) == 1
            is_equal = is_equal and same
            print(f"{name:10}{row[0]:>10,}{row[1]:>10,}{row[2]:>10,}{'' if same else '   differs'}")
    print()
    return is_equal
