"""Draw: a canvas and, after every stroke, what is read on it."""

import streamlit as st

from ui.canvas import HEIGHT, WIDTH, canvas
from ui.frame import page
from ui.reading import show_message, show_reading
from ui.recognizer import recognizer_or_stop
from ui.stages import Stages, show_stages

READING_WIDTH = 400  # pixels

page("Draw")


@st.fragment
def draw() -> None:
    """A stroke runs this part of the page again and nothing else."""
    beside = st.container(horizontal=True, gap="medium")  # below each other on a phone
    with beside, st.container(width="content", gap="small"):
        drawing = canvas()
    with beside, st.container(width=READING_WIDTH):
        recognizer = recognizer_or_stop()  # behind the canvas, so that it is warm for a stroke
        if drawing is None:
            show_message("Draw a digit or a whole number.", "It is read after every stroke.")
            return
        size = (WIDTH, HEIGHT)
        stages = Stages.of(recognizer.trace_strokes(drawing.strokes, size), size)
        picture = stages.boxed(drawing.coloured(stages.grey), "The drawing, a box on every digit")
        if stages.reading.digits:
            show_reading(stages.reading, picture=picture)
        else:
            show_message("This does not look like a digit.", "Draw it larger, or in one piece.")
    show_stages(stages, "drawing_stages")


draw()
