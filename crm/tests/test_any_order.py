"""Whatever the order in which observations arrive, and however often, the same is held in the end."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connections.models import Connection
from connections.records import CommentRecord
from connections.registry import intake
from crm.models import Fan, FanIdentity, Interaction
from crm.tests.factories import author, comment, make_connection, make_workspace, own_reply, reply, tombstone

# What may depend on the order, and why:
# ids, uuids and times of receipt; `version`, which counts changes; the priority and its reasons, which tell
# what was known of the author when the comment was read; a deleted comment's labels, which stay if it was
# ever seen and cannot be known if not; and an account's name, of which an observation tells nothing once a
# newer one of the same comment has been seen.
ROW = (
    "platform_id", "type", "content", "author_platform_id", "author_name", "fan__identities__platform_user_id",
    "like_count", "reply_count", "moderation", "is_own", "content_platform_id", "thread_platform_id",
    "parent__platform_id", "thread_root__platform_id", "platform_created_at", "edited_at", "last_activity_at",
    "deleted_at", "observed_at", "status", "replied_at", "response_text",
)  # fmt: skip
LABELS = ("platform_id", "sentiment", "categories", "language", "detected_keywords", "signal_source")

THREADS = ("a", "b")
FANS = ("ann", "ben")


@st.composite
def observations(draw: st.DrawFn) -> list[CommentRecord]:
    """Up to ten looks at two threads, each at a minute of its own."""
    minutes = draw(st.lists(st.integers(1, 60), unique=True, min_size=2, max_size=10))
    return [draw(looks_at(minute)) for minute in minutes]


@st.composite
def looks_at(draw: st.DrawFn, minute: int) -> CommentRecord:
    thread, kind = draw(st.sampled_from(THREADS)), draw(st.sampled_from(["root", "reply", "ours", "gone", "ours gone"]))
    changing: dict[str, Any] = {
        "seen": minute,
        "text": draw(st.sampled_from(["Which lens?", "love it", "Which lens did you use?"])),
        "like_count": draw(st.sampled_from([0, 3, 400])),
        "author": author(draw(st.sampled_from(FANS))),
    }
    if kind == "ours":
        return own_reply(f"{thread}.own", thread, seen=minute, text=changing["text"])
    if kind == "ours gone":
        ours = own_reply(thread, thread)
        placed: dict[str, Any] = {"thread_id": thread, "parent_id": thread, "published_at": ours.published_at}
        return tombstone(f"{thread}.own", seen=minute, is_own=True, **placed)
    if kind == "gone":
        return tombstone(thread, seen=minute)
    return comment(thread, **changing) if kind == "root" else reply(f"{thread}.r", thread, **changing)


def state_after(stream: list[list[CommentRecord]]) -> dict[str, Any]:
    connection = make_connection(make_workspace())
    for page in stream:
        intake(connection, page)
    return state_of(connection)


def state_of(connection: Connection) -> dict[str, Any]:
    rows = Interaction.objects.filter(connection=connection).order_by("platform_id")
    workspace = connection.workspace
    fans = Fan.objects.filter(workspace=workspace).order_by("identities__platform_user_id")
    return {
        "rows": list(rows.values(*ROW)),
        "labels": list(rows.filter(deleted_at=None).values(*LABELS)),
        "fans": list(
            fans.values("name", "interaction_count", "answered_count", "first_interaction_at", "last_interaction_at")
        ),
        "identities": list(
            FanIdentity.objects.filter(workspace=workspace)
            .order_by("platform_user_id")
            .values("platform_user_id", "name")
        ),
    }


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[CommentRecord], list[list[CommentRecord]]]:
    """Observations, and the same shuffled, some of them doubled, cut into pages."""
    seen = draw(observations())
    doubled = [*seen, *draw(st.lists(st.sampled_from(seen), max_size=4))]
    shuffled = draw(st.permutations(doubled))
    cuts = sorted(draw(st.sets(st.integers(0, len(shuffled)), max_size=4)))
    return seen, [list(shuffled[start:end]) for start, end in pairwise([0, *cuts, len(shuffled)])]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(streams())
def test_order_and_repetition_do_not_matter(
    db: None, case: tuple[list[CommentRecord], list[list[CommentRecord]]]
) -> None:
    seen, stream = case
    in_order = sorted(seen, key=lambda record: record.observed_at)
    assert state_after(stream) == state_after([[record] for record in in_order])
