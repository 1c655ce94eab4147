"""Pen strokes, as a canvas reports them: they keep touching digits apart better than pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from model.ink.binarize import Ink
    from model.ink.components import Box, Component

SUBPIXEL = 4  # bits after the point that OpenCV draws with


@dataclass(frozen=True, eq=False)
class Stroke:
    """One movement of a round pen, from pen down to pen up."""

    points: NDArray[np.float32]  # (n, 2) x, y in pixels of the drawing, y downwards
    width: float  # of the pen, in pixels


def render_strokes(
    strokes: Sequence[Stroke], size: tuple[int, int]
) -> "tuple[Ink, list[Component]]":
    """Render strokes on (width, height) pixels.

    Returns the (H, W) ink map and each stroke as a component of its own.
    """
    from model.ink.components import Component, find_components  # late: they import OpenCV

    width, height = size
    ink = np.zeros((height, width), np.float32)
    components: list[Component] = []
    for stroke in strokes:
        x, y, w, h = _stroke_box(stroke, width, height)
        if w <= 0 or h <= 0:  # no points, or beside the drawing
            continue
        alone = _render(stroke, (x, y, w, h))
        part = ink[y : y + h, x : x + w]
        np.maximum(part, alone, out=part)
        for found in find_components(alone):
            box = (found.left + x, found.top + y, found.width, found.height)
            components.append(Component(found.ink, box))
    return ink, components


def _stroke_box(stroke: Stroke, width: int, height: int) -> "Box":
    """Return the part of the drawing that a stroke may cover: x, y, w, h."""
    if not len(stroke.points):
        return 0, 0, 0, 0
    reach = stroke.width / 2 + 3  # its soft edge included
    low, high = stroke.points.min(axis=0) - reach, stroke.points.max(axis=0) + reach
    # Clipped before rounding, since a point may be anywhere.
    left, top = (int(v) & ~1 for v in np.clip(low, 0, (width, height)))
    right, bottom = (int(v) for v in np.clip(high, 0, (width, height)))
    return left, top, right - left, bottom - top


def _render(stroke: Stroke, box: "Box") -> "Ink":
    import cv2

    x, y, w, h = box
    canvas = np.zeros((h, w), np.uint8)
    points = (
        np.rint(stroke.points * 2**SUBPIXEL).astype(np.int32)
        - np.array([x, y], np.int32) * 2**SUBPIXEL
    )
    thickness = max(1, round(stroke.width))
    if len(points) == 1:  # a tap
        points = np.repeat(points, 2, axis=0)
    cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)
