"""What the charts of the page share: axes, colours, sizes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt

MUTED_COLOUR = "#737c8f"  # readable on light and on dark
CHART_HEIGHT = 340  # pixels, the legend below included
ERROR_TICKS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
LABEL_WIDTH = 135  # pixels of a name in a legend


def error_axis(field: str) -> "alt.Y":
    """Return an axis of accuracies, logarithmic in the error, which `field` holds.

    Near 1, where models differ, it spreads accuracies that a plain axis shows as one.
    """
    import altair as alt

    return alt.Y(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(type="log", reverse=True, nice=False, padding=12),
        axis=alt.Axis(values=list(ERROR_TICKS), labelExpr="format(1 - datum.value, '.2~%')"),
    )


def run_colour(names: Sequence[str], field: str = "run") -> "alt.Color":
    """Return a colour for each run, in the same order in every chart."""
    import altair as alt

    legend = alt.Legend(
        orient="bottom", title=None, columns=2, labelLimit=LABEL_WIDTH, symbolOpacity=1
    )
    scale = alt.Scale(domain=list(names))
    return alt.Color(f"{field}:N", scale=scale, legend=legend if len(names) > 1 else None)
