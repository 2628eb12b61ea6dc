"""How good and how fast the local rules are, on labelled comments kept outside this repository.

    python -m enrichment.evaluation <folder> [--errors sentiment:en]

The folder is searched for `*.jsonl`; a line is an object with `text` and any of `sentiment`, `spam`, `toxic`,
`type`, `lang`. Every score stands beside the constant answer's, which is what doing nothing would reach.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connections.records import CATEGORIES
from enrichment.comments import calculate_priority, detect_language, read_comments
from enrichment.findings import AuthorHistory, TextSignals

Row = dict[str, Any]
_MIXED_LANGUAGES = {"ml-mix": "ml", "ta-mix": "ta"}


@dataclass(frozen=True, slots=True)
class Task:
    """`truth` answers None for a row that says nothing of this task."""

    name: str
    truth: Callable[[Row], str | None]
    guess: Callable[[TextSignals], str]


def _sentiment(row: Row) -> str | None:
    label = {"mixed": "neutral"}.get(row.get("sentiment", ""), row.get("sentiment"))
    return label if label in {"positive", "negative", "neutral"} else None


def _flag(field: str) -> Callable[[Row], str | None]:
    return lambda row: None if field not in row else str(bool(row[field]))


def _question(row: Row) -> str | None:
    return None if row.get("type") in {None, "nan"} else str(row["type"] == "question")


def _language(row: Row) -> str | None:
    code = row.get("lang")
    return None if code in {None, "?"} or str(code).endswith("-mix") else str(code)


def _has(category: str) -> Callable[[TextSignals], str]:
    return lambda signals: str(category in signals.categories)


TASKS = (
    Task("sentiment", _sentiment, lambda signals: signals.sentiment),
    Task("spam", _flag("spam"), _has("spam")),
    Task("toxic", _flag("toxic"), _has("toxic")),
    Task("question", _question, _has("question")),
    Task("language", _language, lambda signals: signals.language),
)


@dataclass(frozen=True, slots=True)
class Score:
    """Per cent. Precision and recall are the label True's in yes-or-no tasks, else the labels' mean."""

    n: int
    accuracy: float
    macro_f1: float
    precision: float
    recall: float


def score(truths: Sequence[str], guesses: Sequence[str]) -> Score:
    labels = sorted(set(truths))
    per_label = {label: _precision_recall(truths, guesses, label) for label in labels}
    f1 = [2 * p * r / (p + r) if p + r else 0.0 for p, r in per_label.values()]
    shown = [per_label["True"]] if "True" in per_label else list(per_label.values())
    return Score(
        n=len(truths),
        accuracy=100 * sum(t == g for t, g in zip(truths, guesses, strict=True)) / len(truths),
        macro_f1=100 * sum(f1) / len(f1),
        precision=100 * sum(p for p, _r in shown) / len(shown),
        recall=100 * sum(r for _p, r in shown) / len(shown),
    )


def _precision_recall(truths: Sequence[str], guesses: Sequence[str], label: str) -> tuple[float, float]:
    hits = sum(t == g == label for t, g in zip(truths, guesses, strict=True))
    guessed, true = sum(g == label for g in guesses), sum(t == label for t in truths)
    return (hits / guessed if guessed else 0.0), (hits / true if true else 0.0)


def load(folder: Path) -> dict[str, list[Row]]:
    return {
        path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted(folder.rglob("*.jsonl"))
    }


def evaluate(files: dict[str, list[Row]]) -> Iterable[str]:
    yield f"{'task':10} {'set':38} {'n':>6} {'acc':>6} {'mF1':>6} {'prec':>6} {'rec':>6} | {'constant mF1':>12}"
    for name, rows in files.items():
        found = read_comments([row["text"] for row in rows])
        for task in TASKS:
            yield from _lines(task, name, list(zip(rows, found, strict=True)))


def _lines(task: Task, name: str, pairs: list[tuple[Row, TextSignals]]) -> Iterable[str]:
    judged = [(row, truth, task.guess(signals)) for row, signals in pairs if (truth := task.truth(row))]
    if not judged:
        return
    yield _line(task.name, name, judged)
    languages = sorted({str(row.get("lang")) for row, _truth, _guess in judged})
    if len(languages) > 1:
        for language in languages:
            yield _line(task.name, f"{name}:{language}", [one for one in judged if one[0].get("lang") == language])


def _line(task: str, name: str, judged: list[tuple[Row, str, str]]) -> str:
    truths, guesses = [truth for _row, truth, _guess in judged], [guess for _row, _truth, guess in judged]
    ours, constant = (
        score(truths, guesses),
        score(truths, [Counter(truths).most_common(1)[0][0]] * len(truths)),
    )
    return (
        f"{task:10} {name:38} {ours.n:6} {ours.accuracy:6.1f} {ours.macro_f1:6.1f} {ours.precision:6.1f} "
        f"{ours.recall:6.1f} | {constant.macro_f1:12.1f}"
    )


def alarms(files: dict[str, list[Row]]) -> Iterable[str]:
    """How often each category is given: nobody labelled them all, but a rate out of proportion shows."""
    yield f"\n{'set':38} " + " ".join(f"{name:>9}" for name in CATEGORIES)
    for name, rows in files.items():
        counts = Counter(category for s in read_comments([row["text"] for row in rows]) for category in s.categories)
        yield f"{name:38} " + " ".join(f"{100 * counts[c] / len(rows):8.2f}%" for c in CATEGORIES)


def short_languages(files: dict[str, list[Row]]) -> Iterable[str]:
    """The detectors side by side, on everything and on comments under 20 characters."""
    rows = [row for several in files.values() for row in several if _language(row)]
    for title, some in (
        ("all", rows[::7]),
        ("under 20 characters", [row for row in rows if len(row["text"]) < 20]),
    ):
        truths = [str(_language(row)) for row in some]
        texts = [str(row["text"]) for row in some]
        found = [finding.value for finding in detect_language(texts)]
        sure = [(t, g) for t, g in zip(truths, found, strict=True) if g != "und"]
        right = sum(t == g for t, g in sure)
        answered, correct = 100 * len(sure) / len(some), 100 * right / max(1, len(sure))
        yield f"language, {title}: n={len(some)} answered {answered:.1f} %, right of these {correct:.1f} %"


def speed(files: dict[str, list[Row]]) -> Iterable[str]:
    """Processor time of one core, after everything is loaded."""
    texts = [str(row["text"]) for rows in files.values() for row in rows]
    started = time.process_time()
    found = read_comments(texts)
    reading = time.process_time() - started
    started = time.process_time()
    for signals in found:
        calculate_priority(signals, 3, 1, AuthorHistory(comments_before=2))
    ranking = time.process_time() - started
    yield f"\n{len(texts)} comments: {1e3 * reading / len(texts):.4f} ms a comment to read,"
    yield f"{1e6 * ranking / len(texts):.1f} µs to prioritise"


def errors(files: dict[str, list[Row]], wanted: str, limit: int = 40) -> Iterable[str]:
    task_name, _colon, where = wanted.partition(":")
    task = next(task for task in TASKS if task.name == task_name)
    for name, rows in files.items():
        for row in (row for row in rows if where in {"", name, row.get("lang")}):
            signals, truth = read_comments([row["text"]])[0], task.truth(row)
            if truth is not None and truth != task.guess(signals) and limit > 0:
                limit -= 1
                guess, text = task.guess(signals), ascii(row["text"])[:200]
                yield f"{name}: {truth} read as {guess}: {text} {signals.reasons}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m enrichment.evaluation")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", metavar="TASK[:SET OR LANGUAGE]")
    options = parser.parse_args(arguments)
    files = load(options.folder)
    if options.errors:
        lines = errors(files, options.errors)
    else:
        lines = (line for report in (evaluate, alarms, short_languages, speed) for line in report(files))
    for line in lines:
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
