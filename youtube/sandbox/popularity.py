"""How many people watch what on which day: one source for counters, analytics and reach reports."""

import zlib
from datetime import date, timedelta

from youtube.sandbox.clock import pacific_day
from youtube.sandbox.world import Video, World

BASE_VIEWS = 2400
LIKES_PER_MILLE, DISLIKES_PER_MILLE = 41, 1


def noise(*parts: object) -> float:
    """A number in 0…1 that only depends on its parts."""
    return zlib.crc32("|".join(map(str, parts)).encode()) / 0xFFFFFFFF


def daily_views(video: Video, day: date) -> int:
    """A launch, a long tail, weekends, chance. None before publication, none for what nobody can see."""
    age = (day - pacific_day(video.published)).days
    if age < 0 or video.privacy == "private" or video.live == "upcoming":
        return 0
    launch = BASE_VIEWS * video.popularity
    decayed = launch / (1 + age / 2.5) ** 1.05 + launch * 0.012
    weekend = 1.25 if day.weekday() >= 5 else 1.0
    return int(decayed * weekend * (0.7 + 0.6 * noise(video.id, day)))


def settle_counters(world: World) -> None:
    """Public counters are the sum of the days up to now, so that every API tells one story."""
    today = world.clock.today_pacific()
    for video in world.videos.values():
        first = pacific_day(video.published)
        ages = range(max((today - first).days + 1, 0))
        video.views = sum(daily_views(video, first + timedelta(age)) for age in ages)
        video.likes = video.views * LIKES_PER_MILLE // 1000
        video.dislikes = video.views * DISLIKES_PER_MILLE // 1000
