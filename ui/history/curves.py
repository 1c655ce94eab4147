"""How runs learned: accuracy and loss by epoch."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ui.history.chart_style import CHART_HEIGHT, MUTED_COLOUR, error_axis, run_colour
from ui.history.runs import Run
from ui.text import section, text

if TYPE_CHECKING:
    import altair as alt

MAX_DOTTED_EPOCHS = 40  # epochs of which each gets a dot
METRICS = ("accuracy", "loss")
SETS = {"training": "", "validation": "val_"}  # digits, and the prefix of their figures
METRIC_FORMATS = {"accuracy": ".2~%", "loss": ".3~f"}
Row = dict[str, Any]


def moving_average(values: Sequence[float], weight: float) -> list[float]:
    """Smooth exponentially: `weight` in [0, 1) is the share of what came before."""
    smoothed: list[float] = []
    for value in values:
        before = smoothed[-1] if smoothed else value
        smoothed.append(weight * before + (1 - weight) * value)
    return smoothed


def curve_rows(
    runs: Sequence[Run], metric: str, sets: Sequence[str] = tuple(SETS), smoothing: float = 0
) -> list[Row]:
    """Return every point of the curves of a metric."""
    return [
        row
        for run in runs
        for digits in sets
        for row in _curve_points(run, metric, digits, smoothing)
    ]


def _curve_points(run: Run, metric: str, digits: str, smoothing: float) -> Iterator[Row]:
    key = SETS[digits] + metric
    values = [(number, getattr(epoch, key)) for number, epoch in enumerate(run.epochs, 1)]
    points = [(number, value) for number, value in values if value is not None]
    smoothed = moving_average([value for _, value in points], smoothing)
    label = section("learning.sets")[digits]
    for (number, value), smooth in zip(points, smoothed, strict=True):
        kept = digits == "validation" and number == run.card.best_epoch
        yield {
            "run": run.label,
            "digits": label,
            "epoch": number,
            "value": value,
            "smooth": smooth,
            "kept": kept,
        }


def curve_chart(
    rows: Sequence[Row], metric: str, *, log: bool = False
) -> "alt.LayerChart | alt.FacetChart":
    """Draw the curves of `curve_rows`; a ring for the epoch kept, a line at the pointer.

    Colours tell runs apart and dashes training from validation; of one run, colours do that.
    Smoothed curves have the measured ones faint behind them.
    """
    import altair as alt

    names = list(dict.fromkeys(row["run"] for row in rows))
    alone = len(names) < 2
    error = log and metric == "accuracy"
    shown = [_on_scale(row, error=error) for row in rows]
    if log:
        shown = [row for row in shown if row["value"] > 0]
    sets = list(section("learning.sets").values())
    base = alt.Chart(alt.InlineData(shown)).encode(
        x=alt.X("epoch:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
        color=run_colour(sets, "digits") if alone else run_colour(names),
        strokeDash=alt.value([1, 0]) if alone else _dashes(sets),
        detail=["run:N", "digits:N"],
    )

    def y(field: str) -> alt.Y:
        if error:
            return error_axis(field)
        scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
        axis = alt.Axis(format=METRIC_FORMATS[metric])
        return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)

    smoothed = any(row["value"] != row["smooth"] for row in shown)
    dots = not smoothed and max((row["epoch"] for row in shown), default=0) <= MAX_DOTTED_EPOCHS
    layers = [base.mark_line(point=dots).encode(y=y("smooth"))]
    if smoothed:
        layers.insert(0, base.mark_line(opacity=0.3, strokeWidth=1).encode(y=y("value")))
    ring = base.transform_filter("datum.kept").mark_point(size=130, strokeWidth=2, opacity=1)
    layers.append(ring.encode(y=y("smooth"), strokeDash=alt.value([1, 0])))
    layers.append(_pointer(rows, metric, alone=alone))
    return alt.layer(*layers, height=CHART_HEIGHT, title=section("learning.titles")[metric])


def _on_scale(row: Row, *, error: bool) -> Row:
    return row | {field: 1 - row[field] for field in ("value", "smooth")} if error else row


def _dashes(sets: Sequence[str]) -> "alt.StrokeDash":
    import altair as alt

    scale = alt.Scale(domain=list(sets), range=[[4, 3], [1, 0]])
    return alt.StrokeDash("digits:N", scale=scale, legend=None)


def _pointer(rows: Sequence[Row], metric: str, *, alone: bool) -> "alt.Chart":
    """A line at the epoch under the pointer, with every curve's value there."""
    import altair as alt

    curves = list(dict.fromkeys((row["run"], row["digits"]) for row in rows))
    epochs: dict[int, Row] = {}
    for row in rows:
        place = curves.index((row["run"], row["digits"]))
        epochs.setdefault(row["epoch"], {"epoch": row["epoch"]})[f"curve{place}"] = row["value"]
    tooltip = [
        alt.Tooltip(
            f"curve{place}:Q",
            title=digits if alone else text("learning.curve", run=run, digits=digits),
            format=METRIC_FORMATS[metric],
        )
        for place, (run, digits) in enumerate(curves)
    ]
    under = alt.selection_point(
        name=f"under_{metric}",
        on="pointerover",
        clear="pointerout",
        nearest=True,
        fields=["epoch"],
        empty=False,
    )
    pointer: alt.Chart = (
        alt.Chart(alt.InlineData(list(epochs.values())))
        .mark_rule(color=MUTED_COLOUR, strokeWidth=2)
        .encode(
            x="epoch:Q",
            opacity=alt.condition(under, alt.value(0.7), alt.value(0)),
            tooltip=[alt.Tooltip("epoch:Q", title=text("learning.epoch")), *tooltip],
        )
        .add_params(under)
    )
    return pointer


def history_rows(runs: Sequence[Run]) -> list[Row]:
    """Return the histories as a table."""
    return [
        {"run": run.label, "epoch": number} | msgspec.to_builtins(epoch)
        for run in runs
        for number, epoch in enumerate(run.epochs, 1)
    ]
