"""Test digits as the network saw them."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from model.reading import percent
from ui.words import named

MANY = 48  # more than these are shown on demand


def show_digits(digits: Sequence[dict[str, Any]], caption: str) -> None:
    """Each digit with what it is, what it was read as, and how sure that was."""
    st.caption(caption)
    if len(digits) > MANY and not st.toggle(f"Show all {len(digits)}", key="all_digits"):
        digits = digits[:MANY]
    if digits:
        st.html(f'<div class="examples">{"".join(map(_figure, digits))}</div>')


def _figure(digit: dict[str, Any]) -> str:
    label, answer = int(digit["label"]), int(digit["answer"])
    words = named(label) if label == answer else f"{named(label)}, read as {answer}"
    sure = f"{percent(float(digit['confidence']))} sure"
    return (
        f'<figure><img src="data:image/png;base64,{escape(digit["png"])}" alt="{words}" '
        f'title="{words}, {sure}"><figcaption>{words}<br>{sure}</figcaption></figure>'
    )
