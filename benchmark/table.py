"""The tables of accuracy, made of what `make bench` stored: a short one and the whole."""

from collections.abc import Sequence
from typing import Any

SETS = {
    "mnist-test": "MNIST test digits",
    "pen-dev": "pen strokes, drawn anywhere",
    "uploads-dev": "images people tried readers with",
    "photocrops-dev": "small photo crops",
    "swiss16-dev": "Swiss handwriting at 16x16",
    "numbers-dev": "numbers of 2 to 8 digits",
    "paper-dev": "fields of forms, tables and notes",
    "cheques-dev": "amounts on bank cheques",
    "letters-dev": "letters: refused",
}
SUMMARY_COLUMNS = ("images", "n", "right", "shown with `?`", "stated wrong", "baseline right")
ACCURACY_COLUMNS = (
    "images",
    "n",
    "baseline, resized",
    "baseline, normalised",
    "this reader, one digit",
    "automatic: right",
    "95% interval",
    "shown with `?`",
    "stated wrong",
)


def summary_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the short table in Markdown: how each set is read without any hint."""
    return "\n".join([*_head(SUMMARY_COLUMNS), *map(_summary_line, _in_order(rows))])


def accuracy_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the whole table in Markdown: both baselines, with and without a hint, intervals."""
    return "\n".join([*_head(ACCURACY_COLUMNS), *map(_accuracy_line, _in_order(rows))])


def _head(columns: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]


def _in_order(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: list(SETS).index(row["set"]))


def _summary_line(row: dict[str, Any]) -> str:
    cells = [
        SETS[row["set"]],
        f"{row['n']:,}",
        f"**{_percent(row['right'])}**",
        _percent(row.get("doubted")),
        _percent(row.get("stated_wrong")),
        _percent(_baseline(row, "normalised")),
    ]
    return f"| {' | '.join(cells)} |"


def _accuracy_line(row: dict[str, Any]) -> str:
    low, high = row["right"]["interval_95"]
    cells = [
        SETS[row["set"]],
        f"{row['n']:,}",
        _percent(_baseline(row, "resized")),
        _percent(_baseline(row, "normalised")),
        _percent(row.get("single")),
        f"**{_percent(row['right'])}**",
        f"{100 * low:.1f} to {100 * high:.1f}%",
        _percent(row.get("doubted")),
        _percent(row.get("stated_wrong")),
    ]
    return f"| {' | '.join(cells)} |"


def _baseline(row: dict[str, Any], way: str) -> dict[str, Any] | None:
    figures: dict[str, dict[str, Any]] = row.get(f"baseline, {way}", {})
    return figures.get("single")


def _percent(figure: dict[str, Any] | None) -> str:
    return "" if figure is None else f"{100 * figure['share']:.1f}%"
