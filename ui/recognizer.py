"""The recogniser and the card of its model: loaded once for all visitors."""

import os
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from model import ModelError, Stroke
from model.artifact import DEFAULT, Artifact
from ui.pictures import pixels_html

if TYPE_CHECKING:
    from model import Recognizer

# A one, to read behind the page: what only a reading imports and allocates is there then.
FIRST = (Stroke(np.array([(50, 20), (50, 80)], np.float32), width=10), (100, 100))


@st.cache_resource(show_spinner=False)
def _load() -> "Recognizer | ModelError":
    """The recogniser; a failure is kept too, or every stroke would try again."""
    from model import Recognizer

    try:
        return Recognizer.load()
    except ModelError as error:
        return error


@st.cache_resource(show_spinner=False)
def _card() -> dict[str, Any]:
    return Artifact(DEFAULT).usable_card()


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Begin to load the recogniser behind the page that shows first, once for all visitors."""
    thread = threading.Thread(target=_read_first, name="warm-up", daemon=True)
    thread.start()
    return thread


def _read_first() -> None:
    recognizer = _load()
    if not isinstance(recognizer, ModelError):
        stroke, size = FIRST
        for digit in recognizer.trace_strokes([stroke], size).reading.digits:
            pixels_html(digit)


@st.cache_resource(show_spinner=False)
def reading_turn() -> threading.BoundedSemaphore:
    """Held while a photo is read: more of them at once than cores take memory and save no time."""
    return threading.BoundedSemaphore(os.cpu_count() or 1)


def recognizer_or_stop() -> "Recognizer":
    """The recogniser; where its model cannot be used, the page says why and ends."""
    recognizer = _load()
    if isinstance(recognizer, ModelError):
        st.error(str(recognizer), icon=":material/error:")
        st.stop()
    return recognizer


def card_or_stop() -> dict[str, Any]:
    """The card of the model that reads; without a history on it, the page says so and ends."""
    card = _card()
    if "history" not in card:
        st.info(
            "This model came without a history. `python -m training` trains one and writes its "
            "history here.",
            icon=":material/info:",
        )
        st.stop()
    return card
