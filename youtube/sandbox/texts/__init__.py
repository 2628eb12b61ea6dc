"""What people write under the videos of a bicycle workshop, in the languages they write in."""

import random
from dataclasses import dataclass

from youtube.sandbox.texts import english, special
from youtube.sandbox.texts.voice import Voice

VOICES: dict[str, Voice] = {voice.language: voice for voice in (english.VOICE,)}
LANGUAGE_WEIGHTS = {"en": 46}
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
ENDINGS = ("", "", "", "", "", " 😊", " 🚲", "!", " 🙏", " 👍", " :)")


@dataclass(frozen=True, slots=True)
class Text:
    kind: str
    text: str


NAMES = {
    "en": "ollie june sam.t rex_w hazel_m tommo".split(),
}


def handle(rng: random.Random, language: str) -> str:
    name = rng.choice(NAMES.get(language, NAMES["en"]))
    tail = rng.choice(
        (
            "",
            f"_{rng.randint(1, 99)}",
            f"-{rng.choice('abcdefghjk')}{rng.randint(1, 9)}x",
            str(rng.randint(1960, 2012)),
        )
    )
    return f"@{name}{tail}"


def pick_language(rng: random.Random) -> str:
    return rng.choices(list(LANGUAGE_WEIGHTS), list(LANGUAGE_WEIGHTS.values()))[0]


def write(rng: random.Random, language: str, topic: str, seconds: int, kind: str = "") -> Text:
    """One comment of somebody who speaks this language under a video on this topic."""
    kind = kind or rng.choices(list(KINDS), list(KINDS.values()))[0]
    if kind in special.LINES:
        return Text(kind, rng.choice(special.LINES[kind]))
    voice = VOICES[language]
    return Text(kind, fill(rng, rng.choice(voice.lines(kind)), voice, topic, seconds))


def fill(rng: random.Random, template: str, voice: Voice, topic: str, seconds: int) -> str:
    moment = rng.randrange(5, max(seconds, 10))
    text = template.format(
        topic=voice.topics.get(topic, voice.topics["tools"]),
        ts=f"{moment // 60}:{moment % 60:02d}",
        n=rng.randint(2, 9),
        city=rng.choice(CITIES),
    )
    return text + rng.choice(ENDINGS) if text[-1:].isalnum() else text
