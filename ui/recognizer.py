"""The recogniser and the card of its model: loaded once for all visitors."""

from typing import Any

import streamlit as st

from model import ModelError, Recognizer
from model.artifact import DEFAULT, Artifact


@st.cache_resource(show_spinner=False)
def _load() -> tuple[Recognizer, dict[str, Any]] | ModelError:
    """The recogniser and its card; a failure is kept too, or every stroke would try again."""
    try:
        return Recognizer.load(), Artifact(DEFAULT).usable_card()
    except ModelError as error:
        return error


def recognizer_or_stop() -> Recognizer:
    """The recogniser; where its model cannot be used, the page says why and ends."""
    return _loaded_or_stop()[0]


def card_or_stop() -> dict[str, Any]:
    """The card of the model that reads; without a history on it, the page says so and ends."""
    card = _loaded_or_stop()[1]
    if "history" not in card:
        st.info(
            "This model came without a history. `python -m training` trains one and writes its "
            "history here.",
            icon=":material/info:",
        )
        st.stop()
    return card


def _loaded_or_stop() -> tuple[Recognizer, dict[str, Any]]:
    loaded = _load()
    if isinstance(loaded, ModelError):
        st.error(str(loaded), icon=":material/error:")
        st.stop()
    return loaded
