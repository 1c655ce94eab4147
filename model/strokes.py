"""Pen strokes, as a canvas knows them: better than pixels for telling touching digits apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from model.ink import Ink
    from model.marks import Mark

SUBPIXEL = 4  # bits after the point that OpenCV draws with


@dataclass(frozen=True, eq=False)
class Stroke:
    """One movement of a round pen."""

    points: NDArray[np.float32]  # (n, 2) x, y in pixels of the drawing, y downwards
    width: float  # of the pen, in pixels


def draw(strokes: Sequence[Stroke], size: tuple[int, int]) -> "tuple[Ink, list[Mark]]":
    """Draw strokes on (width, height) pixels: the ink map, and each stroke as a mark of its own."""
    from model.marks import find_marks  # OpenCV is not imported before there are strokes

    width, height = size
    ink = np.zeros((height, width), np.float32)
    marks: list[Mark] = []
    for stroke in strokes:
        alone = _draw(stroke, width, height)
        np.maximum(ink, alone, out=ink)
        marks += find_marks(alone)
    return ink, marks


def _draw(stroke: Stroke, width: int, height: int) -> "Ink":
    import cv2

    canvas = np.zeros((height, width), np.uint8)
    points = np.rint(stroke.points * 2**SUBPIXEL).astype(np.int32)
    thickness = max(1, round(stroke.width))
    if len(points) == 1:  # a touch without a movement
        points = np.repeat(points, 2, axis=0)
    cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)
