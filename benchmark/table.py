"""The tables of accuracy, made of what `make bench` stored: a short one, the whole, and by kind."""

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
PEER_COLUMNS = ("rapidocr right", "rapidocr stated wrong")
SUMMARY_COLUMNS = (
    "images",
    "n",
    "right",
    "stated wrong",
    "shown with `?`",
    "baseline right",
    *PEER_COLUMNS,
)
ACCURACY_COLUMNS = (
    "images",
    "n",
    "baseline, resized",
    "baseline, normalised",
    *PEER_COLUMNS,
    "this reader, one digit",
    "automatic: right",
    "95% interval",
    "stated wrong",
    "shown with `?`",
)
KIND_COLUMNS = ("kind of field", "n", "right", "stated wrong", "shown with `?`")
FEW = 10  # images; kinds with fewer share one row

SetRow = dict[
    str, Any
]  # of one set, as `benchmark.scoring.judged` gives it and `make bench` stores it


def summary_table(rows: Sequence[SetRow], peer: Sequence[SetRow] = ()) -> str:
    """Return the short table in Markdown: how each set is read without any hint.

    `peer` are the rows of the reader that this one is compared with.
    """
    of_peer = {row["set"]: row for row in peer}
    lines = [_summary_line(row, of_peer.get(row["set"], {})) for row in _in_order(rows)]
    return markdown(SUMMARY_COLUMNS, lines)


def accuracy_table(rows: Sequence[SetRow], peer: Sequence[SetRow] = ()) -> str:
    """Return the whole table in Markdown: both baselines, with and without a hint, intervals."""
    of_peer = {row["set"]: row for row in peer}
    lines = [_accuracy_line(row, of_peer.get(row["set"], {})) for row in _in_order(rows)]
    return markdown(ACCURACY_COLUMNS, lines)


def kinds_table(kinds: Sequence[SetRow]) -> str:
    """Return the table in Markdown of the kinds of images in a set, those with few together."""
    large = sorted((row for row in kinds if row["n"] >= FEW), key=lambda row: -row["n"])
    few = [row for row in kinds if row["n"] < FEW]
    lines = [[row["kind"], f"{row['n']:,}", *_verdict_cells(row)] for row in large]
    if few:
        n = sum(row["n"] for row in few)
        shares = {
            name: {"share": sum(row[name]["share"] * row["n"] for row in few) / n}
            for name in ("right", "stated_wrong", "doubted")
        }
        lines.append([f"{len(few)} kinds of fewer than {FEW}", f"{n:,}", *_verdict_cells(shares)])
    return markdown(KIND_COLUMNS, lines)


def markdown(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    head = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join([*head, *(f"| {' | '.join(cells)} |" for cells in lines)])


def percent_of(figure: dict[str, Any] | None) -> str:
    """Return a stored share as a percentage, nothing for none."""
    return "" if figure is None else f"{100 * figure['share']:.1f}%"


def _in_order(rows: Sequence[SetRow]) -> list[SetRow]:
    return sorted(rows, key=lambda row: list(SETS).index(row["set"]))


def _summary_line(row: SetRow, peer: SetRow) -> list[str]:
    return [
        SETS[row["set"]],
        f"{row['n']:,}",
        *_verdict_cells(row),
        percent_of(_baseline(row, "normalised")),
        *_peer_cells(peer),
    ]


def _accuracy_line(row: SetRow, peer: SetRow) -> list[str]:
    low, high = row["right"]["interval_95"]
    right, wrong, doubted = _verdict_cells(row)
    return [
        SETS[row["set"]],
        f"{row['n']:,}",
        percent_of(_baseline(row, "resized")),
        percent_of(_baseline(row, "normalised")),
        *_peer_cells(peer),
        percent_of(row.get("single")),
        right,
        f"{100 * low:.1f} to {100 * high:.1f}%",
        wrong,
        doubted,
    ]


def _verdict_cells(row: SetRow) -> tuple[str, str, str]:
    """Return the shares that are right, stated wrong and doubted."""
    return (
        f"**{percent_of(row['right'])}**",
        percent_of(row["stated_wrong"]),
        percent_of(row["doubted"]),
    )


def _peer_cells(peer: SetRow) -> tuple[str, str]:
    return percent_of(peer.get("right")), percent_of(peer.get("stated_wrong"))


def _baseline(row: SetRow, way: str) -> dict[str, Any] | None:
    figures: dict[str, dict[str, Any]] = row.get(f"baseline, {way}", {})
    return figures.get("single")
