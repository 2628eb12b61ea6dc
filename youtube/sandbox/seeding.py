"""Builds a world from a seed: the same one each time, laid out on the clock's anchor day."""

import base64
import random
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from youtube.sandbox import texts
from youtube.sandbox.clock import DAY, Clock
from youtube.sandbox.lazy import VIDEOS, ManyComments
from youtube.sandbox.popularity import settle_counters
from youtube.sandbox.shows import BRAND, GAZETTE, MAIN, SLOW_MILES, SPOKE, Show, Studio
from youtube.sandbox.texts import special
from youtube.sandbox.world import (
    HELD,
    PUBLISHED,
    SPAM,
    Account,
    Author,
    Channel,
    Comment,
    Settings,
    Video,
    World,
)

SETTINGS = frozenset(field.name for field in fields(Settings))
SMALL_SHOWS = tuple(SPOKE.shows[number] for number in (3, 1, 6, 15))  # long, short, new, old
SMALL_COMMENTS = 26
AUTHORS = {"demo": 640, "small": 60}
HELD_SHARE, SPAM_SHARE = 0.034, 0.021


class Dice(random.Random):
    """Seeded chance, and ids in the alphabets that YouTube uses."""

    def token(self, length: int) -> str:
        return base64.urlsafe_b64encode(self.randbytes(length)).decode()[:length]

    def channel_id(self) -> str:
        return "UC" + self.token(22)

    def thread_id(self) -> str:
        return f"Ug{self.choice('wxyz')}{self.token(16)}4AaABAg"


def build(seed: int, size: str, clock: Clock, options: Mapping[str, Any]) -> World:
    kind, _, number = size.partition(":")
    if kind not in {"demo", "small", "threads"} or (kind == "threads" and not number.isdecimal()):
        raise ValueError(f"unknown size {size!r}: small, demo, or threads:<number>")
    world = World(seed, clock, settings=_settings(options))
    if kind == "threads":
        _Lazy(world, seed).build(int(number))
    else:
        _Seeded(world, seed, kind).build()
    settle_counters(world)
    return world


def _settings(options: Mapping[str, Any]) -> Settings:
    """Options arrive as text from a command line; the default of a setting tells its type."""
    settings = Settings()
    for name in SETTINGS & options.keys():
        setattr(settings, name, _as_like(getattr(settings, name), options[name]))
    return settings


def _as_like(default: Any, value: Any) -> Any:
    if not isinstance(value, str) or isinstance(default, str):
        return value
    if isinstance(default, bool):
        return value.lower() in {"1", "true", "yes", "on"}
    return float(value) if isinstance(default, float) else int(value)


class _Builder:
    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = Dice(seed)
        self.anchor = world.clock.anchor

    def studio(self, studio: Studio, shows: Sequence[Show]) -> tuple[Channel, list[Video]]:
        channel = Channel(
            id=self.dice.channel_id(),
            title=studio.title,
            handle=studio.handle,
            description=studio.description,
            published=self.anchor - studio.days_ago * DAY + 41_000,
            subscribers=studio.subscribers,
            hides_subscribers=studio.slug == BRAND,
            keywords=studio.keywords,
        )
        self.world.channels[channel.id] = channel
        return channel, [self.video(channel, show) for show in shows]

    def video(self, channel: Channel, show: Show) -> Video:
        published = self.anchor - show.days_ago * DAY - self.dice.randrange(6, 16) * 3600
        more = dict(show.more)
        scheduled, stream = more.pop("scheduled", False), more.pop("stream", False)
        if show.seconds == 0 or stream:
            more["live_started"] = published + (3 * DAY if show.seconds == 0 else 600)
        video = Video(
            id=self.dice.token(11),
            channel_id=channel.id,
            title=show.title,
            description=show.description,
            published=published,
            seconds=show.seconds,
            topic=show.topic,
            popularity=show.popularity,
            publish_at=self.anchor + 2 * DAY if scheduled else None,
            tags=("bicycle", show.topic, "workshop") if show.comments != 20 else (),
            audio_language="en" if show.comments % 20 else None,
            hides_likes=show.days_ago == 201,
            **more,
        )
        self.world.videos[video.id] = video
        return video

    def accounts(self, main: Channel, brand: Channel | None) -> None:
        people = [Account(MAIN, "Mara Lindqvist", "mara@spoke.example", "108000000000000000001", main.id)]
        if brand:
            email = "slow-miles-4821@pages.plusgoogle.com"  # what a brand account's e-mail looks like
            people.append(Account(BRAND, "Slow Miles", email, "108000000000000000002", brand.id))
        people.append(Account("no-channel", "Jonas Berg", "jonas@spoke.example", "108000000000000000003", None))
        self.world.accounts = {account.slug: account for account in people}


