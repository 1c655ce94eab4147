"""How much is read at once: by one visitor, so that others get their turn, and by all of them."""

import os
import threading
from time import monotonic

import streamlit as st

from model.settings import Limits


def may_read() -> bool:
    """Count one more image or drawing of this visitor; False if it has to wait.

    A token bucket: `max_readings` a second on average; `max_files` at once are within it.
    """
    limits, now = Limits.configured(), monotonic()
    capacity = max(limits.max_readings, limits.max_files)
    left, then = st.session_state.get("readings_left", (capacity, now))
    left = min(capacity, left + (now - then) * limits.max_readings)
    granted: bool = left >= 1
    st.session_state.readings_left = (left - granted, now)
    return granted


@st.cache_resource(show_spinner=False)
def reading_turn() -> threading.BoundedSemaphore:
    """Return what is held while a photo is read, one for all visitors.

    More photos at once than cores take memory and save no time.
    """
    return threading.BoundedSemaphore(os.cpu_count() or 1)
