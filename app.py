"""Draw: a canvas and, after every stroke, what is read on it."""

import streamlit as st

from model import ImageError
from ui.canvas import HEIGHT, WIDTH, canvas
from ui.frame import page
from ui.pace import TOO_FAST, may_read
from ui.pictures import as_image, picture_html
from ui.reading import show_message, show_reading
from ui.recognizer import recognizer_or_stop, warm_up
from ui.server import ROUTES, lifespan, report
from ui.stages import Stages, show_stages

READING_WIDTH = 400  # pixels


@st.fragment
def draw() -> None:
    """A stroke runs this part of the page again and nothing else."""
    beside = st.container(horizontal=True, gap="medium")  # below each other on a phone
    with beside, st.container(width="content", gap="small"):
        drawing = canvas()
    warm_up()  # behind the canvas, which is on its way to the browser
    with beside, st.container(width=READING_WIDTH):
        if drawing is None:
            show_message("Draw a digit or a whole number.", "It is read after every stroke.")
            return
        if not may_read():
            show_message(TOO_FAST, "Draw the next stroke in a moment.")
            return
        size = (WIDTH, HEIGHT)
        try:
            trace = recognizer_or_stop().trace_strokes(drawing.strokes, size)
        except ImageError as error:
            show_message(str(error), "Clear the canvas, or undo what is too much.")
            return
        digits, picture = trace.reading.digits, ""
        if len(digits) > 1:
            paper = drawing.coloured(as_image(trace.grey))
            picture = picture_html(paper, "The drawing, a box on every digit", digits, size)
        if digits:
            show_reading(trace.reading, picture=picture)
        else:
            show_message("This does not look like a digit.", "Draw it larger, or in one piece.")
    show_stages(lambda: Stages.of(trace, size), "drawing_stages")


if __name__ == "__main__":  # Streamlit runs this file for every visitor,
    page("Draw")
    draw()
else:  # and imports it once, to serve it
    app = st.App(__file__, lifespan=lifespan, routes=ROUTES, on_script_error=report)
