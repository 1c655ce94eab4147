"""Axes that the charts share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt

MUTED_COLOUR = "#808a9e"  # readable on light and on dark
CHART_HEIGHT = 340  # pixels, the legend below included
ERRORS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # get a label


def error_axis(field: str) -> "alt.Y":
    """An axis of accuracies, logarithmic in the error, which `field` holds.

    Near 1, where readers differ, it spreads accuracies that a plain axis shows as one.
    """
    import altair as alt

    return alt.Y(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(type="log", reverse=True, nice=False, padding=12),
        axis=alt.Axis(values=list(ERRORS), labelExpr="format(1 - datum.value, '.2~%')"),
    )


def run_colour(names: Sequence[str], field: str = "run") -> "alt.Color":
    """A colour for each run, in the same order in every chart."""
    import altair as alt

    legend = alt.Legend(orient="bottom", title=None, columns=3, labelLimit=120, symbolOpacity=1)
    scale = alt.Scale(domain=list(names))
    return alt.Color(f"{field}:N", scale=scale, legend=legend if len(names) > 1 else None)
