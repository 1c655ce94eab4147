"""Choosing which recipe reads the drawing, and what all of them make of it."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from model import DigitReaderError
from ui.canvas import Drawing
from ui.models import DEFAULT_MODEL, model_files, recognizer_if_ready
from ui.text import escape_markdown, explain, summarize

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from model import Reading, Stroke


@dataclass(frozen=True)
class ModelChoice:
    """Who reads, and where all of them are to be compared; None where nobody wants that."""

    name: str = DEFAULT_MODEL
    comparison: "DeltaGenerator | None" = None

    @property
    def file(self) -> Path:
        """The model of who reads."""
        return model_files()[self.name]


def choose_model() -> ModelChoice:
    """An expander with every reader; the address keeps which of them was chosen."""
    names = list(model_files())
    if len(names) == 1:
        return ModelChoice()
    reader = _chosen(names)
    with st.expander(
        "Other readers", icon=":material/compare_arrows:", key="compare_models", on_change="rerun"
    ) as expander:
        if not expander.open:
            return ModelChoice(reader)
        st.pills(
            "Reads the drawing",
            names,
            default=reader,
            required=True,
            format_func=escape_markdown,
            key="reader",
            on_change=_choose,
        )
        return ModelChoice(reader, st.container())


def _chosen(names: list[str]) -> str:
    """The model that the address names, or that was chosen before a look at another page."""
    state = st.session_state
    reader = st.query_params.get("reader", state.get("chosen_model"))
    state.chosen_model = reader if reader in names else DEFAULT_MODEL
    return str(state.chosen_model)


def _choose() -> None:
    # Not by binding the pills to the address, which forgets them while they are not shown.
    state = st.session_state
    state.chosen_model = st.query_params["reader"] = state.reader


def compare(choice: ModelChoice, drawing: Drawing | None, size: tuple[int, int]) -> None:
    """The same drawing read by all of them, side by side."""
    if not choice.comparison:
        return
    if drawing:
        cards = "".join(
            _card(name, file, drawing.strokes, size) for name, file in model_files().items()
        )
        choice.comparison.html(f'<div class="models">{cards}</div>')
    else:
        choice.comparison.caption("What you draw is read by all of them, side by side.")


def _card(name: str, file: Path, strokes: "list[Stroke]", size: tuple[int, int]) -> str:
    try:
        reading = recognizer_if_ready(file).trace_strokes(strokes, size).reading
        text, words = reading.text or "–", _summary(reading)
    except DigitReaderError as error:
        text, words = "–", escape(str(error))
    words = words.replace(" %", "&nbsp;%")
    return (
        f'<figure class="model"><figcaption>{escape(name)}</figcaption>'
        f"<b>{text}</b><span>{words}</span></figure>"
    )


def _summary(reading: "Reading") -> str:
    if not reading.digits:
        return "This does not look like a digit."
    if len(reading.digits) > 1:
        return summarize(reading.digits)
    return " ".join(filter(None, explain(reading.digits[0])))
