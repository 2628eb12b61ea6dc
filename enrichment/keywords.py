"""The words a comment is about."""

from connections.records import Reason
from enrichment.findings import Finding, quote
from enrichment.lexicon import lexicon
from enrichment.reading import UNSPACED, Reading

LIMIT = 8
_SHORTEST, _LONGEST = 3, 30


def read_keywords(reading: Reading) -> Finding[tuple[str, ...]]:
    """At most eight, lower case, hashtags without their sign first, then names, then the rest as written."""
    weights: dict[str, float] = {}
    named = _capitalised(reading.shown)
    for token in reading.tokens[:400]:
        word = token[1:] if token[0] == "#" else token
        if not _is_telling(word):
            continue
        weights[word] = weights.get(word, 0.0) + 1.0
        if token[0] == "#":
            weights[word] += 3.0
        elif word in named:
            weights[word] += 1.0
    best = sorted(weights, key=lambda word: -weights[word])[:LIMIT]
    reasons = tuple(Reason("detected_keywords", word, quote(word), weights[word]) for word in best[:3])
    return Finding(tuple(best), 0.6 if best else 0.0, reasons)


def _is_telling(word: str) -> bool:
    if word in lexicon().stopwords or word[0] == "@" or len(word) > _LONGEST:
        return False
    shortest = 2 if UNSPACED.match(word) else _SHORTEST
    return len(word) >= shortest and word[0].isalpha()


def _capitalised(shown: str) -> frozenset[str]:
    """Names: capitalised within a sentence. Whole comments in capitals name nothing."""
    if shown.isupper():
        return frozenset()
    return frozenset(word.strip(".,!?:;()'\"").lower() for word in shown.split()[1:] if word[0].isupper())
