import json
from pathlib import Path

import pytest

from enrichment.evaluation import evaluate, load, main, score

ROWS = [
    {"text": "I love it", "sentiment": "positive", "lang": "en", "toxic": 0},
    {"text": "I hate it", "sentiment": "negative", "lang": "en", "toxic": 0},
    {"text": "shut up idiot", "sentiment": "mixed", "lang": "en", "toxic": 1},
]


def write(folder: Path) -> None:
    (folder / "some.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")


def test_score_counts_like_the_textbook() -> None:
    found = score(["True", "True", "False", "False"], ["True", "False", "False", "True"])
    assert (found.accuracy, found.precision, found.recall, found.macro_f1) == (50, 50, 50, 50)


def test_each_task_of_a_file_has_a_line_with_its_baseline(tmp_path: Path) -> None:
    write(tmp_path)
    lines = list(evaluate(load(tmp_path)))
    assert [line.split()[0] for line in lines] == ["task", "sentiment", "toxic", "language"]


def test_command_prints_scores_and_speed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    main([str(tmp_path)])
    assert "ms a comment" in capsys.readouterr().out


def test_command_lists_errors_without_raw_foreign_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"text": "nothing \u202e here", "sentiment": "positive", "lang": "en"}
    (tmp_path / "one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    main([str(tmp_path), "--errors", "sentiment:en"])
    assert "\\u202e" in capsys.readouterr().out
