"""Choose the model that reads the drawing, and compare what all of them read."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from model import DigitReaderError
from ui.canvas import Drawing
from ui.models import DEFAULT_MODEL, model_files, model_label, recognizer_if_ready
from ui.reading import explain, summarize
from ui.text import escape_markdown, section, text

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from model import Reading, Stroke


@dataclass(frozen=True)
class ModelChoice:
    """The model that reads, and where all of them are compared; None where nobody wants that."""

    name: str = DEFAULT_MODEL
    comparison: "DeltaGenerator | None" = None

    @property
    def file(self) -> Path:
        """The `.keras` file of the model."""
        return model_files()[self.name]


def choose_model() -> ModelChoice:
    """Show an expander with every model; the address keeps which of them was chosen."""
    names = list(model_files())
    if len(names) == 1:
        return ModelChoice()
    name = _chosen(names)
    with st.expander(
        text("compare.title"),
        icon=":material/compare_arrows:",
        key="compare_models",
        on_change="rerun",
    ) as expander:
        if not expander.open:
            return ModelChoice(name)
        st.pills(
            text("compare.read_with"),
            names,
            default=name,
            required=True,
            format_func=lambda name: escape_markdown(model_label(name)),
            key="reader",
            on_change=_choose,
        )
        st.caption(section("models_about").get(name, ""))
        return ModelChoice(name, st.container())


def _chosen(names: list[str]) -> str:
    """The model that the address names, or that was chosen before another page was open."""
    state = st.session_state
    name = st.query_params.get("reader", state.get("chosen_model"))
    state.chosen_model = name if name in names else DEFAULT_MODEL
    return str(state.chosen_model)


def _choose() -> None:
    # Not by binding the pills to the address, which forgets them while they are not shown.
    state = st.session_state
    state.chosen_model = st.query_params["reader"] = state.reader


def compare(choice: ModelChoice, drawing: Drawing | None, size: tuple[int, int]) -> None:
    """Show what each model reads on the drawing, side by side."""
    if not choice.comparison:
        return
    if drawing:
        cards = "".join(
            _comparison_card(name, file, drawing.strokes, size)
            for name, file in model_files().items()
        )
        choice.comparison.html(f'<div class="models">{cards}</div>')
    else:
        choice.comparison.caption(text("compare.prompt"))


def _comparison_card(name: str, file: Path, strokes: "list[Stroke]", size: tuple[int, int]) -> str:
    read = text("app.nothing")
    try:
        reading = recognizer_if_ready(file).trace_strokes(strokes, size).reading
        read, note = reading.text or read, _certainty(reading)
    except DigitReaderError as error:
        note = escape(str(error))
    about = section("models_about").get(name, "")
    return (
        f'<figure class="model" data-model="{escape(name)}" title="{escape(about)}">'
        f"<figcaption>{escape(model_label(name))}</figcaption>"
        f"<b>{read}</b><span>{note}</span></figure>"
    )


def _certainty(reading: "Reading") -> str:
    if not reading.digits:
        return text("reading.not_a_digit")
    if len(reading.digits) > 1:
        return summarize(reading)
    return " ".join(filter(None, explain(reading.digits[0])))
