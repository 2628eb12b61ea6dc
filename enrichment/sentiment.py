"""Positive, negative or neither, from words, emoji and what stands around them."""

import math
from dataclasses import dataclass, field

from connections.records import Reason, Sentiment
from enrichment.findings import Finding, quote
from enrichment.lexicon import Hit
from enrichment.reading import Reading

_NEGATION_REACH = 3
_NEGATION_AFTER_REACH = 2
_INTENSIFIER_REACH = 2
# "Not good" is bad, but less so than "bad" is.
_DENIED = -0.7
# Against one positive word, a negative one says more: praise is the small talk of comment sections.
_DECIDED = 0.9
_MIXED_SHARE = 0.7
_PRAISE_BONUS = 0.8


@dataclass(slots=True)
class Opinion:
    """One word's share in the sentiment; `value` is positive or negative."""

    position: int
    value: float
    words: str
    is_denied: bool = False


@dataclass(slots=True)
class _Listener:
    """Walks the hits from left to right and remembers what bends the next opinion."""

    opinions: list[Opinion] = field(default_factory=list)
    negated_at: int = -99
    boosted_at: int = -99
    boost: float = 1.0
    turned_at: int = -1
    questions: int = 0
    praises: int = 0

    def hear(self, hit: Hit, tokens: list[str]) -> None:
        for kind, weight in hit.entry.marks:
            if kind == "positive":
                self.opinion(hit, weight, tokens)
            elif kind == "negative":
                self.opinion(hit, -weight, tokens)
            elif kind == "praise":
                self.praises += 1
            elif kind in _TURNS:
                _TURNS[kind](self, hit)

    def opinion(self, hit: Hit, value: float, tokens: list[str]) -> None:
        if 0 < hit.start - self.boosted_at <= _INTENSIFIER_REACH:
            value *= self.boost
        is_denied = 0 < hit.start - self.negated_at <= _NEGATION_REACH
        if is_denied:
            value *= _DENIED
        self.opinions.append(Opinion(hit.start, value, " ".join(tokens[hit.start : hit.end]), is_denied))

    def negate(self, hit: Hit) -> None:
        self.negated_at = hit.end - 1

    def negate_before(self, hit: Hit) -> None:
        """Turkish değil, Hindi नहीं, Bengali না, German nicht come after what they deny."""
        last = self.opinions[-1] if self.opinions else None
        if last and not last.is_denied and hit.start - last.position <= _NEGATION_AFTER_REACH:
            last.value *= _DENIED
            last.is_denied = True

    def strengthen(self, hit: Hit) -> None:
        self.boosted_at, self.boost = hit.end - 1, 1.35

    def weaken(self, hit: Hit) -> None:
        self.boosted_at, self.boost = hit.end - 1, 0.6

    def turn(self, hit: Hit) -> None:
        """ "Nice idea, but …": what follows counts."""
        self.turned_at = hit.start
        self.negated_at = -99

    def end_clause(self, _hit: Hit) -> None:
        self.negated_at = self.boosted_at = -99

    def ask(self, _hit: Hit) -> None:
        self.questions += 1


_TURNS = {
    "negate": _Listener.negate,
    "negate_after": _Listener.negate_before,
    "boost": _Listener.strengthen,
    "soften": _Listener.weaken,
    "but": _Listener.turn,
    "clause": _Listener.end_clause,
    "asks": _Listener.ask,
}


def read_sentiment(reading: Reading) -> Finding[Sentiment]:
    listener = _Listener()
    for hit in reading.hits:
        listener.hear(hit, reading.tokens)
    good, bad = _sums(listener)
    return _verdict(good, bad, listener, _emphasis(reading))


def _sums(listener: _Listener) -> tuple[float, float]:
    good = bad = 0.0
    seen: dict[str, int] = {}
    for opinion in listener.opinions:
        # The tenth heart says little that the second did not.
        seen[opinion.words] = repeats = seen.get(opinion.words, 0) + 1
        value = opinion.value / repeats
        if opinion.position < listener.turned_at:
            value *= 0.5
        if value > 0:
            good += value
        else:
            bad -= value
    return good, bad


def _emphasis(reading: Reading) -> float:
    return 1.15 if "!" in reading.text else 1.0


def _verdict(good: float, bad: float, listener: _Listener, emphasis: float) -> Finding[Sentiment]:
    if listener.praises:
        # Thanks and compliments frame a long comment, whatever sad story it tells.
        good += _PRAISE_BONUS
    balance = (good - bad) * emphasis
    if listener.questions:
        balance *= 0.75
    is_mixed = min(good, bad) >= 1.0 and min(good, bad) >= _MIXED_SHARE * max(good, bad)
    label: Sentiment = "neutral"
    if not is_mixed and balance >= _DECIDED:
        label = "positive"
    elif not is_mixed and balance <= -_DECIDED:
        label = "negative"
    return Finding(label, _confidence(label, balance, good + bad), _reasons(label, listener.opinions))


def _confidence(label: Sentiment, balance: float, evidence: float) -> float:
    if label == "neutral":
        # Nothing found may mean that nothing is there, or a language we hardly know.
        return 0.5 if evidence == 0 else 0.45
    return round(0.95 - 0.45 * math.exp(-0.5 * (abs(balance) - _DECIDED)), 3)


def _reasons(label: Sentiment, opinions: list[Opinion]) -> tuple[Reason, ...]:
    if not opinions:
        return ()
    strongest = sorted(opinions, key=lambda opinion: -abs(opinion.value))[:3]
    sign = {"positive": 1.0, "negative": -1.0, "neutral": 1.0}[label]
    return tuple(
        Reason("sentiment", label, quote(opinion.words), round(sign * opinion.value, 2)) for opinion in strongest
    )
