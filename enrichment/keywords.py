"""The words a comment is about."""

from collections import Counter

from connections.records import Reason
from enrichment.findings import Finding, quote
from enrichment.lexicon import lexicon
from enrichment.reading import UNSPACED, Reading

LIMIT = 8
_SHORTEST = 3
_HASHTAG_BONUS = 4.0
_READ = 400


def read_keywords(reading: Reading) -> Finding[tuple[str, ...]]:
    """At most eight, lower case, hashtags without their sign first, then names, then the rest as written."""
    stopwords = lexicon().stopwords
    counts = Counter(reading.tokens[:_READ])
    weights = {
        word: float(count)
        for word, count in counts.items()
        if word not in stopwords and word[0].isalpha() and (len(word) >= _SHORTEST or _is_ideograms(word))
    }
    for tag in counts if "#" in reading.text else ():
        if len(tag) > _SHORTEST and tag[0] == "#" and tag[1].isalpha():
            weights[tag[1:]] = weights.get(tag[1:], 0.0) + _HASHTAG_BONUS
    for word in _capitalised(reading.shown) & weights.keys():
        weights[word] += 1.0
    best = sorted(weights, key=lambda word: -weights[word])[:LIMIT]
    reasons = tuple(Reason("detected_keywords", word, quote(word), weights[word]) for word in best[:3])
    return Finding(tuple(best), 0.6 if best else 0.0, reasons)


def _is_ideograms(word: str) -> bool:
    return len(word) == _SHORTEST - 1 and UNSPACED.match(word) is not None


def _capitalised(shown: str) -> frozenset[str]:
    """Names: capitalised within a sentence. Whole comments in capitals name nothing."""
    if shown.isupper():
        return frozenset()
    return frozenset(word.strip(".,!?:;()'\"").lower() for word in shown.split()[1:] if word[0].isupper())
