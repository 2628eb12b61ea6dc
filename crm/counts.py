from connections.models import Connection
from crm.models import ContentPiece, FanIdentity, Interaction


def counts_of(connection: Connection) -> dict[str, int]:
    """How much of one account is in the inbox: contents, comments, replies, those in queues, people."""
    content = ContentPiece.objects.filter(connection=connection, deleted_at=None)
    comments = Interaction.objects.filter(connection=connection, deleted_at=None)
    replies = comments.exclude(parent_platform_id="")
    return {
        "videos": content.count(),
        "comments": comments.count() - replies.count(),
        "replies": replies.count(),
        "held": comments.filter(moderation=Interaction.Moderation.HELD).count(),
        "spam": comments.filter(moderation=Interaction.Moderation.SPAM).count(),
        "fans": FanIdentity.objects.filter(fan__interactions__connection=connection).distinct().count(),
    }
