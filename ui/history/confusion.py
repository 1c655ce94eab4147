"""What is confused with what, and the digits behind each cell."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from model.reading import percent
from ui.history.chart_style import CHART_HEIGHT, MUTED_COLOUR
from ui.history.runs import Run
from ui.tables import csv_button
from ui.text import with_article

if TYPE_CHECKING:
    import altair as alt

CELL_VALUES = ["Counts", "Per cent of the digit"]
ANY_DIGIT = "any"
DIGIT_CHOICES = [ANY_DIGIT, *map(str, range(10))]
MISTAKE_COLOURS = ["#f7d9a8", "#d9480f"]  # from few to many


def confusion_rows(run: Run) -> list[dict[str, Any]]:
    """A row for every pair of a true digit and an answer; shares are of the true digit."""
    rows = []
    for truth, counts in enumerate(run.card["confusion_matrix"]):
        for answer, count in enumerate(counts):
            share = count / max(1, sum(counts))
            rows.append({"is": truth, "read_as": answer, "digits": count, "share": share})
    return rows


def confusion_chart(
    rows: list[dict[str, Any]], *, shares: bool = False
) -> "alt.LayerChart | alt.FacetChart":
    """Test digits by what they are and what they were read as; a click chooses a cell.

    Colour tells the mistakes: on one scale with the right answers they would all be white.
    """
    import altair as alt

    value = "share" if shares else "digits"
    cells = [row | {"wrong": row["is"] != row["read_as"] and row["digits"] > 0} for row in rows]
    most = max((cell[value] for cell in cells if cell["wrong"]), default=1)
    chosen = alt.selection_point(name="cell", fields=["is", "read_as"], empty=False, toggle=False)
    base = alt.Chart(alt.InlineData(cells)).encode(
        x=alt.X("read_as:O", axis=alt.Axis(labelAngle=0, orient="top", title="read as")),
        y=alt.Y("is:O", title="is"),
        tooltip=[
            alt.Tooltip("is:O", title="is"),
            alt.Tooltip("read_as:O", title="read as"),
            alt.Tooltip("digits:Q", format=","),
            alt.Tooltip("share:Q", title="share of this digit", format=".2%"),
        ],
    )
    squares = base.mark_rect(cornerRadius=3, cursor="pointer", stroke=MUTED_COLOUR).encode(
        color=alt.condition(
            "datum.wrong",
            alt.Color(
                f"{value}:Q", scale=alt.Scale(domain=[0, most], range=MISTAKE_COLOURS), legend=None
            ),
            alt.value("rgba(128, 138, 158, 0.14)"),
        ),
        strokeWidth=alt.condition(chosen, alt.value(3), alt.value(0)),
    )
    shown = "datum.share * 100" if shares else "datum.digits"
    numbers = (
        base.transform_filter("datum.digits > 0")
        .transform_calculate(number=f"format({shown}, '{'.2~f' if shares else 'd'}')")
        .mark_text(fontSize=11 if shares else 12, cursor="pointer")
        .encode(
            text="number:N",
            color=alt.condition("datum.wrong", alt.value("#1c2230"), alt.value(MUTED_COLOUR)),
        )
    )
    return alt.layer(squares.add_params(chosen), numbers, height=CHART_HEIGHT + 60)


def show_confusion(run: Run) -> None:
    """The matrix; its cells are chosen with a click or, without a mouse, with two lists."""
    state = st.session_state
    matrix, beside = st.columns([3, 2])
    with matrix:
        how = st.segmented_control(
            "Cells show",
            CELL_VALUES,
            default=CELL_VALUES[0],
            required=True,
            key="cells",
            width="content",
        )

        def choose() -> None:
            for cell in state.matrix.selection.get("cell", []):
                state.mistake_is, state.mistake_as = str(cell["is"]), str(cell["read_as"])

        st.altair_chart(
            confusion_chart(confusion_rows(run), shares=how == CELL_VALUES[1]),
            width="stretch",
            key="matrix",
            on_select=choose,
            alt=f"What {run.name} confuses: a row for each digit, a column for each answer",
        )
        csv_button(confusion_rows(run), "confusion.csv")
    with beside:
        st.caption("Choose a cell, there or here, to see its digits.")
        with st.container(horizontal=True, gap="small"):
            truth = st.selectbox("Digits that are", DIGIT_CHOICES, key="mistake_is", width=140)
            answer = st.selectbox("and were read as", DIGIT_CHOICES, key="mistake_as", width=140)
        _show_cell(run, truth, answer)


def _show_cell(run: Run, truth: str, answer: str) -> None:
    matrix, examples = run.card["confusion_matrix"], run.card.get("examples", {})
    truths, answers = (range(10) if c == ANY_DIGIT else [int(c)] for c in (truth, answer))
    if truth == answer != ANY_DIGIT:
        right = [d for d in examples.get("right", []) if str(d["label"]) == truth]
        count = matrix[int(truth)][int(truth)]
        show_digits(
            right, f"{len(right)} of the {count:,} that are {with_article(int(truth))} and right."
        )
        return
    count = sum(matrix[t][a] for t in truths for a in answers if t != a)
    kept = run.card.get("mistakes", examples.get("wrong"))
    if kept is None:
        st.caption(f"{count:,} mistakes; this card does not hold their pictures.")
        return
    wrong = [d for d in kept if d["label"] in truths and d["answer"] in answers]
    wrong = [d for d in wrong if d["label"] != d["answer"]]
    if len(wrong) < count:
        show_digits(wrong, f"The {len(wrong)} surest of {count:,} mistakes that the card holds.")
    else:
        show_digits(wrong, f"{count:,} mistakes, surest first." if count != 1 else "1 mistake.")


MAX_SHOWN_DIGITS = 48  # more than these are shown on demand


def show_digits(digits: Sequence[dict[str, Any]], caption: str) -> None:
    """Each digit with what it is, what it was read as, and how sure that was."""
    st.caption(caption)
    if len(digits) > MAX_SHOWN_DIGITS and not st.toggle(
        f"Show all {len(digits)}", key="all_digits"
    ):
        digits = digits[:MAX_SHOWN_DIGITS]
    if digits:
        st.html(f'<div class="examples">{"".join(map(_figure, digits))}</div>')


def _figure(digit: dict[str, Any]) -> str:
    label, answer = int(digit["label"]), int(digit["answer"])
    words = with_article(label) if label == answer else f"{with_article(label)}, read as {answer}"
    sure = f"{percent(float(digit['confidence']))} sure"
    return (
        f'<figure><img src="data:image/png;base64,{escape(digit["png"])}" alt="{words}" '
        f'title="{words}, {sure}"><figcaption>{words}<br>{sure}</figcaption></figure>'
    )
