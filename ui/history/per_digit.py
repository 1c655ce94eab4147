"""How well each digit is read, and whether the confidence can be trusted."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ui.history.chart_style import CHART_HEIGHT, MUTED_COLOUR, run_colour
from ui.history.runs import Run
from ui.text import section, text

if TYPE_CHECKING:
    import altair as alt

MEASURES = ("precision", "recall", "f1")


def digit_rows(run: Run) -> list[dict[str, Any]]:
    """Return precision, recall and F1 of each digit of a run that has a confusion matrix.

    None stands where no test digit was, or was read as, that digit.
    """
    matrix = run.card.confusion_matrix or ()
    rows = []
    for digit, counts in enumerate(matrix):
        right, truly = counts[digit], sum(counts)
        read_as_it = sum(row[digit] for row in matrix)
        rows.append(
            {
                "run": run.label,
                "digit": digit,
                "precision": _ratio(right, read_as_it),
                "recall": _ratio(right, truly),
                "f1": _ratio(2 * right, truly + read_as_it),
                "test_digits": truly,
            }
        )
    return rows


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def digit_table(rows: Sequence[Mapping[str, Any]], measure: str) -> list[dict[str, Any]]:
    """Return a measure with a row for each digit and a column for each run."""
    table: list[dict[str, Any]] = [{"digit": digit} for digit in range(10)]
    for row in rows:
        table[row["digit"]][row["run"]] = row[measure]
    return table


def digit_chart(rows: Sequence[Mapping[str, Any]], measure: str) -> "alt.Chart":
    """Draw a measure of each digit, a dot for every run."""
    import altair as alt

    names = list(dict.fromkeys(row["run"] for row in rows))
    known = [dict(row) for row in rows if row[measure] is not None]
    columns = section("columns")
    measures = [alt.Tooltip(f"{m}:Q", title=columns[m], format=".2%") for m in MEASURES]
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(known), height=CHART_HEIGHT, title=section("per_digit.titles")[measure]
        )
        .mark_circle(size=110, opacity=0.9)
        .encode(
            x=alt.X("digit:O", axis=alt.Axis(labelAngle=0, title=None)),
            y=alt.Y(
                f"{measure}:Q",
                title=None,
                scale=alt.Scale(zero=False, padding=8),
                axis=alt.Axis(format=".1~%"),
            ),
            color=run_colour(names),
            tooltip=[
                alt.Tooltip("run:N", title=columns["run"]),
                alt.Tooltip("digit:O", title=columns["digit"]),
                *measures,
            ],
        )
    )
    return chart


def reliability_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return the bins of runs that have any digits in them."""
    return [
        {"run": run.label, "confidence": b.confidence, "accuracy": b.accuracy, "digits": b.n}
        for run in runs
        for b in run.card.reliability
        if b.n and b.confidence is not None and b.accuracy is not None
    ]


def reliability_chart(rows: Sequence[Mapping[str, Any]]) -> "alt.LayerChart | alt.FacetChart":
    """Draw accuracy by confidence; on the diagonal a model is as often right as it is confident."""
    import altair as alt

    names = list(dict.fromkeys(row["run"] for row in rows))
    share = alt.Scale(domain=[0, 1])
    percents = alt.Axis(format="%")
    base = alt.Chart(alt.InlineData([dict(row) for row in rows])).encode(
        x=alt.X("confidence:Q", title=text("per_digit.confidence"), scale=share, axis=percents),
        y=alt.Y("accuracy:Q", title=None, scale=share, axis=percents),
        color=run_colour(names),
        tooltip=[
            alt.Tooltip("run:N", title=text("history.run")),
            alt.Tooltip("confidence:Q", title=text("per_digit.confidence"), format=".1%"),
            alt.Tooltip("accuracy:Q", title=text("per_digit.right"), format=".1%"),
            alt.Tooltip("digits:Q", title=text("per_digit.test_digits"), format=","),
        ],
    )
    dots = base.mark_circle(opacity=1).encode(
        size=alt.Size("digits:Q", scale=alt.Scale(type="log", range=[25, 260]), legend=None)
    )
    ends = [{"confidence": 0, "accuracy": 0}, {"confidence": 1, "accuracy": 1}]
    diagonal = (
        alt.Chart(alt.InlineData(ends))
        .mark_line(strokeDash=[4, 4], color=MUTED_COLOUR)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    lines = base.mark_line(opacity=0.6)
    title = text("per_digit.calibration_chart")
    return alt.layer(diagonal, lines, dots, height=CHART_HEIGHT, title=title)
