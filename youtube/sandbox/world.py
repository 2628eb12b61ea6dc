"""What exists in the sandbox: channels, videos, people, their comments and the order of lists."""

import bisect
import itertools
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from youtube.sandbox.clock import Clock

PUBLISHED, HELD, SPAM, REJECTED = "published", "heldForReview", "likelySpam", "rejected"
PASSES = (PUBLISHED, HELD, SPAM)  # a rejected comment cannot be listed
EMBEDDED_REPLIES = 5


@dataclass(slots=True, frozen=True)
class Author:
    name: str
    channel_id: str | None  # None: the account is gone, and with it the id


@dataclass(slots=True)
class Channel:
    id: str
    title: str
    handle: str
    description: str
    published: int
    country: str = "SE"
    subscribers: int = 0
    hides_subscribers: bool = False
    keywords: str = ""
    language: str = "en"

    @property
    def uploads(self) -> str:
        return "UU" + self.id[2:]

    @property
    def author(self) -> Author:
        return Author(self.handle, self.id)


@dataclass(slots=True)
class Video:
    id: str
    channel_id: str
    title: str
    description: str
    published: int
    seconds: int
    topic: str = ""
    privacy: str = "public"
    publish_at: int | None = None
    live: str = "none"  # none, live, upcoming; a past stream has `live_started` and none
    live_started: int | None = None
    tags: tuple[str, ...] = ()
    category: str = "26"
    language: str | None = "en"
    audio_language: str | None = "en"
    comments_enabled: bool = True
    hides_likes: bool = False
    is_short: bool = False
    popularity: float = 1.0
    views: int = 0
    likes: int = 0
    dislikes: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Comment:
    row: int
    id: str
    video_id: str
    author: Author
    text: str
    published: int
    status: str = PUBLISHED
    parent_id: str | None = None
    updated: int = 0
    likes: int = 0
    kind: str = ""  # what the writer of the text meant; told by the control API only
    lift: int = 0  # seconds by which a pinned thread is listed too early
    can_reply: bool = True
    image: bool = False
    visible_from: float = 0.0
    version: int = 0

    @property
    def listed_at(self) -> int:
        return self.published + self.lift


class LazyComments(Protocol):
    """A large set of comments that is computed when looked at. Rows are numbers below `rows`."""

    rows: int

    def make(self, row: int) -> Comment: ...
    def find(self, comment_id: str) -> int | None: ...
    def replies(self, row: int) -> list[int]: ...
    def feeds(self) -> dict[str, range]: ...
    def published(self, video_id: str) -> int: ...


class NoLazyComments:
    rows = 0

    def make(self, row: int) -> Comment:
        raise KeyError(row)

    def find(self, comment_id: str) -> int | None:
        return None

    def replies(self, row: int) -> list[int]:
        return []

    def feeds(self) -> dict[str, range]:
        return {}

    def published(self, video_id: str) -> int:
        return 0


