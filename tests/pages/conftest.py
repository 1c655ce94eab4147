"""Every page test starts with a fresh server state."""

import threading
from collections.abc import Iterator

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    for thread in threading.enumerate():
        if thread.name == "warm-up":  # else it would fill the cache of the next test
            thread.join()
