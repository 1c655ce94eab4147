"""The README's table of accuracy, made of what `make bench` stored."""

from collections.abc import Sequence
from typing import Any

SETS = {
    "mnist-test": "MNIST test digits",
    "pen-dev": "pen strokes, drawn anywhere",
    "uploads-dev": "images people tried readers with",
    "photocrops-dev": "small photo crops",
    "swiss16-dev": "Swiss handwriting at 16x16",
    "numbers-dev": "numbers of 2 to 8 digits",
    "cheques-dev": "amounts on bank cheques",
    "letters-dev": "letters: refused",
}
HEAD = (
    "| images | n | baseline, resized | baseline, normalised | this reader, one digit | "
    "automatic: right | 95% interval | shown with `?` | stated wrong |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def accuracy_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table in Markdown, the sets in the order of SETS."""
    ordered = sorted(rows, key=lambda row: list(SETS).index(row["set"]))
    return "\n".join([HEAD, *map(_line, ordered)])


def _line(row: dict[str, Any]) -> str:
    low, high = row["right"]["interval_95"]
    baselines = [row.get(f"baseline, {way}") for way in ("resized", "normalised")]
    cells = [
        SETS[row["set"]],
        f"{row['n']:,}",
        *(_percent((baseline or {}).get("single")) for baseline in baselines),
        _percent(row.get("single")),
        f"**{_percent(row['right'])}**",
        f"{100 * low:.1f} to {100 * high:.1f}%",
        _percent(row.get("doubted")),
        _percent(row.get("stated_wrong")),
    ]
    return f"| {' | '.join(cells)} |"


def _percent(figure: dict[str, Any] | None) -> str:
    return "" if figure is None else f"{100 * figure['share']:.1f}%"
