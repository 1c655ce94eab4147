"""Draw: a canvas and, after every stroke, what is read on it."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from model import ImageError
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH, Drawing, canvas, clear
from ui.collect import collect_drawings
from ui.images import picture_html, to_thumbnail
from ui.model_picker import ModelChoice, choose_model, compare
from ui.models import DEFAULT_MODEL, recognizer_or_stop, warm_up
from ui.page import page
from ui.pipeline_view import Stages, show_stages
from ui.rate_limit import TOO_FAST, may_read
from ui.reading import show_message, show_reading
from ui.server import ROUTES, lifespan, report_error
from ui.text import escape_markdown

if TYPE_CHECKING:
    from model import Trace

READING_WIDTH = 400  # pixels
CANVAS_SIZE = (CANVAS_WIDTH, CANVAS_HEIGHT)


@st.fragment
def draw() -> None:
    """A stroke runs this part of the page again and nothing else."""
    beside = st.container(horizontal=True, gap="medium")  # below each other on a phone
    with beside, st.container(width="content", gap="small"):
        drawing = canvas()
    warm_up()  # behind the canvas, which is on its way to the browser
    how = st.container()
    choice = choose_model()
    with beside, st.container(width=READING_WIDTH):
        trace = read(drawing, choice)
    if trace:
        with how:
            show_stages(partial(Stages.of, trace, CANVAS_SIZE), "drawing_stages")
    compare(choice, drawing if trace else None, CANVAS_SIZE)
    collect_drawings(trace, clear)


def read(drawing: Drawing | None, choice: ModelChoice) -> "Trace | None":
    """Read a drawing and show what is read; None if it cannot be."""
    if drawing is None:
        show_message("Draw a digit or a whole number.", "It is read after every stroke.")
        return None
    if not may_read():
        show_message(TOO_FAST, "Draw the next stroke in a moment.")
        return None
    try:
        trace = recognizer_or_stop(choice.file).trace_strokes(drawing.strokes, CANVAS_SIZE)
    except ImageError as error:
        show_message(str(error), "Clear the canvas, or undo what is too much.")
        return None
    digits, picture = trace.reading.digits, ""
    if len(digits) > 1:
        picture_of_drawing = drawing.colourize(to_thumbnail(trace.grey))
        picture = picture_html(
            picture_of_drawing, "The drawing, a box on every digit", digits, CANVAS_SIZE
        )
    if digits:
        show_reading(trace.reading, picture=picture)
    else:
        show_message("This does not look like a digit.", "Draw it larger, or in one piece.")
    if choice.name != DEFAULT_MODEL:
        st.caption(f"Read by {escape_markdown(choice.name)}.")
    return trace


if __name__ == "__main__":  # Streamlit runs this file for every visitor,
    page("Draw")
    draw()
else:  # and imports it once, to serve it
    app = st.App(__file__, lifespan=lifespan, routes=ROUTES, on_script_error=report_error)
