"""How well each digit is read, and whether the reader is right as often as it is sure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ui.history.chart_style import CHART_HEIGHT, MUTED_COLOUR, run_colour
from ui.history.runs import Run

if TYPE_CHECKING:
    import altair as alt


MEASURES = ("precision", "recall", "F1")


def digit_rows(run: Run) -> list[dict[str, Any]]:
    """Precision, recall and F1 of each digit, None where nothing was or was read as that digit."""
    matrix: list[list[int]] = run.card["confusion_matrix"]
    rows = []
    for digit, counts in enumerate(matrix):
        right, is_it = counts[digit], sum(counts)
        read_as_it = sum(row[digit] for row in matrix)
        rows.append(
            {
                "run": run.name,
                "digit": digit,
                "precision": _share(right, read_as_it),
                "recall": _share(right, is_it),
                "F1": _share(2 * right, is_it + read_as_it),
                "test digits": is_it,
            }
        )
    return rows


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def digit_table(rows: Sequence[Mapping[str, Any]], measure: str) -> list[dict[str, Any]]:
    """A measure with a row for each digit and a column for each run."""
    table: list[dict[str, Any]] = [{"digit": digit} for digit in range(10)]
    for row in rows:
        table[row["digit"]][row["run"]] = row[measure]
    return table


def digit_chart(rows: Sequence[Mapping[str, Any]], measure: str) -> "alt.Chart":
    """A measure of each digit, a dot for every run."""
    import altair as alt

    names = list(dict.fromkeys(row["run"] for row in rows))
    known = [dict(row) for row in rows if row[measure] is not None]
    title = f"{measure[0].upper()}{measure[1:]} by digit"
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(known), height=CHART_HEIGHT, title=title)
        .mark_circle(size=110, opacity=0.9)
        .encode(
            x=alt.X("digit:O", axis=alt.Axis(labelAngle=0, title=None)),
            y=alt.Y(f"{measure}:Q", title=None, scale=alt.Scale(zero=False, padding=8),
                    axis=alt.Axis(format=".1~%")),
            color=run_colour(names),
            tooltip=["run:N", "digit:O", *(alt.Tooltip(f"{m}:Q", format=".2%")
                                           for m in MEASURES)],
        )
    )  # fmt: skip
    return chart


def reliability_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The bins of the runs that have any digits in them."""
    return [
        {"run": run.name, "sure": b["confidence"], "right": b["accuracy"], "digits": b["n"]}
        for run in runs
        for b in run.card.get("reliability", [])
        if b["n"] and b["confidence"] is not None and b["accuracy"] is not None
    ]


def reliability_chart(rows: Sequence[Mapping[str, Any]]) -> "alt.LayerChart | alt.FacetChart":
    """How often answers are right by how sure they were; on the diagonal the reader is honest."""
    import altair as alt

    names = list(dict.fromkeys(row["run"] for row in rows))
    share = alt.Scale(domain=[0, 1])
    base = alt.Chart(alt.InlineData([dict(row) for row in rows])).encode(
        x=alt.X("sure:Q", title="how sure", scale=share, axis=alt.Axis(format="%")),
        y=alt.Y("right:Q", title=None, scale=share, axis=alt.Axis(format="%")),
        color=run_colour(names),
        tooltip=[
            "run:N",
            alt.Tooltip("sure:Q", title="sure", format=".1%"),
            alt.Tooltip("right:Q", title="right", format=".1%"),
            alt.Tooltip("digits:Q", title="test digits", format=","),
        ],
    )
    dots = base.mark_circle(opacity=1).encode(
        size=alt.Size("digits:Q", scale=alt.Scale(type="log", range=[25, 260]), legend=None)
    )
    honest = (
        alt.Chart(alt.InlineData([{"sure": 0, "right": 0}, {"sure": 1, "right": 1}]))
        .mark_line(strokeDash=[4, 4], color=MUTED_COLOUR)
        .encode(x="sure:Q", y="right:Q")
    )
    lines = base.mark_line(opacity=0.6)
    return alt.layer(honest, lines, dots, height=CHART_HEIGHT, title="How often it is right")
