from collections.abc import Iterable, Mapping

from connections.registry import Triage, triage_for
from youtube.models import YouTubeComment

TriageOfComments = Mapping[tuple[int, str], Triage]


def triage_of(comments: Iterable[YouTubeComment]) -> TriageOfComments:
    """What the inbox says of these, by connection and comment id; one call for each account on the page."""
    accounts: dict[int, list[YouTubeComment]] = {}
    for comment in comments:
        accounts.setdefault(comment.connection_id, []).append(comment)
    found: dict[tuple[int, str], Triage] = {}
    for account, rows in accounts.items():
        triage = triage_for(rows[0].connection, [row.comment_id for row in rows])
        found.update({(account, comment_id): one for comment_id, one in triage.items()})
    return found
