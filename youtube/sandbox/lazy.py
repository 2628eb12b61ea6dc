"""A channel with any number of comments, computed when asked for and the same each time."""

from youtube.sandbox.clock import DAY
from youtube.sandbox.world import Author, Comment

VIDEOS = 20
SPAN_DAYS = 700
REPLIED_EVERY = 50
MAX_REPLIES = 3
PREFIX, SUFFIX = "UgB", "sandboxlz4AaABAg"
TEXTS = (
    "Great video, thank you! #{n}",
    "What size is the bolt you use? #{n}",
    "¿Dónde puedo comprar esa herramienta? #{n}",
    "Danke, endlich verstanden. #{n}",
    "Please make a part two #{n}",
    "The music is too loud #{n}",
    "बहुत बढ़िया वीडियो #{n}",
    "Merci pour les explications ! #{n}",
    "とても分かりやすいです #{n}",
    "First! #{n}",
)


class ManyComments:
    """Rows below `count` are top-level comments, newest first, dealt to the videos in turn; then replies."""

    def __init__(self, count: int, channel_id: str, video_ids: list[str], anchor: int) -> None:
        self._count = count
        self._channel_id = channel_id
        self._videos = video_ids
        self._anchor = anchor
        self._step = SPAN_DAYS * DAY / max(count, 1)
        self.rows = count * (MAX_REPLIES + 1)
        self._published: dict[str, int] = {}

    def make(self, row: int) -> Comment:
        if row < self._count:
            return self._comment(row, row, None)
        if row >= self.rows:
            raise KeyError(row)
        top, number = divmod(row - self._count, MAX_REPLIES)
        return self._comment(row, top, number)

    def _comment(self, row: int, top: int, reply: int | None) -> Comment:
        identity = f"{PREFIX}{top:08x}{SUFFIX}"
        person = (row * 7919) % max(self._count // 3, 1)
        published = int(self._anchor - 60 - top * self._step)
        return Comment(
            row=row,
            id=identity if reply is None else f"{identity}.9lazyReply{reply:02d}sandboxA",
            video_id=self._videos[top % len(self._videos)],
            author=Author(f"@viewer{person}", f"UClazy{person:018d}"),
            text=TEXTS[row * 31 % len(TEXTS)].format(n=row),
            published=published if reply is None else published + reply + 1,
            parent_id=None if reply is None else identity,
            likes=row * 13 % 40,
            kind="lazy",
        )

    def find(self, comment_id: str) -> int | None:
        identity, _, reply = comment_id.partition(".")
        try:
            top = int(identity.removeprefix(PREFIX).removesuffix(SUFFIX), 16)
            row = top if not reply else self._count + top * MAX_REPLIES + int(reply[10:12])
        except ValueError:
            return None
        exists = top < self._count and (not reply or row in self.replies(top))
        return row if exists and self.make(row).id == comment_id else None

    def replies(self, row: int) -> list[int]:
        number = self._reply_count(row) if row < self._count else 0
        first = self._count + row * MAX_REPLIES
        return list(range(first + number - 1, first - 1, -1))

    def _reply_count(self, top: int) -> int:
        return top // REPLIED_EVERY % MAX_REPLIES + 1 if top % REPLIED_EVERY == 7 else 0

    def feeds(self) -> dict[str, range]:
        found = {video: range(n, self._count, len(self._videos)) for n, video in enumerate(self._videos)}
        return found | {self._channel_id: range(self._count)}

    def published(self, video_id: str) -> int:
        if video_id in self._videos and video_id not in self._published:
            tops = range(self._videos.index(video_id), self._count, len(self._videos))
            self._published[video_id] = len(tops) + sum(map(self._reply_count, tops))
        return self._published.get(video_id, 0)
