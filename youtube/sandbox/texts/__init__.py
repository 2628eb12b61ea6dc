"""What people write under the videos of a bicycle workshop, in the languages they write in."""

import random
from dataclasses import dataclass

from youtube.sandbox.texts import eastern, english, german, romance, southern, special
from youtube.sandbox.texts.voice import Voice

SHARES: tuple[tuple[Voice, int], ...] = (
    (english.VOICE, 44),
    (romance.SPANISH, 10),
    (romance.PORTUGUESE, 7),
    (romance.FRENCH, 6),
    (german.VOICE, 8),
    (eastern.HINDI, 4),
    (eastern.ARABIC, 4),
    (eastern.JAPANESE, 4),
    (eastern.RUSSIAN, 4),
    (southern.TURKISH, 3),
    (southern.INDONESIAN, 3),
    (southern.ITALIAN, 1),
    (southern.KOREAN, 1),
    (southern.POLISH, 1),
)
VOICES = {voice.language: voice for voice, _ in SHARES}
KINDS = {
    "praise": 30,
    "question": 21,
    "neutral": 20,
    "request": 8,
    "criticism": 8,
    "timestamp": 6,
    "emoji": 5,
    "mixed": 3,
    "collab": 2,
}
CITIES = (
    "Gothenburg",
    "Porto",
    "Lyon",
    "Leipzig",
    "Pune",
    "Osaka",
    "Bogotá",
    "Izmir",
    "Bandung",
    "Recife",
    "Kraków",
)
OPENED_BY_PRAISE = frozenset({"question", "request", "criticism", "collab"})
HANDLE_TAILS = ("", "{n}", "_{n}", "-{letter}{digit}x", "{year}")
ENDINGS = ("", "", "", "", "", " 😊", " 🚲", "!", " 🙏", " 👍", " :)")


@dataclass(frozen=True, slots=True)
class Text:
    kind: str
    text: str


def pick_language(rng: random.Random) -> str:
    return rng.choices(list(VOICES), [share for _, share in SHARES])[0]


def handle(rng: random.Random, language: str) -> str:
    tail = rng.choice(HANDLE_TAILS).format(
        n=rng.randint(1, 99), letter=rng.choice("abcdefghjk"), digit=rng.randint(1, 9), year=rng.randint(1958, 2012)
    )
    return f"@{rng.choice(VOICES[language].names)}{tail}"


def write(rng: random.Random, language: str, topic: str, seconds: int, kind: str = "") -> Text:
    """One comment of somebody who speaks this language under a video on this topic."""
    kind = kind or rng.choices(list(KINDS), list(KINDS.values()))[0]
    if kind in special.LINES:
        return Text(kind, rng.choice(special.LINES[kind]))
    voice = VOICES[language]
    template = rng.choice(voice.lines[kind])
    if kind in OPENED_BY_PRAISE and rng.random() < 0.25:  # many people are polite before they come to the point
        template = f"{rng.choice(voice.lines['praise'])} {template}"
    return Text(kind, fill(rng, template, voice, topic, seconds))


def fill(rng: random.Random, template: str, voice: Voice, topic: str, seconds: int) -> str:
    moment = rng.randrange(5, max(seconds, 10))
    text = template.format(
        topic=voice.topics.get(topic, voice.topics["tools"]),
        ts=f"{moment // 60}:{moment % 60:02d}",
        n=rng.randint(2, 9),
        city=rng.choice(CITIES),
    )
    return text + rng.choice(ENDINGS) if text[-1:].isalnum() else text
