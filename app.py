"""Draw: a canvas and, after every stroke, what is read on it."""

import streamlit as st

from ui.canvas import SIDE, canvas
from ui.frame import page
from ui.reading import show_reading
from ui.recognizer import recognizer_or_stop

page("Draw")


@st.fragment
def draw() -> None:
    """A stroke runs this part of the page again and nothing else."""
    beside = st.container(horizontal=True, gap="medium")  # below each other on a phone
    with beside, st.container(width=SIDE, gap="small"):
        drawing = canvas()
    with beside, st.container(width=SIDE):
        recognizer = recognizer_or_stop()  # behind the canvas, so that it is warm for a stroke
        reading = None if drawing is None else recognizer.read(drawing, name="The drawing")
        show_reading(
            reading,
            invitation="Draw a digit from 0 to 9.",
            hint="It is read after every stroke.",
        )


draw()
