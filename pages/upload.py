"""Upload: images of digits, each shown with its reading."""

import streamlit as st

from ui.models import recognizer_or_stop, warm_up
from ui.page import page
from ui.reading import show_message
from ui.upload import ask_images, ask_options, show_uploads

page("Upload")

images = ask_images()
options = ask_options()
warm_up()
if not images:
    show_message("Drop an image above.", "Or take a photo. It is read at once.")
    st.stop()
show_uploads(recognizer_or_stop(), images, options)
