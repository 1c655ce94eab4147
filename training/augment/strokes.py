"""Hand-made drawings of digits and non-digits as pen strokes, and a small renderer for them.

A stroke is a list of (x, y) points, on a square of side 100 unless noted, y downwards. For photos
(`training.augment.photos`), benchmarks and tests; nothing here is learned from.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

PointList = list[tuple[float, float]]  # (x, y)


def _arc(  # noqa: PLR0917 - an ellipse is six numbers
    x: float, y: float, rx: float, ry: float, start: float, end: float
) -> PointList:
    """Points on an ellipse from one angle to another, degrees, clockwise from three o'clock."""
    steps = max(4, round(abs(end - start) / 12))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


DRAWINGS: dict[int, list[PointList]] = {
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
BARRED_SEVEN: list[PointList] = [*DRAWINGS[7], [(38, 54), (72, 50)]]
# Non-digits that cannot be mistaken for digits.
NON_DIGIT_DRAWINGS: dict[str, list[PointList]] = {
    "A": [[(18, 90), (50, 10), (82, 90)], [(30, 62), (70, 62)]],
    "E": [[(76, 12), (26, 12), (26, 88), (78, 88)], [(26, 50), (66, 50)]],
    "H": [[(24, 10), (24, 90)], [(76, 10), (76, 90)], [(24, 50), (76, 50)]],
    "K": [[(28, 10), (28, 90)], [(72, 10), (28, 54)], [(42, 42), (76, 90)]],
    "M": [[(14, 90), (22, 12), (50, 64), (78, 12), (86, 90)]],
    "W": [[(10, 12), (30, 88), (50, 34), (70, 88), (90, 12)]],
    "X": [[(22, 12), (78, 88)], [(78, 12), (22, 88)]],
    "smiley": [
        _arc(50, 50, 40, 40, 0, 360),
        [(36, 36), (36, 44)],
        [(64, 36), (64, 44)],
        _arc(50, 54, 22, 18, 20, 160),
    ],
    "hatching": [
        [(20, 20), (80, 30), (20, 40), (80, 50), (20, 60), (80, 70), (20, 80)],
        [(30, 10), (40, 90), (50, 10), (60, 90), (70, 10)],
    ],
    "scribble": [[*_arc(45, 45, 30, 34, 0, 700), *_arc(56, 60, 34, 22, 40, 800), (12, 14)]],
}


def written(
    text: str, height: float, *, left: float = 0, top: float = 0, gap: float = 0.35
) -> list[list[PointList]]:
    r"""Return the digits of a text as strokes in pixels, one list per digit.

    Digits are `height` pixels high and `gap` times that apart; `height` pixels lie between two text
    lines, which are separated by "\n".
    """
    digits: list[list[PointList]] = []
    for row, line in enumerate(text.split("\n")):
        x = left
        for digit in line:
            strokes, width = _scaled(DRAWINGS[int(digit)], height, x, top + 2 * row * height)
            digits.append(strokes)
            x += width + gap * height
    return digits


def _scaled(
    strokes: list[PointList], height: float, left: float, top: float
) -> tuple[list[PointList], float]:
    """Strokes moved to a corner and scaled to a height, and their width."""
    points = np.concatenate([np.array(stroke) for stroke in strokes])
    (x, y), (right, bottom) = points.min(axis=0), points.max(axis=0)
    scale = height / (bottom - y)
    moved = [[(left + (a - x) * scale, top + (b - y) * scale) for a, b in s] for s in strokes]
    return moved, (right - x) * scale


def cover(strokes: list[PointList], shape: tuple[int, int], pen: float) -> NDArray[np.float32]:
    """Return how far a round pen of `pen` pixels covers each pixel of `shape`, in [0, 1]."""
    covered = np.zeros(shape, np.uint8)
    for stroke in strokes:
        points = np.rint(np.array(stroke) * 16).astype(np.int32)
        cv2.polylines(covered, [points], False, 255, max(1, round(pen)), cv2.LINE_AA, 4)
    return np.asarray(covered / 255, np.float32)


def render(
    digit: int, *, side: int = 200, brush: int = 14, ink: int = 0, paper: int = 255
) -> NDArray[np.uint8]:
    """Render the drawing of a digit as grey levels, (side, side) uint8."""
    return render_drawing(DRAWINGS[digit], side=side, brush=brush, ink=ink, paper=paper)


def render_drawing(
    strokes: list[PointList], *, side: int = 200, brush: int = 14, ink: int = 0, paper: int = 255
) -> NDArray[np.uint8]:
    """Render strokes on the square of side 100 as grey levels, (side, side) uint8."""
    image = np.full((side, side), paper, np.uint8)
    for stroke in strokes:
        points = np.array([(x * side / 100, y * side / 100) for x, y in stroke])
        cv2.polylines(image, [points.round().astype(np.int32)], False, ink, brush, cv2.LINE_AA)
    return image