class CommentStore:
    """Comments with their threads, and a newest-first feed for each (video or channel, moderation status).

    Feeds hold row numbers. A lazy world gives its feeds as ranges; the first change in such a feed turns it
    into a list.
    """

    def __init__(self, world: "World", lazy: LazyComments | None = None) -> None:
        self._world = world
        self._lazy = lazy or NoLazyComments()
        self._rows: dict[int, Comment] = {}
        self._ids: dict[str, int] = {}
        self._gone: set[str] = set()
        self._replies: dict[str, list[int]] = {}
        self._feeds: dict[tuple[str, str], Sequence[int]] = {
            (key, PUBLISHED): rows for key, rows in self._lazy.feeds().items()
        }
        self._published: Counter[str] = Counter()
        self._numbers = itertools.count(self._lazy.rows)
        self._versions = itertools.count(1)
        self.delayed_until = 0.0

    def row(self, number: int) -> Comment:
        return self._rows.get(number) or self._lazy.make(number)

    def get(self, comment_id: str) -> Comment | None:
        if comment_id in self._gone:
            return None
        number = self._ids.get(comment_id)
        if number is None:
            number = self._lazy.find(comment_id)
        return None if number is None else self.row(number)

    def feed(self, key: str, status: str) -> Sequence[int]:
        return self._feeds.get((key, status), ())

    def reply_rows(self, top: Comment) -> Sequence[int]:
        """Newest first."""
        known = self._replies.get(top.id)
        return self._lazy.replies(top.row) if known is None else known

    def replies(self, top: Comment, status: str | None = None) -> Iterator[Comment]:
        """Newest first; without those that are not visible yet."""
        now = self._world.clock.now()
        for number in self.reply_rows(top):
            reply = self.row(number)
            if (status is None or reply.status == status) and reply.visible_from <= now:
                yield reply

    def published_on(self, video_id: str) -> int:
        return self._lazy.published(video_id) + self._published[video_id]

    def next_row(self) -> int:
        return next(self._numbers)

    def add(self, comment: Comment) -> Comment:
        top = self._own(self._top(comment)) if comment.parent_id else comment
        self._rows[comment.row] = comment
        self._ids[comment.id] = comment.row
        self._gone.discard(comment.id)
        self.delayed_until = max(self.delayed_until, comment.visible_from)
        if comment.parent_id:
            rows = self._own_replies(top)
            rows.insert(self._place(rows, comment), comment.row)
        self._published[comment.video_id] += comment.status == PUBLISHED
        if comment.parent_id:
            self._reindex(top)
        else:
            self._enlist(comment)
        return comment

    def remove(self, comment: Comment) -> None:
        if comment.parent_id is None:
            for number in list(self.reply_rows(comment)):
                self._forget(self.row(number))
            self._replies.pop(comment.id, None)
            self._unlist(comment)
        else:
            top = self._own(self._top(comment))
            self._own_replies(top).remove(comment.row)
            self._reindex(top)
        self._forget(comment)

    def set_status(self, comment: Comment, status: str) -> None:
        """A rejected top-level comment takes its replies with it."""
        comment = self._own(comment)
        self._published[comment.video_id] += (status == PUBLISHED) - (comment.status == PUBLISHED)
        comment.status = status
        if comment.parent_id is None and status == REJECTED:
            for number in list(self.reply_rows(comment)):
                self.set_status(self.row(number), REJECTED)
        self._reindex(comment if comment.parent_id is None else self._own(self._top(comment)))

    def edit(self, comment: Comment, text: str, now: float) -> Comment:
        comment = self._own(comment)
        comment.text, comment.updated = text, max(int(now), comment.published + 1)
        self.touch(comment)
        return comment

    def touch(self, comment: Comment) -> Comment:
        """Note a change: cached renderings of the comment and of its thread are stale."""
        comment = self._own(comment)
        comment.version = next(self._versions)
        if comment.parent_id:
            self._own(self._top(comment)).version = next(self._versions)
        return comment

    def _top(self, reply: Comment) -> Comment:
        top = self.get(reply.parent_id or "")
        if top is None:
            raise KeyError(reply.parent_id)
        return top

    def _own(self, comment: Comment) -> Comment:
        """A comment that can be changed: a lazy one is kept from now on."""
        if comment.row not in self._rows:
            self._published[comment.video_id] += 0
            self._rows[comment.row] = comment
        return self._rows[comment.row]

    def _own_replies(self, top: Comment) -> list[int]:
        if top.id not in self._replies:
            self._replies[top.id] = list(self._lazy.replies(top.row))
        return self._replies[top.id]

    def _forget(self, comment: Comment) -> None:
        self._published[comment.video_id] -= comment.status == PUBLISHED
        self._rows.pop(comment.row, None)
        self._ids.pop(comment.id, None)
        self._gone.add(comment.id)

    def _place(self, rows: Sequence[int], comment: Comment) -> int:
        return bisect.bisect_left(rows, -comment.listed_at, key=lambda number: -self.row(number).listed_at)

    def _reindex(self, top: Comment) -> None:
        self.touch(top)
        statuses = {top.status} | {reply.status for reply in map(self.row, self.reply_rows(top))} - {PUBLISHED}
        for key, status in itertools.product(self._world.feed_keys(top), PASSES):
            self._list(key, status, top, wanted=status in statuses)

    def _enlist(self, top: Comment) -> None:
        """List a thread that was never listed; bulk additions would pay dearly for asking first."""
        for key in self._world.feed_keys(top) if top.status in PASSES else ():
            rows = self._feeds.get((key, top.status), [])
            rows = rows if isinstance(rows, list) else list(rows)
            rows.insert(self._place(rows, top), top.row)
            self._feeds[key, top.status] = rows

    def _list(self, key: str, status: str, top: Comment, *, wanted: bool) -> None:
        feed = self._feeds.get((key, status), ())
        if (top.row in feed) == wanted:  # a range answers this without looking; lists are those of one video or channel
            return
        rows = list(feed)
        if wanted:
            rows.insert(self._place(rows, top), top.row)
        else:
            rows.remove(top.row)
        self._feeds[key, status] = rows

    def _unlist(self, top: Comment) -> None:
        for key, status in itertools.product(self._world.feed_keys(top), PASSES):
            self._list(key, status, top, wanted=False)


