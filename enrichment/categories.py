"""What a comment is: a question, a request, an offer, praise, criticism, spam, abuse; several at once.

Spam, toxic and collab are precise rather than complete: a false alarm there hides a person's comment or
sends the creator on an errand. One phrase that leaves no doubt reaches the threshold, or several hints.
"""

import re
from dataclasses import dataclass, field

from connections.records import CATEGORIES, Category, Reason, Sentiment
from enrichment.findings import Finding, quote
from enrichment.lexicon import Hit
from enrichment.reading import Reading

_THRESHOLD = 1.0
_LONG = 30
_NEAR = 6
# Elsewhere the question word stands where the answer would, often at the end.
_QUESTION_WORD_FIRST = frozenset({"en", "es", "pt", "fr", "de", "it", "nl", "ru", "pl", "ar", "und"})
_QUESTION_ENDINGS = frozenset({"ja", "ko", "zh"})
# A threat or a word of self-harm is answered first, whatever else the comment is.
_FLOORS = {"threat": 92, "selfharm": 95}
_COUNTED = frozenset({"spam", "toxic", "collab", "request", "praise", "criticism", *_FLOORS})

_CONTACT_LINK = re.compile(
    r"(?:t\.me|telegram\.me|wa\.me|chat\.whatsapp|bit\.ly|tinyurl|cutt\.ly|is\.gd|linktr\.ee|onlyfans|adf\.ly"
    r"|goo\.gl|discord\.gg|\.xyz|\.top|\.club|\.site|\.online)"
)
_OWN_SITE = re.compile(r"(?:youtube\.com|youtu\.be|instagram\.com)")
_PHONE = re.compile(r"(?<![\w.,:])\+?\(?\d(?:[\s().\-]{0,2}\d){8,14}(?![\w,:])")
_MONEY = re.compile(
    r"(?:[$€£₹¥]\s?\d[\d,.]{2,12}k?|\d[\d,.]{1,12}\s?(?:[$€£₹]|usd|dollars|dolares|dólares|euros|btc)\b)"
)
_MESSENGER = re.compile(
    r"(?:whats?\s?app|wh?ats?a+pp?|telegram|signal\b|wasap|zangi|вотсап|телеграм|واتس|تلگرام|wechat|微信|加微)"
)
_EMOJI_AROUND_NUMBER = re.compile(r"[+➕]\s?\d")


