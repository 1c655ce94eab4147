"""Upload: images of digits, each shown with its reading."""

import streamlit as st

from model.decode import FORMATS_IN_WORDS, SUFFIXES
from ui.frame import page
from ui.reading import show_reading
from ui.recognizer import recognizer_or_stop
from ui.upload import show_uploads

page("Upload")

files = st.file_uploader(
    "Images of one handwritten digit each",
    type=list(SUFFIXES),
    accept_multiple_files=True,
    help=f"Photos, scans and screenshots: {FORMATS_IN_WORDS}.",
)
recognizer = recognizer_or_stop()
if not files:
    show_reading(None, invitation="Drop an image above.", hint="It is read at once.")
    st.stop()
show_uploads(recognizer, files)