@dataclass(slots=True)
class Settings:
    """What Google leaves open or changes without notice; `POST sandbox/settings` sets any of them."""

    page_cap: int | None = None
    text_original_always: bool = False
    moderation_status_in_lists: bool = False
    reply_order: str = "newest"
    page_token_lifetime: float = 86_400.0
    insert_cost: int = 50
    access_token_lifetime: int = 3599
    rotate_refresh_tokens: bool = False
    refresh_answers_refresh_token: bool = False
    auto_consent: str = ""
    reports_ready_after: float = 48 * 3600.0
    analytics_latency_days: int = 3
    reply_visible_after: float = 0.0
    gzip: bool = False
    local_thumbnails: bool = False


@dataclass(slots=True)
class Account:
    """Somebody who can sign in at the consent page; `channel_id` is None for an account without a channel."""

    slug: str
    name: str
    email: str
    sub: str
    channel_id: str | None


@dataclass
class World:
    seed: int
    clock: Clock
    settings: Settings = field(default_factory=Settings)
    channels: dict[str, Channel] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    banned: set[tuple[str, str]] = field(default_factory=set)
    authors: list[Author] = field(default_factory=list)
    base_url: str = ""  # as the last caller wrote it; local thumbnails are linked with it
    lock: Any = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.comments = CommentStore(self)

    def use(self, lazy: LazyComments) -> None:
        self.comments = CommentStore(self, lazy)

    def owned_channels(self) -> list[Channel]:
        ids = [account.channel_id for account in self.accounts.values() if account.channel_id]
        return [self.channels[channel_id] for channel_id in ids]

    def feed_keys(self, top: Comment) -> set[str]:
        """Where a thread is listed: its video, the video's channel, the channel that wrote it elsewhere."""
        keys = {top.video_id, self.videos[top.video_id].channel_id}
        if top.author.channel_id in self.channels:
            keys.add(top.author.channel_id)
        return keys

    def owner(self, comment: Comment) -> str:
        return self.videos[comment.video_id].channel_id

    def video(self, video_id: str) -> Video | None:
        video = self.videos.get(video_id)
        return None if video is None or video.deleted else video

    def videos_of(self, channel_id: str) -> list[Video]:
        """Newest first."""
        mine = [video for video in self.videos.values() if video.channel_id == channel_id and not video.deleted]
        return sorted(mine, key=lambda video: (-video.published, video.id))


def reachable_threads(world: World, channel_id: str) -> Iterator[tuple[Comment, list[Comment]]]:
    """Each thread of the channel's own videos with the replies that an owner's client is able to read.

    A held or suspected reply shows only embedded in its own pass, at most five a thread; a published one is
    in `comments.list(parentId=…)` whatever became of its parent.
    """
    for video in world.videos_of(channel_id):
        if not video.comments_enabled:
            continue
        feeds = (world.comments.feed(video.id, status) for status in PASSES)
        rows = dict.fromkeys(itertools.chain.from_iterable(feeds))
        for top in map(world.comments.row, rows):
            yield top, list(_reachable_replies(world.comments, top))


def _reachable_replies(store: CommentStore, top: Comment) -> Iterable[Comment]:
    yield from store.replies(top, PUBLISHED)
    for status in (HELD, SPAM):
        yield from itertools.islice(store.replies(top, status), EMBEDDED_REPLIES)