@dataclass(slots=True)
class Evidence:
    """What speaks for each category, and the words that say so."""

    scores: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, list[Reason]] = field(default_factory=dict)

    def add(self, label: str, weight: float, detail: str) -> None:
        self.scores[label] = self.scores.get(label, 0.0) + weight
        self.reasons.setdefault(label, []).append(Reason("categories", label, quote(detail), round(weight, 2)))

    def score(self, label: str) -> float:
        return self.scores.get(label, 0.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The categories, with what only priority needs: threats and self-harm set a floor, haste urgency."""

    found: Finding[tuple[Category, ...]]
    floor: int
    urgency: float


def read_categories(reading: Reading, sentiment: Finding[Sentiment]) -> Judgement:
    evidence = Evidence()
    kinds = _collect(reading, evidence)
    _weigh_question(reading, kinds, evidence)
    _weigh_spam(reading, kinds, evidence)
    _weigh_collab(kinds, evidence)
    _weigh_toxic(reading, sentiment.value, kinds, evidence)
    _weigh_opinion(sentiment, kinds, evidence)
    labels = _decide(evidence)
    return Judgement(_finding(labels, evidence), _floor(kinds, evidence), min(1.0, 0.5 * kinds.get("urgent", 0)))


def _collect(reading: Reading, evidence: Evidence) -> dict[str, int]:
    """Count the kinds of marks and add up those that are a category's own; a word said twice counts once."""
    kinds: dict[str, int] = {}
    seen: set[tuple[str, ...]] = set()
    # In a long comment, words that are suspicious in company come together by chance.
    dilution = min(1.0, _LONG / max(1, len(reading.tokens)))
    for hit in reading.hits:
        repeated = hit.entry.words in seen
        seen.add(hit.entry.words)
        for kind, weight in hit.entry.marks:
            kinds[kind] = kinds.get(kind, 0) + 1
            if kind in _COUNTED and not repeated:
                evidence.add(kind, weight if weight >= 0.8 else weight * dilution, _words(reading, hit))
    return kinds


def _words(reading: Reading, hit: Hit) -> str:
    return " ".join(reading.tokens[hit.start : hit.end])


# --- questions -------------------------------------------------------------------------------------------


def _weigh_question(reading: Reading, kinds: dict[str, int], evidence: Evidence) -> None:
    asks, phrases, rhetorical = kinds.get("asks", 0), kinds.get("question", 0), kinds.get("rhetorical", 0)
    first_word = _clause_starts_with_question_word(reading)
    if phrases:
        is_plain = bool(asks) or _is_plainly_asked(reading)
        evidence.add("question", 1.0 if is_plain else 0.7, _first_words(reading, "question"))
    if first_word:
        evidence.add("question", 0.6 if asks else 0.3, first_word)
    if asks:
        evidence.add("question", 0.7 if len(reading.tokens) > 3 else 0.4, "?")
        if kinds.get("you"):
            evidence.add("question", 0.3, "? + you")
    if rhetorical and not phrases:
        evidence.add("question", -0.9, _first_words(reading, "rhetorical"))


def _is_plainly_asked(reading: Reading) -> bool:
    """A question phrase at or near the start: "how do you", unlike "I know how you do it"."""
    clause_from = 0
    for hit in reading.hits:
        if _is(hit, "clause"):
            clause_from = hit.end
        elif _is(hit, "question"):
            stands_anywhere = reading.language not in _QUESTION_WORD_FIRST and (
                hit.entry.size > 1 or reading.language in _QUESTION_ENDINGS
            )
            return stands_anywhere or hit.start - clause_from <= 1
    return False


def _clause_starts_with_question_word(reading: Reading) -> str:
    clause_from = 0
    for hit in reading.hits:
        if _is(hit, "clause"):
            clause_from = hit.end
        elif _is(hit, "qword") and hit.start - clause_from <= 1:
            return _words(reading, hit)
    return ""


def _first_words(reading: Reading, kind: str) -> str:
    return next(_words(reading, hit) for hit in reading.hits if _is(hit, kind))


# --- spam ------------------------------------------------------------------------------------------------


def _weigh_spam(reading: Reading, kinds: dict[str, int], evidence: Evidence) -> None:
    messenger = bool(_MESSENGER.search(reading.text))
    _weigh_links(reading, kinds, evidence)
    if messenger and _has_phone(reading):
        evidence.add("spam", 1.0, "phone number with a messenger")
    if reading.mails and evidence.score("spam") > 0:
        evidence.add("spam", 0.4, "e-mail address")
    if _MONEY.search(reading.text) and evidence.score("spam") >= 0.5:
        evidence.add("spam", 0.4, "sum of money")
    if reading.is_dressed_up:
        evidence.add("spam", 0.6, "letters in disguise")
    if kinds.get("spam_against"):
        evidence.add("spam", -0.8 * kinds["spam_against"], _first_words(reading, "spam_against"))


def _weigh_links(reading: Reading, kinds: dict[str, int], evidence: Evidence) -> None:
    if not reading.links:
        return
    for link in dict.fromkeys(reading.links[:3]):
        if _CONTACT_LINK.search(link):
            evidence.add("spam", 1.0, link)
        else:
            evidence.add("spam", 0.5 if _OWN_SITE.search(link) else 0.8, link)
    if len(reading.tokens) <= 4:
        evidence.add("spam", 0.3, "little more than a link")
    if kinds.get("lure"):
        evidence.add("spam", 0.5, _first_words(reading, "lure"))


def _has_phone(reading: Reading) -> bool:
    return any(character.isdigit() for character in reading.text) and bool(
        _PHONE.search(reading.text) or _EMOJI_AROUND_NUMBER.search(reading.text)
    )


# --- collaboration, abuse, praise and criticism ----------------------------------------------------------


def _weigh_collab(kinds: dict[str, int], evidence: Evidence) -> None:
    """A word such as "collab" says nothing by itself: fans use it for what they watched or wish to watch."""
    if kinds.get("collab_against") or evidence.score("spam") >= 1.5:
        evidence.scores.pop("collab", None)
        return
    if evidence.score("collab") > 0 and kinds.get("collab_word"):
        evidence.add("collab", 0.3, "offer")


def _weigh_toxic(reading: Reading, sentiment: Sentiment, kinds: dict[str, int], evidence: Evidence) -> None:
    score = evidence.score("toxic")
    if 0 < score < _THRESHOLD and kinds.get("you") and _is_said_to_somebody(reading):
        evidence.add("toxic", 0.4, "said to somebody")
    if 0.5 <= score < _THRESHOLD and sentiment == "negative":
        evidence.add("toxic", 0.4, "said in anger")
    if kinds.get("threat"):
        evidence.add("toxic", 1.5, "threat")
    if 0 < score < 1.2 and kinds.get("positive", 0) > kinds.get("negative", 0):
        evidence.add("toxic", -0.6, "said in admiration")


def _is_said_to_somebody(reading: Reading) -> bool:
    """Something abusive within a few words of "you"."""
    spoken_to = [hit.start for hit in reading.hits if _is(hit, "you")]
    abusive = [hit.start for hit in reading.hits if _is(hit, "toxic")]
    return any(abs(here - there) <= _NEAR for here in spoken_to[:20] for there in abusive[:20])


def _is(hit: Hit, kind: str) -> bool:
    return kind in hit.entry.kinds


def _weigh_opinion(sentiment: Finding[Sentiment], kinds: dict[str, int], evidence: Evidence) -> None:
    if sentiment.value == "positive":
        evidence.scores.pop("criticism", None)
        if sentiment.confidence >= 0.6 and (kinds.get("you") or kinds.get("content")):
            evidence.add("praise", 0.6, "liked, and said of you or your content")
    if sentiment.value == "negative":
        evidence.scores.pop("praise", None)
        if kinds.get("content") or kinds.get("you"):
            evidence.add("criticism", 0.6, "disliked, and said of you or your content")


# --- decision --------------------------------------------------------------------------------------------


def _decide(evidence: Evidence) -> tuple[Category, ...]:
    labels = [label for label in CATEGORIES if evidence.score(label) >= _THRESHOLD]
    if "spam" in labels:
        # A scam's friendly words and its questions are bait.
        labels = [label for label in labels if label in {"spam", "toxic"}]
    return tuple(labels) or ("other",)


def _finding(labels: tuple[Category, ...], evidence: Evidence) -> Finding[tuple[Category, ...]]:
    if labels == ("other",):
        nearest = max(evidence.score(label) for label in CATEGORIES)
        floor = tuple(reason for kind in _FLOORS for reason in evidence.reasons.get(kind, ())[:3])
        return Finding(labels, round(max(0.3, 0.7 - 0.4 * max(nearest, 0.0)), 3), floor)
    reasons = [reason for label in (*labels, *_FLOORS) for reason in evidence.reasons.get(label, ())[:3]]
    weakest = min(evidence.score(label) for label in labels)
    return Finding(labels, round(min(0.95, 0.35 + 0.3 * weakest), 3), tuple(reasons))


def _floor(kinds: dict[str, int], evidence: Evidence) -> int:
    return max((floor for kind, floor in _FLOORS.items() if kinds.get(kind) and evidence.score(kind) > 0), default=1)
