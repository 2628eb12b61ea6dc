"""What a language offers to say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """`topics` names the subjects of the videos in this language, in a form that fits the templates' {topic}."""

    language: str
    topics: dict[str, str]
    praise: tuple[str, ...]
    question: tuple[str, ...]
    request: tuple[str, ...]
    criticism: tuple[str, ...]
    neutral: tuple[str, ...]
    timestamp: tuple[str, ...]
    collab: tuple[str, ...]
    spam: tuple[str, ...]
    toxic: tuple[str, ...]

    def lines(self, kind: str) -> tuple[str, ...]:
        found: tuple[str, ...] = getattr(self, kind)
        return found
