"""How well a piece of content did, against its own channel's."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from connections.records import Reason
from enrichment.findings import Finding

# What a viewer's act costs them, roughly: a share says more than a view.
_WEIGHTS = {"reach": 35, "likes": 20, "comments": 20, "shares": 15, "saves": 10}
_LABELS = {
    "reach": "views for its age",
    "likes": "likes a view",
    "comments": "comments a view",
    "shares": "shares a view",
    "saves": "saves a view",
}
# Before this, views say more about the hour than about the content.
_SETTLED_DAYS = 2.0
_ENOUGH_PIECES = 8


@dataclass(frozen=True, slots=True)
class ContentMetrics:
    """One piece's counters. None is a counter that the platform withheld, which is not 0."""

    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    age_days: float | None = None


@dataclass(frozen=True)
class Baseline:
    """The channel's other content, best of the same type. The piece in question may be among them."""

    pieces: Sequence[ContentMetrics] = ()

    @cached_property
    def sorted_rates(self) -> dict[str, list[float]]:
        rates: dict[str, list[float]] = {name: [] for name in _WEIGHTS}
        for piece in self.pieces:
            for name, rate in _rates(piece).items():
                rates[name].append(rate)
        return {name: sorted(values) for name, values in rates.items()}


def calculate_performance_score(metrics: ContentMetrics, baseline: Baseline) -> Finding[int]:
    """0–100: the weighted percentile among the channel's own; 50 is its usual.

    Metrics that either side lacks are left out and their weight is shared by the rest. With nothing to
    compare, the value is 50 and the confidence 0. The reasons' weights add up to the value before rounding.
    """
    percentiles = _percentiles(metrics, baseline)
    total = sum(_WEIGHTS[name] for name in percentiles)
    if not total:
        return Finding(50, 0.0, (Reason("performance_score", "unknown", "nothing to compare with", 50.0),))
    parts = {name: _WEIGHTS[name] / total * percentile for name, percentile in percentiles.items()}
    reasons = tuple(
        Reason(
            "performance_score",
            name,
            f"{_LABELS[name]}: better than {percentiles[name]:.0f} %",
            round(part, 2),
        )
        for name, part in sorted(parts.items(), key=lambda item: -item[1])
    )
    return Finding(round(sum(parts.values())), _confidence(metrics, baseline, total), reasons)


def _rates(metrics: ContentMetrics) -> dict[str, float]:
    """Comparable figures: views by age, the rest by view where views are known."""
    rates: dict[str, float] = {}
    if metrics.views is not None:
        rates["reach"] = metrics.views / _growth(metrics.age_days)
    for name in ("likes", "comments", "shares", "saves"):
        count = getattr(metrics, name)
        if count is not None:
            # A handful of views makes any rate; twenty more damp it.
            rates[name] = count / (metrics.views + 20) if metrics.views is not None else float(count)
    return rates


def _growth(age_days: float | None) -> float:
    """The share of its views a piece may have by now: fast at first, complete after about a month."""
    if age_days is None:
        return 1.0
    days = max(age_days, 0.25)
    return float(min(1.0, (days / 30) ** 0.4))


def _percentiles(metrics: ContentMetrics, baseline: Baseline) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, rate in _rates(metrics).items():
        others = baseline.sorted_rates[name]
        if others:
            # Ties count half, so that the usual piece is at 50.
            found[name] = 50.0 * (bisect_left(others, rate) + bisect_right(others, rate)) / len(others)
    return found


def _confidence(metrics: ContentMetrics, baseline: Baseline, total: int) -> float:
    enough = min(1.0, len(baseline.pieces) / _ENOUGH_PIECES)
    settled = 0.6 if metrics.age_days is not None and metrics.age_days < _SETTLED_DAYS else 1.0
    return round(0.95 * enough * settled * total / sum(_WEIGHTS.values()), 3)