class _Lazy(_Builder):
    def build(self, count: int) -> None:
        shows = [
            Show(
                f"Workshop hour {n + 1}",
                SPOKE.shows[n % 16].topic,
                720 + n,
                900 + n,
                "An hour in the workshop.",
                1,
            )
            for n in range(VIDEOS)
        ]
        main, videos = self.studio(SPOKE, shows)
        self.accounts(main, None)
        self.world.use(ManyComments(count, main.id, [video.id for video in videos], self.anchor))


class _Seeded(_Builder):
    def __init__(self, world: World, seed: int, size: str) -> None:
        super().__init__(world, seed)
        self.size = size
        self.people: list[tuple[Author, str]] = []

    def build(self) -> None:
        demo = self.size == "demo"
        main_shows = SPOKE.shows if demo else SMALL_SHOWS
        main, videos = self.studio(SPOKE, main_shows)
        brand, brand_videos = self.studio(SLOW_MILES, SLOW_MILES.shows if demo else SLOW_MILES.shows[:1])
        foreign, foreign_videos = self.studio(GAZETTE, GAZETTE.shows)
        self.accounts(main, brand)
        self.people = [self.person() for _ in range(AUTHORS[self.size])]
        for video, show in (
            *zip(videos, main_shows, strict=True),
            *zip(brand_videos, SLOW_MILES.shows, strict=False),
        ):
            self.fill(video, round(show.comments * 0.58) if demo else min(show.comments, SMALL_COMMENTS))
        self.hostile(videos)
        self.long_threads(main, videos)
        self.elsewhere(main, foreign, foreign_videos[0])
        self.pin(videos[3])

    def person(self) -> tuple[Author, str]:
        language = texts.pick_language(self.dice)
        handle = texts.handle(self.dice, language)
        gone = self.dice.random() < 0.03
        return Author(handle, None if gone else self.dice.channel_id()), language

    def someone(self) -> tuple[Author, str]:
        """A few people write a lot, most of them once."""
        place = int(len(self.people) * self.dice.random() ** 2.2)
        return self.people[place]

    def fill(self, video: Video, count: int) -> None:
        for _ in range(count):
            top = self.thread(video)
            if top.status == PUBLISHED and self.dice.random() < 0.22:
                self.replies(top, self.dice.choice((1, 1, 1, 2, 2, 3, 4)))

    def thread(self, video: Video) -> Comment:
        author, language = self.someone()
        draw = self.dice.random()
        status, kind = PUBLISHED, ""
        if draw < SPAM_SHARE:
            status, kind = SPAM, "spam"
        elif draw < SPAM_SHARE + HELD_SHARE:
            status, kind = HELD, self.dice.choice(("toxic", "toxic", "spam", "criticism", "question"))
        elif draw < SPAM_SHARE + HELD_SHARE + 0.012:
            kind = "toxic"
        written = texts.write(self.dice, language, video.topic, video.seconds, kind)
        return self.say(video, author, written.text, written.kind, status=status)

    def say(self, video: Video, author: Author, text: str, kind: str, **more: Any) -> Comment:
        age = self.anchor - video.published
        likes = int(self.dice.paretovariate(0.9)) - 1
        published = video.published + int(age * self.dice.random() ** 2.4 * 0.98) + 60
        comment = Comment(
            row=self.world.comments.next_row(),
            id=self.dice.thread_id(),
            video_id=video.id,
            author=author,
            text=text,
            published=published,
            likes=min(likes, 900) if more.get("status", PUBLISHED) == PUBLISHED else 0,
            kind=kind,
            **more,
        )
        if self.dice.random() < 0.03:
            comment.updated = published + self.dice.randrange(30, 7200)
        if self.dice.random() < 0.01:
            comment.can_reply = False
        return self.world.comments.add(comment)

    def replies(self, top: Comment, count: int, creator_share: float = 0.3) -> None:
        channel = self.world.channels[self.world.owner(top)]
        for number in range(count):
            own = self.dice.random() < creator_share
            author = channel.author if own else self.someone()[0]
            line = self.dice.choice(special.CREATOR_REPLIES if own else special.REPLIES)
            text = line.format(n=self.dice.randint(2, 9), name=top.author.name.removeprefix("@"))
            status = PUBLISHED if own or self.dice.random() > 0.03 else self.dice.choice((HELD, SPAM))
            self.answer(top, author, text, "creator" if own else "reply", number, status)

    def answer(self, top: Comment, author: Author, text: str, kind: str, number: int, status: str = PUBLISHED) -> None:
        room = max(self.anchor - top.published - 60, 60)
        self.world.comments.add(
            Comment(
                row=self.world.comments.next_row(),
                id=f"{top.id}.{self.dice.token(22)}",
                video_id=top.video_id,
                author=author,
                text=text,
                published=top.published + min(int((number + 1) * 1800 * (1 + self.dice.random())), room),
                parent_id=top.id,
                likes=self.dice.choice((0, 0, 0, 1, 2, 5)) if status == PUBLISHED else 0,
                kind=kind,
                status=status,
            )
        )

    def hostile(self, videos: Sequence[Video]) -> None:
        share = special.HOSTILE if self.size == "demo" else special.HOSTILE[::3]
        open_videos = [
            video for video in videos if video.comments_enabled and video.privacy == "public" and video.seconds
        ]
        for number, text in enumerate(share):
            self.say(open_videos[number % len(open_videos)], self.someone()[0], text, "hostile")
        image = self.say(open_videos[0], self.someone()[0], "", "image")
        image.image = True

    def long_threads(self, channel: Channel, videos: Sequence[Video]) -> None:
        lengths = (7, 9, 12, 18, 26, 41, 128) if self.size == "demo" else (7, 12)
        for number, length in enumerate(lengths):
            video = videos[(number * 3 + 2) % min(len(videos), 16)]
            author, _ = self.someone()
            text = f"Wax, oil or grease: what do you all use? I start: oil since {1980 + number}."
            top = self.say(video, author, text, "question")
            self.replies(top, length, creator_share=0.12)
            line = "Spam found its way in here, I hid two of them. Please stay kind to each other."
            self.answer(top, channel.author, line, "creator", length)

    def elsewhere(self, main: Channel, foreign: Channel, video: Video) -> None:
        """What the channel wrote under other people's videos shows up among the threads related to it."""
        for text in (
            "Lovely film! That descent before Sagres, unforgettable.",
            "See you next year, coffee is on me.",
        ):
            top = self.say(video, main.author, text, "creator")
            self.answer(top, foreign.author, "Anytime, Mara!", "reply", 0)
        self.say(video, self.someone()[0], "Not related to anybody else.", "neutral")

    def pin(self, video: Video) -> None:
        author = self.world.channels[video.channel_id].author
        top = self.say(video, author, "Parts list and drawings are in the notes. Questions? Ask below!", "creator")
        self.world.comments.remove(top)
        top.published, top.lift = video.published + 120, 20 * DAY
        self.world.comments.add(top)
