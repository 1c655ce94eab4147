"""Pen strokes, as a canvas knows them: better than pixels for telling touching digits apart."""

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
    """One movement of a round pen."""

    points: NDArray[np.float32]  # (n, 2) x, y in pixels of the drawing, y downwards
    width: float  # of the pen, in pixels


def draw(strokes: Sequence[Stroke], size: tuple[int, int]) -> "tuple[Ink, list[Component]]":
    """Draw strokes on (width, height) pixels: the ink map, and each stroke as a mark of its own."""
    from model.ink.components import (  # OpenCV is not imported before there are strokes
        Component,
        find_components,
    )

    width, height = size
    ink = np.zeros((height, width), np.float32)
    marks: list[Component] = []
    for stroke in strokes:
        x, y, w, h = _box(stroke, width, height)
        if w <= 0 or h <= 0:  # nothing, or beside the drawing
            continue
        alone = _draw(stroke, (x, y, w, h))
        part = ink[y : y + h, x : x + w]
        np.maximum(part, alone, out=part)
        for mark in find_components(alone):
            box = (mark.left + x, mark.top + y, mark.width, mark.height)
            marks.append(Component(mark.ink, box))
    return ink, marks


def _box(stroke: Stroke, width: int, height: int) -> "Box":
    """The part of the drawing that a stroke may cover, x, y, w, h: no more of it is looked at."""
    if not len(stroke.points):
        return 0, 0, 0, 0
    reach = stroke.width / 2 + 3  # its soft edge included
    low, high = stroke.points.min(axis=0) - reach, stroke.points.max(axis=0) + reach
    # Clipped before rounding, since a point may be anywhere.
    left, top = (int(v) & ~1 for v in np.clip(low, 0, (width, height)))
    right, bottom = (int(v) for v in np.clip(high, 0, (width, height)))
    return left, top, right - left, bottom - top


def _draw(stroke: Stroke, box: "Box") -> "Ink":
    import cv2

    x, y, w, h = box
    canvas = np.zeros((h, w), np.uint8)
    points = (
        np.rint(stroke.points * 2**SUBPIXEL).astype(np.int32)
        - np.array([x, y], np.int32) * 2**SUBPIXEL
    )
    thickness = max(1, round(stroke.width))
    if len(points) == 1:  # a touch without a movement
        points = np.repeat(points, 2, axis=0)
    cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)
