from connections.models import Connection
from crm.fan_totals import recount_fans
from crm.intake_lock import lock_workspace
from crm.models import ContentPiece, Fan, Interaction

FANS_A_STATEMENT = 500


def erase_connection(connection: Connection) -> None:
    """Delete all interactions and content of an account, and the fans of whom nothing else is left.

    Also fans that the team has notes on: their names and ids are the platform's, and go with the account.
    """
    lock_workspace(connection.workspace_id)
    theirs = Fan.objects.filter(interactions__connection=connection).distinct()
    fan_ids = list(theirs.order_by("pk").values_list("pk", flat=True))
    Interaction.objects.filter(connection=connection).delete()
    ContentPiece.objects.filter(connection=connection).delete()
    for start in range(0, len(fan_ids), FANS_A_STATEMENT):
        some = fan_ids[start : start + FANS_A_STATEMENT]
        Fan.objects.filter(pk__in=some, interactions=None).delete()
        recount_fans(some)
