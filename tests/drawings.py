"""Ten digits drawn for the tests, as pen strokes, and a small renderer for them.

Each stroke is a list of (x, y) points on a square of side 100, y downwards.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Stroke = list[tuple[float, float]]


def _arc(  # noqa: PLR0917 - an ellipse is six numbers
    x: float, y: float, rx: float, ry: float, start: float, end: float
) -> Stroke:
    """Points on an ellipse from one angle to another, degrees, clockwise from three o'clock."""
    steps = max(4, round(abs(end - start) / 12))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


DRAWINGS: dict[int, list[Stroke]] = {
    0: [_arc(50, 50, 26, 38, -80, 282)],
    1: [[(44, 20), (52, 12), (51, 50), (50, 90)]],
    2: [[*_arc(50, 32, 24, 20, -170, 30), (50, 66), (26, 88), (78, 86)]],
    3: [[*_arc(46, 31, 24, 20, -150, 80), *_arc(46, 69, 26, 21, -75, 150)]],
    4: [[(42, 12), (24, 60), (80, 58)], [(62, 34), (58, 92)]],
    5: [[(36, 14), (33, 46), *_arc(46, 66, 26, 23, -100, 140)], [(36, 14), (74, 13)]],
    6: [[(64, 10), (42, 34), *_arc(50, 68, 22, 22, -170, 190)]],
    7: [[(24, 16), (76, 14), (58, 50), (46, 92)]],
    8: [[*_arc(50, 31, 19, 19, 80, -270), *_arc(50, 70, 23, 20, -90, 275)]],
    9: [[*_arc(50, 32, 21, 20, -10, -370), (70, 60), (60, 92)]],
}


def render(
    digit: int, *, side: int = 200, brush: int = 14, ink: int = 0, paper: int = 255
) -> NDArray[np.uint8]:
    """A drawing as grey levels, (side, side) uint8."""
    image = np.full((side, side), paper, np.uint8)
    for stroke in DRAWINGS[digit]:
        points = np.array([(x * side / 100, y * side / 100) for x, y in stroke])
        cv2.polylines(image, [points.round().astype(np.int32)], False, ink, brush, cv2.LINE_AA)
    return image
