"""Strokes become one ink map and one component each."""

import json
from pathlib import Path

import numpy as np
import pytest

from model.ink.components import find_components
from model.strokes import Stroke, render_strokes
from training.augment.strokes import cover

SIZE = (120, 80)  # width, height


def stroke(*points: tuple[float, float], width: float = 6) -> Stroke:
    return Stroke(np.array(points, np.float32).reshape(-1, 2), width)


def test_ink_map_has_the_size_of_the_drawing() -> None:
    ink, components = render_strokes([stroke((10, 10), (100, 10))], SIZE)
    assert ink.shape == (80, 120)
    assert ink.dtype == np.float32
    assert ink.max() == 1
    assert len(components) == 1


def test_every_stroke_is_a_component_where_they_touch() -> None:
    ink, components = render_strokes(
        [stroke((20, 20), (40, 40), (20, 60)), stroke((45, 20), (45, 60))], SIZE
    )
    left, right = components
    assert left.right > right.left
    for component in components:
        x, y, w, h = component.box
        assert (component.ink <= ink[y : y + h, x : x + w]).all()


def test_ink_map_is_the_darkest_of_all_strokes() -> None:
    one, two = stroke((20, 40), (100, 40)), stroke((60, 10), (60, 70), width=3)
    both = render_strokes([one, two], SIZE)[0]
    assert np.array_equal(
        both, np.maximum(render_strokes([one], SIZE)[0], render_strokes([two], SIZE)[0])
    )


@pytest.mark.parametrize("width", [1, 2, 6, 15, 30.4])
def test_pen_is_as_wide_as_it_says(width: float) -> None:
    ink = render_strokes([stroke((20.5, 40.5), (100.5, 40.5), width=width)], SIZE)[0]
    assert ink[:, 60].sum() == pytest.approx(width, abs=3)  # OpenCV draws a soft edge around


def test_stroke_lies_where_the_pen_went() -> None:
    (component,) = render_strokes([stroke((20, 20), (90, 60), width=4)], SIZE)[1]
    x, y, w, h = component.box
    assert (x, y, x + w, y + h) == pytest.approx((18, 18, 92, 62), abs=2)


@pytest.mark.parametrize("points", [[(50, 40)], [(50, 40), (50, 40)], [(50, 40), (50.02, 40)]])
def test_touch_without_a_movement_is_a_dot(points: list[tuple[float, float]]) -> None:
    (component,) = render_strokes([stroke(*points, width=10)], SIZE)[1]
    assert component.width == pytest.approx(11, abs=2)
    assert component.height == pytest.approx(11, abs=2)


def test_stroke_over_the_border_is_clipped() -> None:
    ink, (component,) = render_strokes([stroke((-50, 40), (60, 40))], SIZE)
    assert component.left == 0
    assert ink[40, 0] == 1


def test_stroke_beside_the_drawing_is_no_component() -> None:
    ink, components = render_strokes(
        [stroke((-50, -40), (-20, -10)), stroke((500, 10), (600, 20))], SIZE
    )
    assert not ink.any()
    assert components == []


@pytest.mark.parametrize("strokes", [[], [stroke()]])
def test_no_points_no_ink(strokes: list[Stroke]) -> None:
    ink, components = render_strokes(strokes, SIZE)
    assert ink.shape == (80, 120)
    assert not ink.any()
    assert components == []


@pytest.mark.parametrize("place", [(40, 30), (-60, 20), (200, 150), (400, 0)])
def test_each_stroke_is_drawn_as_if_alone(place: tuple[int, int], data: Path) -> None:
    """Where it is within the drawing, and where it leaves it."""
    for sample in json.loads((data / "pen-dev.json").read_text())[:40]:
        strokes = [np.array(points, np.float32) * 0.6 + place for points in sample["strokes"]]
        ink, components = render_strokes([Stroke(points, 18) for points in strokes], (300, 220))
        alone = [cover([points.tolist()], (220, 300), 18) for points in strokes]
        assert np.abs(ink - np.max(alone, axis=0)).max() < 0.02
        whole = [component.box for sheet in alone for component in find_components(sheet)]
        assert [component.box for component in components] == whole
