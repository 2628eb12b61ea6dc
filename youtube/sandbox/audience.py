"""Who watches, from where and on what: the figures of a video and day, in parts that sum to the whole."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from youtube.sandbox.popularity import daily_views, noise
from youtube.sandbox.world import Video

Weights = Mapping[str, float]

TRAFFIC: Weights = {
    "SUBSCRIBER": 26,
    "RELATED_VIDEO": 22,
    "YT_SEARCH": 20,
    "EXT_URL": 9,
    "YT_CHANNEL": 7,
    "YT_OTHER_PAGE": 5,
    "NOTIFICATION": 4,
    "PLAYLIST": 3,
    "NO_LINK_OTHER": 2,
    "END_SCREEN": 1.5,
    "HASHTAGS": 0.5,
}
SHORTS_TRAFFIC: Weights = {"SHORTS": 82, "SUBSCRIBER": 6, "YT_CHANNEL": 5, "YT_SEARCH": 4, "SOUND_PAGE": 3}
DEVICES: Weights = {
    "MOBILE": 58,
    "DESKTOP": 22,
    "TV": 14,
    "TABLET": 5,
    "GAME_CONSOLE": 0.6,
    "UNKNOWN_PLATFORM": 0.4,
}
SYSTEMS: Weights = {
    "ANDROID": 41,
    "IOS": 24,
    "WINDOWS": 16,
    "MACINTOSH": 8,
    "WEBOS": 6,
    "TIZEN": 3,
    "LINUX": 2,
}
COUNTRIES: Weights = {
    "US": 19,
    "GB": 9,
    "DE": 9,
    "SE": 7,
    "IN": 7,
    "BR": 6,
    "ES": 6,
    "FR": 6,
    "MX": 5,
    "NL": 4,
    "JP": 4,
    "ID": 4,
    "TR": 4,
    "RU": 3,
    "EG": 3,
    "PT": 2,
    "PL": 2,
}
CITIES: Weights = {
    "Gothenburg": 9,
    "Berlin": 8,
    "London": 8,
    "Porto": 5,
    "São Paulo": 5,
    "Osaka": 4,
    "Pune": 4,
}
AGES: Weights = {
    "age13-17": 4,
    "age18-24": 16,
    "age25-34": 31,
    "age35-44": 23,
    "age45-54": 14,
    "age55-64": 8,
    "age65-": 4,
}
GENDERS: Weights = {"male": 71.0, "female": 27.6, "user_specified": 1.4}
SUBSCRIBED: Weights = {"UNSUBSCRIBED": 68, "SUBSCRIBED": 32}
DETAILS: Mapping[str, Weights] = {
    "YT_SEARCH": {
        "how to true a wheel": 9,
        "chain wax": 8,
        "e-bike conversion kit": 7,
        "bleed bicycle brakes": 5,
    },
    "EXT_URL": {"reddit.com": 8, "google.com": 7, "bikeforums.example": 3, "WhatsApp": 2},
    "RELATED_VIDEO": {"dQw4w9WgXcQ": 5, "aqz-KE-bpKQ": 4, "jNQXAC9IVRw": 2},
}


def _traffic(video: Video) -> Weights:
    return SHORTS_TRAFFIC if video.is_short else TRAFFIC


def content_type(video: Video) -> str:
    if video.is_short:
        return "SHORTS"
    return "LIVE_STREAM" if video.live_started else "VIDEO_ON_DEMAND"


SPLITS: Mapping[str, Callable[[Video], Weights]] = {
    "insightTrafficSourceType": _traffic,
    "deviceType": lambda _video: DEVICES,
    "operatingSystem": lambda _video: SYSTEMS,
    "country": lambda _video: COUNTRIES,
    "city": lambda _video: CITIES,
    "ageGroup": lambda _video: AGES,
    "gender": lambda _video: GENDERS,
    "subscribedStatus": lambda _video: SUBSCRIBED,
    "creatorContentType": lambda video: {content_type(video): 1},
}

RATES = {  # per thousand views
    "likes": 41,
    "dislikes": 1,
    "comments": 6,
    "shares": 9,
    "subscribersGained": 7,
    "subscribersLost": 1.5,
    "videosAddedToPlaylists": 5,
    "videosRemovedFromPlaylists": 1,
    "cardImpressions": 90,
    "cardClicks": 3,
    "redViews": 110,
    "engagedViews": 760,
    "redSeconds": 0,
}


def watched_share(video: Video) -> float:
    base = 0.78 if video.is_short else 0.42
    return base * (0.8 + 0.4 * noise("share", video.id))


def totals(video: Video, day: date) -> dict[str, int]:
    """The countable facts of one video on one day; empty when nobody watched."""
    views = daily_views(video, day)
    if not views:
        return {}
    found = {name: int(views * rate / 1000 + noise(name, video.id, day)) for name, rate in RATES.items()}
    found["views"] = views
    found["seconds"] = int(views * video.seconds * watched_share(video))
    found["possibleSeconds"] = views * video.seconds
    return found


def allocate(total: int, weights: Weights) -> dict[str, int]:
    """Whole numbers in these proportions that sum to the total."""
    whole = sum(weights.values())
    found: dict[str, int] = {}
    before, running = 0, 0.0
    for name, weight in weights.items():
        running += weight
        upto = round(total * running / whole)
        found[name], before = upto - before, upto
    return found


def split(facts: Mapping[str, int], weights: Weights) -> dict[str, dict[str, int]]:
    parts: dict[str, dict[str, int]] = {name: {} for name in weights}
    for fact, total in facts.items():
        for name, share in allocate(total, weights).items():
            parts[name][fact] = share
    return {name: part for name, part in parts.items() if part.get("views")}


def retention(video: Video) -> Iterable[dict[str, float]]:
    """A hundred points of the audience curve; rewinding lifts the ratio above one on short videos."""
    floor = watched_share(video) * 0.6
    for step in range(1, 101):
        ratio = step / 100
        watch = floor + (1.12 - floor) * (1 - ratio) ** 2.2 + 0.02 * noise("dip", video.id, step)
        stopped = int(600 * (1 - ratio) ** 1.5 * (0.6 + noise("stop", video.id, step)))
        yield {
            "elapsedVideoTimeRatio": ratio,
            "audienceWatchRatio": round(watch, 4),
            "relativeRetentionPerformance": round(min(0.25 + 0.5 * noise("relative", video.id) + watch / 8, 1), 4),
            "startedWatching": int(2000 / step),
            "stoppedWatching": stopped,
            "totalSegmentImpressions": int(5000 * watch),
        }
