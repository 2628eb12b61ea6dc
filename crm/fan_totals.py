"""What a fan's comments add up to, counted anew from the comments themselves."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from crm.models import Fan, FanIdentity

# One statement whatever the number of fans; `UPDATE … FROM` is the same on PostgreSQL and SQLite.
_RECOUNT = """
UPDATE crm_fan
   SET interaction_count = totals.interactions,
       answered_count = totals.answered,
       first_interaction_at = totals.first_at,
       last_interaction_at = totals.last_at
  FROM (SELECT fan.id,
               COUNT(comment.id) AS interactions,
               COUNT(comment.replied_at) AS answered,
               MIN(comment.platform_created_at) AS first_at,
               MAX(comment.platform_created_at) AS last_at
          FROM crm_fan fan
          LEFT JOIN crm_interaction comment ON comment.fan_id = fan.id AND comment.deleted_at IS NULL
         WHERE fan.id IN ({ids})
         GROUP BY fan.id) AS totals
 WHERE crm_fan.id = totals.id
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
