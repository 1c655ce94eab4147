"""The table of the README, made of what `make bench` stored."""

from collections.abc import Sequence
from typing import Any

NAMES = {
    "mnist-test": "MNIST test digits",
    "pen-dev": "pen strokes, drawn anywhere",
    "uploads-dev": "images people tried readers with",
    "photocrops-dev": "small photo crops",
    "swiss16-dev": "Swiss hands at 16x16",
    "numbers-dev": "numbers of 2 to 8 digits",
    "cheques-dev": "amounts on bank cheques",
    "letters-dev": "letters: refused",
}
HEAD = (
    "| images | n | usual, resized | usual, normalised | this reader | 95 % interval | "
    "accepted | right of these |\n|---|---|---|---|---|---|---|---|"
)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Markdown: one digit each where a set has single digits, else whole numbers or refusals."""
    ordered = sorted(rows, key=lambda row: list(NAMES).index(row["set"]))
    return "\n".join([HEAD, *(_line(row) for row in ordered)])


def _line(row: dict[str, Any]) -> str:
    kind = next(kind for kind in ("refused", "single", "exact") if kind in row)
    low, high = row[kind]["interval_95"]
    usual = [row.get(f"usual, {way}", {}).get(kind) for way in ("resized", "normalised")]
    cells = [
        NAMES[row["set"]],
        f"{row['n']:,}",
        *map(_share, usual),
        f"**{_share(row[kind])}**",
        f"{100 * low:.1f} to {100 * high:.1f} %",
        _share(row.get("accepted")),
        _share(row.get("accepted_right")),
    ]
    return f"| {' | '.join(cells)} |"


def _share(figure: dict[str, Any] | None) -> str:
    return "" if figure is None else f"{100 * figure['share']:.1f} %"
