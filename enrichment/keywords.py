"""The words a comment is about."""

from collections import Counter

from connections.records import Reason
from enrichment.findings import Finding, quote
from enrichment.lexicon import lexicon
from enrichment.reading import UNSPACED, Reading

LIMIT = 8
_SHORTEST, _LONGEST = 3, 30
_READ = 400


def read_keywords(reading: Reading) -> Finding[tuple[str, ...]]:
    """At most eight, lower case, hashtags without their sign first, then names, then the rest as written."""
    weights: dict[str, float] = {}
    stopwords = lexicon().stopwords
    for token, count in Counter(reading.tokens[:_READ]).items():
        word = token[1:] if token[0] == "#" else token
        if word not in stopwords and _is_telling(word):
            weights[word] = weights.get(word, 0.0) + count + (3.0 if token[0] == "#" else 0.0)
    for word in _capitalised(reading.shown) & weights.keys():
        weights[word] += 1.0
    best = sorted(weights, key=lambda word: -weights[word])[:LIMIT]
    reasons = tuple(Reason("detected_keywords", word, quote(word), weights[word]) for word in best[:3])
    return Finding(tuple(best), 0.6 if best else 0.0, reasons)


def _is_telling(word: str) -> bool:
    if len(word) < _SHORTEST and not (len(word) == _SHORTEST - 1 and UNSPACED.match(word)):
        return False
    return word[0].isalpha() and len(word) <= _LONGEST


def _capitalised(shown: str) -> frozenset[str]:
    """Names: capitalised within a sentence. Whole comments in capitals name nothing."""
    if shown.isupper():
        return frozenset()
    return frozenset(word.strip(".,!?:;()'\"").lower() for word in shown.split()[1:] if word[0].isupper())
