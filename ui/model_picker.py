"""Choosing which recipe reads the drawing, and what all of them make of it."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from model import DigitReaderError
from ui.canvas import Drawing
from ui.models import DEFAULT_READER, readers, recognizer_soon
from ui.text import as_plain, summary, why

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from model import Reading, Stroke


@dataclass(frozen=True)
class Choice:
    """Who reads, and where all of them are to be compared; None where nobody wants that."""

    reader: str = DEFAULT_READER
    comparison: "DeltaGenerator | None" = None

    @property
    def file(self) -> Path:
        """The model of who reads."""
        return readers()[self.reader]


def choose_reader() -> Choice:
    """An expander with every reader; the address keeps which of them was chosen."""
    names = list(readers())
    if len(names) == 1:
        return Choice()
    reader = _chosen(names)
    with st.expander(
        "Other readers", icon=":material/compare_arrows:", key="readers", on_change="rerun"
    ) as expander:
        if not expander.open:
            return Choice(reader)
        st.pills(
            "Reads the drawing",
            names,
            default=reader,
            required=True,
            format_func=as_plain,
            key="reader",
            on_change=_choose,
        )
        return Choice(reader, st.container())


def _chosen(names: list[str]) -> str:
    """Whom the address names, or who was chosen before a look at another page."""
    state = st.session_state
    reader = st.query_params.get("reader", state.get("chosen_reader"))
    state.chosen_reader = reader if reader in names else DEFAULT_READER
    return str(state.chosen_reader)


def _choose() -> None:
    # Not by binding the pills to the address, which forgets them while they are not shown.
    state = st.session_state
    state.chosen_reader = st.query_params["reader"] = state.reader


def compare(choice: Choice, drawing: Drawing | None, size: tuple[int, int]) -> None:
    """The same drawing read by all of them, side by side."""
    if not choice.comparison:
        return
    if drawing:
        cards = "".join(
            _card(name, file, drawing.strokes, size) for name, file in readers().items()
        )
        choice.comparison.html(f'<div class="readers">{cards}</div>')
    else:
        choice.comparison.caption("What you draw is read by all of them, side by side.")


def _card(name: str, file: Path, strokes: "list[Stroke]", size: tuple[int, int]) -> str:
    try:
        reading = recognizer_soon(file).trace_strokes(strokes, size).reading
        text, words = reading.text or "–", _words(reading)
    except DigitReaderError as error:
        text, words = "–", escape(str(error))
    words = words.replace(" %", "&nbsp;%")
    return (
        f'<figure class="reader"><figcaption>{escape(name)}</figcaption>'
        f"<b>{text}</b><span>{words}</span></figure>"
    )


def _words(reading: "Reading") -> str:
    if not reading.digits:
        return "This does not look like a digit."
    if len(reading.digits) > 1:
        return summary(reading.digits)
    return " ".join(filter(None, why(reading.digits[0])))
