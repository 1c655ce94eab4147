"""What accuracy costs: training time, and multiply-adds for every digit that is read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.history.chart_style import CHART_HEIGHT, error_axis, run_colour
from ui.history.runs import Run
from ui.text import section, text

if TYPE_CHECKING:
    import altair as alt

COSTS = ("seconds", "multiply_adds")


def cost_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return the runs with test results, each with what it cost."""
    rows = []
    for run in runs:
        card, test = run.card, run.card.test
        if test:
            low, high = test.accuracy_interval_95
            row = {"run": run.label, "accuracy": test.accuracy, "low": low, "high": high}
            row |= {"test_digits": test.n, "epochs": len(run.epochs), "seconds": card.seconds}
            row |= {"parameters": card.parameters, "multiply_adds": card.multiply_adds}
            rows.append(row)
    return rows


def cost_chart(rows: Sequence[dict[str, Any]], cost: str) -> "alt.LayerChart | alt.FacetChart":
    """Draw test accuracy with its 95% interval against a cost, on logarithmic scales."""
    import altair as alt

    axis = section("cost.axes")[cost]
    known = [row | _errors(row) for row in rows if row[cost]]
    base = alt.Chart(alt.InlineData(known)).encode(
        x=alt.X(
            f"{cost}:Q",
            title=axis,
            scale=alt.Scale(type="log", nice=False, padding=24),
            axis=alt.Axis(format="~s", tickCount=4, grid=False),
        ),
        color=run_colour([row["run"] for row in rows]),
        tooltip=[
            alt.Tooltip("run:N", title=text("history.run")),
            alt.Tooltip("accuracy:Q", title=text("cost.accuracy"), format=".2%"),
            alt.Tooltip("low:Q", title=text("cost.low"), format=".2%"),
            alt.Tooltip("high:Q", title=text("cost.high"), format=".2%"),
            alt.Tooltip(f"{cost}:Q", title=axis, format=",.0f"),
        ],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.5).encode(y=error_axis("most"), y2="least:Q")
    dots = base.mark_circle(size=120, opacity=1).encode(y=error_axis("error"))
    title = section("cost.titles")[cost]
    return alt.layer(bars, dots, height=CHART_HEIGHT + 80, title=title)


def _errors(row: dict[str, Any]) -> dict[str, float]:
    """Shares read wrong; none of them zero, which a logarithm cannot show."""
    smallest = 0.25 / max(1, row["test_digits"])
    ends = {"error": row["accuracy"], "most": row["low"], "least": row["high"]}
    return {name: max(smallest, 1 - share) for name, share in ends.items()}
