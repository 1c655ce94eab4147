"""Upload: images of digits, each shown with its reading."""

import streamlit as st

from ui.models import recognizer_or_stop, warm_up
from ui.page import page
from ui.reading import show_message
from ui.text import text
from ui.upload import choose_images, choose_options, show_uploads

page("upload")

images = choose_images()
options = choose_options()
warm_up()
if not images:
    show_message(text("upload.prompt"), text("upload.prompt_hint"))
    st.stop()
show_uploads(recognizer_or_stop(), images, options)
