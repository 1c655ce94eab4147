"""The canvas: strokes that can be undone, cleared and kept from page to page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import Stroke
from ui.text import section, text

if TYPE_CHECKING:
    from PIL import Image

# Pixels: room for a number; style.css shows it smaller on a phone.
CANVAS_WIDTH, CANVAS_HEIGHT = 560, 400
CANVAS_KEY = "canvas"
Objects = list[dict[str, Any]]  # the strokes as Fabric.js writes them


@dataclass(frozen=True)
class Palette:
    """Colours to draw in, as CSS writes them."""

    ink: str
    background: str


PALETTES = {
    "dark_on_light": Palette(ink="#14181f", background="#ffffff"),
    "light_on_dark": Palette(ink="#ffffff", background="#000000"),
}
DEFAULT_BRUSH = 20  # pixels


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas."""

    strokes: list[Stroke]
    palette: Palette

    def colourize(self, grey: "Image.Image") -> "Image.Image":
        """Return a picture of dark ink on light in the colours that it was drawn in."""
        from PIL import ImageOps

        return ImageOps.colorize(grey, self.palette.ink, self.palette.background)


def canvas() -> Drawing | None:
    """Show the canvas with its buttons; return the drawing, None if it is empty."""
    # Imported here: outside a running app the import raises.
    from streamlit_drawable_canvas import st_canvas

    state = st.session_state
    if CANVAS_KEY not in state:  # the first visit, or back from another page
        _restart(state.get("canvas_strokes", []))
    # Kept under other names too, since Streamlit forgets widgets that another page does not show.
    state.palette = state.get("canvas_palette", state.get("palette", _palette_of_the_theme()))
    state.brush = state.get("canvas_brush", state.get("brush", DEFAULT_BRUSH))
    palette = PALETTES[state.palette]
    with st.container(key="canvas_frame"):
        st_canvas(
            key=CANVAS_KEY,
            width=CANVAS_WIDTH,
            height=CANVAS_HEIGHT,
            stroke_width=state.brush,
            stroke_color=palette.ink,
            background_color=palette.background,
            initial_drawing=state.canvas_start,
        )
    strokes = state.canvas_strokes = _strokes()
    _show_tools(empty=not strokes)
    return Drawing(strokes_of(strokes), palette) if strokes else None


def _reported() -> Objects | None:
    """Return what the browser last reported to be on the canvas."""
    drawing = (st.session_state.get(CANVAS_KEY) or {}).get("drawing") or {}
    objects: Objects | None = (drawing.get("raw") or {}).get("objects")
    return objects


def _strokes() -> Objects:
    """Return what is on the canvas: its first strokes until the browser reports something new.

    A report takes a moment, and after quick undos the older ones arrive first.
    """
    state = st.session_state
    reported = _reported()
    if reported is None or reported in state.canvas_outdated:
        started: Objects = state.canvas_start["objects"]
        return started
    state.canvas_outdated = []
    return reported


def _restart(strokes: Objects) -> None:
    """Start the canvas again with these strokes."""
    state = st.session_state
    before = [_reported(), state.get("canvas_start", {}).get("objects")]
    state.canvas_outdated = [*state.get("canvas_outdated", []), *before]
    # The canvas redraws when its start differs from the last one, which a number ensures.
    state.canvas_restarts = state.get("canvas_restarts", 0) + 1
    state.canvas_start = {"objects": strokes, "turn": state.canvas_restarts}
    state.canvas_strokes = strokes


def _show_tools(*, empty: bool) -> None:
    """Show the page's own buttons: the canvas's toolbar shows on hover, so never on a phone."""
    state = st.session_state
    with st.container(horizontal=True, key="canvas_tools", gap="small"):
        st.button(
            text("draw.undo"), icon=":material/undo:", on_click=_undo, disabled=empty, key="undo"
        )
        st.button(
            text("draw.clear"),
            icon=":material/delete:",
            on_click=clear,
            disabled=empty,
            key="clear",
        )
        with st.popover(text("draw.pen"), icon=":material/brush:"):
            st.slider(text("draw.pen_width"), 6, 40, state.brush, key="canvas_brush")
            names = list(PALETTES)
            st.radio(
                text("draw.ink"),
                names,
                names.index(state.palette),
                format_func=section("inks").__getitem__,
                key="canvas_palette",
                on_change=_apply_palette,
            )


def _undo() -> None:
    _restart(_strokes()[:-1])


def clear() -> None:
    """Remove everything from the canvas."""
    _restart([])


def _apply_palette() -> None:
    ink = PALETTES[st.session_state.canvas_palette].ink
    _restart([stroke | {"stroke": ink} for stroke in _strokes()])


def _palette_of_the_theme() -> str:
    return list(PALETTES)[1 if st.context.theme.type == "dark" else 0]


Points = NDArray[np.float32]  # (n, 2) x, y

# How far along a curve it is sampled, and the weights of its start, bend and end there.
CURVE_STEPS = np.linspace(0, 1, 13, dtype=np.float32)[1:]
CURVE_WEIGHTS = np.stack(
    [(1 - CURVE_STEPS) ** 2, 2 * CURVE_STEPS * (1 - CURVE_STEPS), CURVE_STEPS**2], axis=1
)
# Fabric.js takes the bounds of a curve as if it bent twice at the same point.
BOUNDS_WEIGHTS = np.stack(
    [(1 - CURVE_STEPS) ** 3, 3 * CURVE_STEPS * (1 - CURVE_STEPS), CURVE_STEPS**3], axis=1
)


def strokes_of(objects: Sequence[dict[str, Any]]) -> list[Stroke]:
    """Convert the paths of Fabric.js to strokes in pixels of the canvas, in the order drawn."""
    return [_stroke(path) for path in objects]


def _stroke(path: dict[str, Any]) -> Stroke:
    """Convert a path as the canvas shows it: the edit tool may have moved, scaled or turned it.

    The centre of its bounds goes to (left, top), which is its place already unless it was edited.
    """
    bounds = _sample_path(path["path"], BOUNDS_WEIGHTS)
    centre = (bounds.min(axis=0) + bounds.max(axis=0)) / 2
    flip = np.where([path.get("flipX", False), path.get("flipY", False)], -1, 1)
    scale = flip * [path.get("scaleX", 1), path.get("scaleY", 1)]
    angle = math.radians(path.get("angle", 0))
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    points = (_sample_path(path["path"], CURVE_WEIGHTS) - centre) * scale @ turn + [
        path["left"],
        path["top"],
    ]
    return Stroke(points.astype(np.float32), path["strokeWidth"] * math.sqrt(abs(scale.prod())))


def _sample_path(commands: Sequence[Sequence[Any]], weights: NDArray[np.float32]) -> Points:
    """Sample a path of M, L and Q commands; a line is a curve that bends at its own end."""
    points = np.array([commands[0][1:]], np.float32)
    for _, *numbers in commands[1:]:
        corners = np.array([points[-1], numbers[:2], numbers[-2:]], np.float32)
        points = np.concatenate([points, weights @ corners])
    return points
