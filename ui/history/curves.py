"""How runs learned: accuracy and loss by epoch."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ui.history.chart_style import CHART_HEIGHT, MUTED_COLOUR, error_axis, run_colour
from ui.history.runs import Run

if TYPE_CHECKING:
    import altair as alt

MAX_DOTTED_EPOCHS = 40  # epochs of which each gets a dot
SETS = {"training": "", "validation": "val_"}
METRIC_FORMATS = {"accuracy": ".2~%", "loss": ".3~f"}
Row = dict[str, Any]


def moving_average(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average: `weight` in [0, 1) is the share of what came before."""
    smoothed: list[float] = []
    for value in values:
        before = smoothed[-1] if smoothed else value
        smoothed.append(weight * before + (1 - weight) * value)
    return smoothed


def curve_rows(
    runs: Sequence[Run], metric: str, sets: Sequence[str] = tuple(SETS), smoothing: float = 0
) -> list[Row]:
    """Every point of the curves of a metric."""
    return [row for run in runs for digits in sets for row in _rows(run, metric, digits, smoothing)]


def _rows(run: Run, metric: str, digits: str, smoothing: float) -> Iterator[Row]:
    key = SETS[digits] + metric
    points = [(number, e[key]) for number, e in enumerate(run.epochs, 1) if key in e]
    smoothed = moving_average([value for _, value in points], smoothing)
    for (number, value), softer in zip(points, smoothed, strict=True):
        kept = digits == "validation" and number == run.card.get("best_epoch")
        yield {
            "run": run.name,
            "digits": digits,
            "epoch": number,
            "value": value,
            "moving_average": softer,
            "kept": kept,
        }


def curve_chart(
    rows: Sequence[Row], metric: str, *, log: bool = False
) -> "alt.LayerChart | alt.FacetChart":
    """Curves of `curve_rows`; the epoch that was kept has a ring, the one pointed at a line.

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
    base = alt.Chart(alt.InlineData(shown)).encode(
        x=alt.X("epoch:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
        color=run_colour(list(SETS), "digits") if alone else run_colour(names),
        strokeDash=alt.value([1, 0]) if alone else _dashes(),
        detail=["run:N", "digits:N"],
    )

    def y(field: str) -> alt.Y:
        if error:
            return error_axis(field)
        scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
        return alt.Y(
            f"{field}:Q", title=None, scale=scale, axis=alt.Axis(format=METRIC_FORMATS[metric])
        )

    softened = any(row["value"] != row["moving_average"] for row in shown)
    dots = not softened and max((row["epoch"] for row in shown), default=0) <= MAX_DOTTED_EPOCHS
    layers = [base.mark_line(point=dots).encode(y=y("moving_average"))]
    if softened:
        layers.insert(0, base.mark_line(opacity=0.3, strokeWidth=1).encode(y=y("value")))
    ring = base.transform_filter("datum.kept").mark_point(size=130, strokeWidth=2, opacity=1)
    layers.append(ring.encode(y=y("moving_average"), strokeDash=alt.value([1, 0])))
    layers.append(_pointer(rows, metric, alone=alone))
    return alt.layer(*layers, height=CHART_HEIGHT, title=f"{metric.capitalize()} by epoch")


def _on_scale(row: Row, *, error: bool) -> Row:
    return row | {field: 1 - row[field] for field in ("value", "moving_average")} if error else row


def _dashes() -> "alt.StrokeDash":
    import altair as alt

    scale = alt.Scale(domain=list(SETS), range=[[4, 3], [1, 0]])
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
        alt.Tooltip(f"curve{place}:Q", title=digits if alone else f"{run}, {digits}",
                    format=METRIC_FORMATS[metric])
        for place, (run, digits) in enumerate(curves)
    ]  # fmt: skip
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
            tooltip=["epoch:Q", *tooltip],
        )
        .add_params(under)
    )
    return pointer


def history_rows(runs: Sequence[Run]) -> list[Row]:
    """The histories as a table."""
    return [
        {"run": run.name, "epoch": number} | epoch
        for run in runs
        for number, epoch in enumerate(run.epochs, 1)
    ]
