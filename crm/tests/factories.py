"""A workspace with its cast, and records as a platform would hand them over."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connections.models import Connection, Membership, Role, User, Workspace
from connections.records import AuthorRecord, CommentRecord, ContentRecord
from crm.models import Interaction

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Cast:
    workspace: Workspace
    connection: Connection
    owner: User
    agent: User
    viewer: User
    outsider: User


def make_user(name: str) -> User:
    return User.objects.create_user(username=f"{name}{next(_numbers)}")


def make_workspace(**fields: Any) -> Workspace:
    number = next(_numbers)
    return Workspace.objects.create(**{"name": f"Studio {number}", "slug": f"studio-{number}", **fields})


def make_connection(workspace: Workspace, platform: str = "youtube", **fields: Any) -> Connection:
    return Connection.objects.create(
        workspace=workspace, platform=platform, external_id=f"account-{next(_numbers)}", **fields
    )


def make_cast(**fields: Any) -> Cast:
    """A workspace with a connected account; the outsider owns a workspace of their own."""
    workspace = make_workspace(**fields)
    people = {role: make_user(role) for role in (Role.OWNER, Role.AGENT, Role.VIEWER)}
    for role, user in people.items():
        Membership.objects.create(user=user, workspace=workspace, role=role)
    outsider = make_user("outsider")
    Membership.objects.create(user=outsider, workspace=make_workspace(), role=Role.OWNER)
    return Cast(
        workspace,
        make_connection(workspace),
        owner=people[Role.OWNER],
        agent=people[Role.AGENT],
        viewer=people[Role.VIEWER],
        outsider=outsider,
    )


def author(user_id: str | None = "ann", **fields: Any) -> AuthorRecord:
    return AuthorRecord(**{"platform_user_id": user_id, "name": (user_id or "somebody").title(), **fields})


def comment(platform_id: str = "c1", *, seen: int = 0, **fields: Any) -> CommentRecord:
    """A comment, observed `seen` minutes after noon."""
    return CommentRecord(
        **{
            "platform_id": platform_id,
            "content_id": "v1",
            "thread_id": platform_id,
            "parent_id": None,
            "author": author(),
            "text": "Which camera do you use?",
            "like_count": 0,
            "reply_count": 0,
            "published_at": NOON - timedelta(hours=1),
            "edited_at": None,
            "moderation": "published",
            "is_own": False,
            "observed_at": NOON + timedelta(minutes=seen),
            **fields,
        }
    )


def reply(platform_id: str = "c1.r1", to: str = "c1", **fields: Any) -> CommentRecord:
    later = {"published_at": NOON - timedelta(minutes=30)}
    return comment(platform_id, **{"thread_id": to, "parent_id": to, **later, **fields})


def own_reply(platform_id: str = "c1.own", to: str = "c1", **fields: Any) -> CommentRecord:
    return reply(platform_id, to, **{"is_own": True, "author": author("us"), "text": "A Lumix!", **fields})


def tombstone(platform_id: str = "c1", *, seen: int = 1, **fields: Any) -> CommentRecord:
    deleted = {"deleted_at": NOON + timedelta(minutes=seen), "text": "", "author": AuthorRecord(None, "")}
    return comment(platform_id, seen=seen, **{**deleted, **fields})


def video(platform_id: str = "v1", *, seen: int = 0, **fields: Any) -> ContentRecord:
    return ContentRecord(
        **{
            "platform_id": platform_id,
            "content_type": "video",
            "title": "How I film at night #lowlight",
            "caption": "Thanks to @ben.w for the lamp.",
            "url": f"https://www.youtube.com/watch?v={platform_id}",
            "thumbnail_url": "https://i.ytimg.com/vi/v1/default.jpg",
            "published_at": NOON - timedelta(days=1),
            "duration_seconds": 600,
            "observed_at": NOON + timedelta(minutes=seen),
            "views": 1000,
            "likes": 50,
            **fields,
        }
    )


def make_interaction(cast: Cast, **fields: Any) -> Interaction:
    """A stored comment, as the intake would leave it, without going through it."""
    platform_id = fields.pop("platform_id", f"comment-{next(_numbers)}")
    return Interaction.objects.create(
        **{
            "workspace": cast.workspace,
            "connection": cast.connection,
            "platform": cast.connection.platform,
            "type": "comment",
            "platform_id": platform_id,
            "thread_platform_id": platform_id,
            "content": "Which camera do you use?",
            "platform_created_at": NOON,
            "last_activity_at": NOON,
            "observed_at": NOON,
            **fields,
        }
    )
