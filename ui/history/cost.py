"""What accuracy costs: training time, and multiply-adds for every digit that is read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ui.history.chart_style import CHART_HEIGHT, error_axis, run_colour
from ui.history.runs import Run

if TYPE_CHECKING:
    import altair as alt

COSTS = {"seconds": "Seconds of training", "multiply_adds": "Multiply-adds for a digit"}


def cost_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The runs that were judged on test digits, each with what it cost."""
    rows = []
    for run in runs:
        test = run.card.get("test")
        if test:
            low, high = test["accuracy_interval_95"]
            row = {"run": run.name, "accuracy": test["accuracy"], "low": low, "high": high}
            row |= {"test_digits": test["n"], "epochs": len(run.epochs)}
            row |= {key: run.card.get(key) for key in ("seconds", "parameters", "multiply_adds")}
            rows.append(row)
    return rows


def cost_chart(rows: Sequence[dict[str, Any]], cost: str) -> "alt.LayerChart | alt.FacetChart":
    """Test accuracy with its 95 % interval against a cost, on logarithmic scales."""
    import altair as alt

    known = [row | _errors(row) for row in rows if row[cost]]
    base = alt.Chart(alt.InlineData(known)).encode(
        x=alt.X(
            f"{cost}:Q",
            title=COSTS[cost],
            scale=alt.Scale(type="log", nice=False, padding=24),
            axis=alt.Axis(format="~s", tickCount=4, grid=False),
        ),
        color=run_colour([row["run"] for row in rows]),
        tooltip=[
            alt.Tooltip("run:N"),
            alt.Tooltip("accuracy:Q", title="test accuracy", format=".2%"),
            alt.Tooltip("low:Q", title="95 % interval from", format=".2%"),
            alt.Tooltip("high:Q", title="to", format=".2%"),
            alt.Tooltip(f"{cost}:Q", title=COSTS[cost].lower(), format=",.0f"),
        ],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.5).encode(y=error_axis("most"), y2="least:Q")
    dots = base.mark_circle(size=120, opacity=1).encode(y=error_axis("error"))
    return alt.layer(bars, dots, height=CHART_HEIGHT + 80, title="Test accuracy")


def _errors(row: dict[str, Any]) -> dict[str, float]:
    """Shares read wrong; none of them zero, which a logarithm cannot show."""
    smallest = 0.25 / max(1, row["test_digits"])
    ends = {"error": row["accuracy"], "most": row["low"], "least": row["high"]}
    return {name: max(smallest, 1 - share) for name, share in ends.items()}
