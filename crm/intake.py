"""Where records of any platform enter the CRM."""

from collections.abc import Sequence

from django.db import transaction

from connections.models import Connection
from connections.records import CommentRecord, ContentRecord, Record, Signals
from crm.comment_intake import take_comments
from crm.content_intake import take_content
from crm.intake_lock import lock_workspace


def intake(connection: Connection, records: Sequence[Record]) -> dict[str, Signals]:
    """Store what a platform served, inside the caller's transaction; the same records again change nothing.

    Returns the signals in force of every comment among the records that stands, by platform id; none for
    content, for tombstones, and for YouTube's comments while the workspace has derived metrics switched off.
    An observation older than what we hold is passed over. Only the platform's columns and the signals are
    written: what people did stays. Records that cannot be stored at all are logged and left out.
    """
    with transaction.atomic(savepoint=False):
        workspace = lock_workspace(connection.workspace_id)
        take_content(workspace, connection, [one for one in records if isinstance(one, ContentRecord)])
        return take_comments(workspace, connection, [one for one in records if isinstance(one, CommentRecord)])
