"""What stays for good is kept out of the way of Python's garbage collector."""

import gc

import streamlit as st


@st.cache_resource(show_spinner=False)
def keep_for_good(after: str) -> None:  # noqa: ARG001 - what the cache goes by
    """Let the collector no longer look at what there is now; once for each name of a moment.

    Streamlit has it run after every run of a page, for all visitors' pages one after the other.
    Modules and models stay for good; to look through all of them each time would hold up every
    visitor's next stroke.
    """
    gc.collect()
    gc.freeze()
