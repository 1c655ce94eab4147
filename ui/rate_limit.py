"""How much one visitor may have read, so that the others get their turn."""

from time import monotonic

import streamlit as st

from model.settings import Limits

TOO_FAST = "That was more at once than is read for one visitor."


def may_read() -> bool:
    """Whether this visitor may have one more image or drawing read now, which counts it.

    On average `max_readings` a second; an upload of `max_files` at once is within it.
    """
    limits, now = Limits.configured(), monotonic()
    most = max(limits.max_readings, limits.max_files)
    left, then = st.session_state.get("readings_left", (most, now))
    left = min(most, left + (now - then) * limits.max_readings)
    granted: bool = left >= 1
    st.session_state.readings_left = (left - granted, now)
    return granted
