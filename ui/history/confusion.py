"""What is mistaken for what, and the digits behind each cell."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from model.card import Example
from model.reading import percent
from ui.history.chart_style import CHART_HEIGHT, MUTED_COLOUR
from ui.history.runs import Run
from ui.tables import csv_button
from ui.text import section, text, with_article

if TYPE_CHECKING:
    import altair as alt

Matrix = Sequence[Sequence[int]]  # (10, 10): counts by true digit and answer
ANY_DIGIT = "any"
DIGIT_CHOICES = [ANY_DIGIT, *map(str, range(10))]
MISTAKE_COLOURS = ["#f7d9a8", "#d9480f"]  # from few to many
MAX_SHOWN_DIGITS = 48  # more than these are shown on demand


def confusion_rows(matrix: Matrix) -> list[dict[str, Any]]:
    """Return a row for every pair of a true digit and an answer; shares are of the true digit."""
    rows = []
    for truth, counts in enumerate(matrix):
        for answer, count in enumerate(counts):
            share = count / max(1, sum(counts))
            rows.append({"true_digit": truth, "read_as": answer, "digits": count, "share": share})
    return rows


def confusion_chart(
    rows: list[dict[str, Any]], *, shares: bool = False
) -> "alt.LayerChart | alt.FacetChart":
    """Draw test digits by what they are and what they were read as; a click chooses a cell.

    Colour shows the mistakes: on one scale with the right answers they would all be white.
    """
    import altair as alt

    value = "share" if shares else "digits"
    cells = [_mark_mistake(row) for row in rows]
    most = max((cell[value] for cell in cells if cell["wrong"]), default=1)
    fields = ["true_digit", "read_as"]
    chosen = alt.selection_point(name="cell", fields=fields, empty=False, toggle=False)
    truth, answer = text("mistakes.true_digit"), text("mistakes.read_as")
    base = alt.Chart(alt.InlineData(cells)).encode(
        x=alt.X("read_as:O", title=answer, axis=alt.Axis(labelAngle=0, orient="top")),
        y=alt.Y("true_digit:O", title=truth),
        tooltip=[
            alt.Tooltip("true_digit:O", title=truth),
            alt.Tooltip("read_as:O", title=answer),
            alt.Tooltip("digits:Q", title=text("mistakes.digits"), format=","),
            alt.Tooltip("share:Q", title=text("mistakes.share"), format=".2%"),
        ],
    )
    scale = alt.Scale(domain=[0, most], range=MISTAKE_COLOURS)
    squares = base.mark_rect(cornerRadius=3, cursor="pointer", stroke=MUTED_COLOUR).encode(
        color=alt.condition(
            "datum.wrong",
            alt.Color(f"{value}:Q", scale=scale, legend=None),
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


def _mark_mistake(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"wrong": row["true_digit"] != row["read_as"] and row["digits"] > 0}


def show_confusion(run: Run, matrix: Matrix) -> None:
    """Show the matrix; its cells are chosen with a click or, without a mouse, with two lists."""
    state = st.session_state
    left, right = st.columns([3, 2])
    with left:
        values = section("mistakes.values")
        shown = st.segmented_control(
            text("mistakes.cells"),
            list(values),
            default=next(iter(values)),
            format_func=values.__getitem__,
            required=True,
            key="cells",
            width="content",
        )

        def choose() -> None:
            for cell in state.matrix.selection.get("cell", []):
                state.mistake_truth = str(cell["true_digit"])
                state.mistake_answer = str(cell["read_as"])

        rows = confusion_rows(matrix)
        st.altair_chart(
            confusion_chart(rows, shares=shown == "shares"),
            width="stretch",
            key="matrix",
            on_select=choose,
            alt=text("mistakes.chart", run=run.label),
        )
        csv_button(rows, "confusion.csv")
    with right:
        st.caption(text("mistakes.choose"))
        with st.container(horizontal=True, gap="small"):
            truth = _choose_digit(text("mistakes.true_digit"), "mistake_truth")
            answer = _choose_digit(text("mistakes.read_as"), "mistake_answer")
        _show_cell(run, matrix, truth, answer)


def _choose_digit(label: str, key: str) -> str:
    names = {ANY_DIGIT: text("mistakes.any")}
    return st.selectbox(
        label, DIGIT_CHOICES, format_func=lambda digit: names.get(digit, digit), key=key, width=140
    )


def _show_cell(run: Run, matrix: Matrix, truth: str, answer: str) -> None:
    examples = run.card.examples
    if truth == answer != ANY_DIGIT:
        right = [example for example in examples.right if str(example.label) == truth]
        count = matrix[int(truth)][int(truth)]
        show_examples(right, text("mistakes.right", n=len(right), count=count))
        return
    truths, answers = (range(10) if c == ANY_DIGIT else [int(c)] for c in (truth, answer))
    count = sum(matrix[t][a] for t in truths for a in answers if t != a)
    if not count:
        st.caption(text("mistakes.none"))
        return
    kept = examples.wrong if run.card.mistakes is None else run.card.mistakes
    if kept is None:
        st.caption(text("mistakes.no_pictures", n=count))
        return
    wrong = [e for e in kept if e.label in truths and e.answer in answers and e.label != e.answer]
    if len(wrong) < count:
        show_examples(wrong, text("mistakes.some", shown=len(wrong), n=count))
    else:
        show_examples(wrong, text("mistakes.all", n=count))


def show_examples(examples: Sequence[Example], caption: str) -> None:
    """Show test digits, each with what it is, what it was read as, and how certain that was."""
    st.caption(caption)
    if len(examples) > MAX_SHOWN_DIGITS:
        label = text("mistakes.show_all", n=len(examples))
        if not st.toggle(label, key="all_digits"):
            examples = examples[:MAX_SHOWN_DIGITS]
    if examples:
        st.html(f'<div class="examples">{"".join(map(_example_figure, examples))}</div>')


def _example_figure(example: Example) -> str:
    label, answer = example.label, example.answer
    if label == answer:
        name = with_article(label)
    else:
        name = text("mistakes.mistake", digit=label, answer=answer)
    certain = text("reading.certain", share=percent(example.confidence))
    return (
        f'<figure><img src="data:image/png;base64,{escape(example.png)}" alt="{name}" '
        f'title="{name}, {certain}"><figcaption>{name}<br>{certain}</figcaption></figure>'
    )
