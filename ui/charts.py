"""Charts of a training run, in the theme's own colours."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

QUIET = "#808a9e"  # readable on light and on dark
NAMES = {"accuracy": "Accuracy", "loss": "Loss"}


def history_chart(card: dict[str, Any], metric: str) -> "alt.LayerChart | alt.FacetChart":
    """A metric by epoch, for training and validation, with the epoch that was kept."""
    import altair as alt

    rows = [
        {"Epoch": number, "Digits": name, NAMES[metric]: epoch[key]}
        for number, epoch in enumerate(card["history"], 1)
        for name, key in (("training", metric), ("validation", f"val_{metric}"))
    ]
    lines = (
        alt.Chart(alt.InlineData(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("Epoch:Q", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y(f"{NAMES[metric]}:Q", scale=alt.Scale(zero=False)),
            color=alt.Color("Digits:N", legend=alt.Legend(orient="bottom", title=None)),
            tooltip=["Epoch:Q", "Digits:N", alt.Tooltip(f"{NAMES[metric]}:Q", format=".4f")],
        )
    )
    kept = alt.Chart(alt.InlineData([{"Epoch": card["best_epoch"]}])).mark_rule(
        strokeDash=[4, 4], color=QUIET
    )
    kept = kept.encode(x="Epoch:Q", tooltip=[alt.Tooltip("Epoch:Q", title="kept epoch")])
    return alt.layer(lines, kept, height=280, title=NAMES[metric])


def confusion_chart(matrix: list[list[int]]) -> "alt.LayerChart | alt.FacetChart":
    """Counts of test digits by what they are and what they were read as.

    Colour tells the mistakes: on one scale with the right answers they would all be white.
    """
    import altair as alt

    rows = [
        {"is": truth, "read as": answer, "digits": count, "wrong": truth != answer and count > 0}
        for truth, counts in enumerate(matrix)
        for answer, count in enumerate(counts)
    ]
    mistakes = [row["digits"] for row in rows if row["wrong"]]
    base = alt.Chart(alt.InlineData(rows)).encode(
        x=alt.X("read as:O", axis=alt.Axis(labelAngle=0, orient="top", title="read as")),
        y=alt.Y("is:O", title="is"),
        tooltip=["is:O", "read as:O", "digits:Q"],
    )
    cells = base.mark_rect(cornerRadius=3).encode(
        color=alt.condition(
            "datum.wrong",
            alt.Color(
                "digits:Q",
                scale=alt.Scale(domain=[0, max(mistakes, default=1)], range=["#f7d9a8", "#d9480f"]),
                legend=None,
            ),
            alt.value("rgba(128, 138, 158, 0.14)"),
        )
    )
    numbers = (
        base.transform_filter("datum.digits > 0")
        .mark_text(fontSize=12)
        .encode(
            text="digits:Q",
            color=alt.condition("datum.wrong", alt.value("#1c2230"), alt.value(QUIET)),
        )
    )
    return alt.layer(cells, numbers, height=380)
