"""Strokes are where the canvas shows them. The paths are as Fabric.js wrote them in a browser."""

from typing import Any

import numpy as np
import pytest

from ui.canvas import strokes_of

ANGLE = {
    "type": "Path",
    "originX": "center",
    "originY": "center",
    "left": 209.8448,
    "top": 143.6432,
    "width": 220.3585,
    "height": 191.3343,
    "strokeWidth": 24,
    "scaleX": 1,
    "scaleY": 1,
    "angle": 0,
    "flipX": False,
    "flipY": False,
    "path": [
        ["M", 168.024, 47.976],
        ["Q", 168, 48, 159, 72],
        ["Q", 150, 96, 141, 120],
        ["Q", 132, 144, 123, 168],
        ["Q", 114, 192, 105, 216],
        ["Q", 96, 240, 124, 239],
        ["Q", 152, 238, 180, 237],
        ["Q", 208, 236, 264, 234],
        ["L", 320.024, 231.976],
    ],
}
DOT = {
    "type": "Path",
    "left": 30,
    "top": 30,
    "strokeWidth": 12,
    "path": [["M", 29.976, 30], ["L", 30.024, 30]],
}


def edited(**changes: Any) -> np.ndarray:
    (stroke,) = strokes_of([ANGLE | changes])
    return stroke.points


def test_stroke_passes_where_the_pen_did() -> None:
    (stroke,) = strokes_of([ANGLE])
    assert stroke.width == 24
    assert stroke.points.dtype == np.float32
    for x, y in ((168, 48), (141, 120), (105, 216), (124, 239), (320, 232)):
        assert np.hypot(*(stroke.points - (x, y)).T).min() < 0.1


def test_curve_is_round() -> None:
    corner = edited()[np.hypot(*(edited() - (105, 233)).T) < 12]
    assert len(corner) >= 4
    assert edited()[:, 0].min() == pytest.approx(102.8, abs=0.1)  # it bends towards 96


def test_dot_is_a_stroke() -> None:
    (stroke,) = strokes_of([DOT])
    assert stroke.points == pytest.approx(np.full((len(stroke.points), 2), 30), abs=0.1)


def test_strokes_keep_their_order_and_widths() -> None:
    assert [stroke.width for stroke in strokes_of([DOT, ANGLE, DOT])] == [12, 24, 12]


def test_moved_stroke_is_read_where_it_is() -> None:
    moved = edited(left=309.8448, top=123.6432)
    assert moved - edited() == pytest.approx(np.full(moved.shape, (100, -20)), abs=0.01)


def test_scaled_and_turned_stroke_is_read_as_it_is_shown() -> None:
    (stroke,) = strokes_of([ANGLE | {"scaleX": 0.5, "scaleY": 0.5, "angle": 90}])
    assert stroke.width == 12
    start = stroke.points[0]  # it began up on the left, so a quarter turn clockwise ends right
    assert start == pytest.approx((209.84 + 95.67 / 2, 143.64 - 41.82 / 2), abs=0.5)


def test_flipped_stroke_is_read_as_it_is_shown() -> None:
    flipped = edited(flipX=True)
    assert flipped[:, 0] == pytest.approx(2 * 209.8448 - edited()[:, 0], abs=0.5)
    assert flipped[:, 1] == pytest.approx(edited()[:, 1], abs=0.01)
