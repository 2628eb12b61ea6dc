"""What a fan's comments add up to, counted anew from the comments themselves."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from crm.models import Fan, FanIdentity

# One statement whatever the number of fans, each counted by its index; the same on PostgreSQL and SQLite.
_RECOUNT = """
UPDATE crm_fan
   SET (interaction_count, answered_count, first_interaction_at, last_interaction_at) =
       (SELECT COUNT(*), COUNT(replied_at), MIN(platform_created_at), MAX(platform_created_at)
          FROM crm_interaction
         WHERE crm_interaction.fan_id = crm_fan.id AND crm_interaction.deleted_at IS NULL)
 WHERE crm_fan.id IN ({ids})
"""


def recount_fans(fan_ids: Collection[int]) -> None:
    """Set the totals of fans; one query. The caller holds the workspace's intake lock."""
    if not fan_ids:
        return
    with connection.cursor() as cursor:
        # The only thing formatted in is a row of placeholders.
        cursor.execute(_RECOUNT.format(ids=", ".join(["%s"] * len(fan_ids))), sorted(fan_ids))


def forget_fans_without_comments(fan_ids: Collection[int]) -> None:
    """Delete the fans of whom nothing is left: no comment stands and nobody here added anything."""
    names = FanIdentity.objects.filter(fan=OuterRef("pk")).filter(
        Q(name=OuterRef("name")) | Q(username=OuterRef("name"))
    )
    unmarked = Fan.objects.filter(interaction_count=0, notes="", is_vip=False, is_blocked=False)
    unmarked.filter(Q(name="") | Exists(names), pk__in=fan_ids).delete()
