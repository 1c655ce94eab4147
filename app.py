"""Draw: a canvas and, after every stroke, the number on it."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from model import ImageError
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH, Drawing, canvas, clear
from ui.collect import collect_drawings
from ui.images import picture_html, to_thumbnail
from ui.model_picker import ModelChoice, choose_model, compare
from ui.models import DEFAULT_MODEL, model_label, recognizer_or_stop, warm_up
from ui.page import page
from ui.pipeline_view import Stages, show_stages
from ui.rate_limit import may_read
from ui.reading import explain_error, show_message, show_reading
from ui.server import ROUTES, lifespan, report_error
from ui.text import escape_markdown, text

if TYPE_CHECKING:
    from model import Trace

READING_WIDTH = 400  # pixels
CANVAS_SIZE = (CANVAS_WIDTH, CANVAS_HEIGHT)


@st.fragment
def draw() -> None:
    """Show the page; a stroke runs this part again and nothing else."""
    beside = st.container(horizontal=True, gap="medium")  # below each other on a phone
    with beside, st.container(width="content", gap="small"):
        drawing = canvas()
    warm_up()  # behind the canvas, which is on its way to the browser
    stages = st.container()
    choice = choose_model()
    with beside, st.container(width=READING_WIDTH):
        trace = read(drawing, choice)
    if trace:
        with stages:
            show_stages(partial(Stages.of, trace, CANVAS_SIZE), "drawing_stages")
    compare(choice, drawing if trace else None, CANVAS_SIZE)
    collect_drawings(trace, clear)


def read(drawing: Drawing | None, choice: ModelChoice) -> "Trace | None":
    """Read a drawing and show the result; None if there is nothing that can be read."""
    if drawing is None:
        show_message(text("draw.prompt"), text("draw.prompt_hint"))
        return None
    if not may_read():
        show_message(text("draw.too_fast"), text("draw.too_fast_hint"))
        return None
    try:
        trace = recognizer_or_stop(choice.file).trace_strokes(drawing.strokes, CANVAS_SIZE)
    except ImageError as error:
        show_message(explain_error(error, text("errors.drawing")), text("draw.unreadable_hint"))
        return None
    show(drawing, trace)
    if choice.name != DEFAULT_MODEL:
        st.caption(text("draw.read_by", model=escape_markdown(model_label(choice.name))))
    return trace


def show(drawing: Drawing, trace: "Trace") -> None:
    """Show what was read on the drawing."""
    digits, picture = trace.reading.digits, ""
    if not digits:
        show_message(text("reading.not_a_digit"), text("draw.not_a_digit_hint"))
        return
    if len(digits) > 1:
        image = drawing.colourize(to_thumbnail(trace.grey))
        picture = picture_html(image, text("draw.picture"), digits, CANVAS_SIZE)
    show_reading(trace.reading, picture=picture)


if __name__ == "__main__":  # Streamlit runs this file for every visitor,
    page("draw")
    draw()
else:  # and imports it once, to serve it
    app = st.App(__file__, lifespan=lifespan, routes=ROUTES, on_script_error=report_error)
