"""Components are returned in reading order."""

import math

import numpy as np
import pytest

from model.ink.components import Box, Component
from model.segment.reading_order import group_lines


def component(x: float, y: float, w: float, h: float) -> Component:
    box: Box = (round(x), round(y), round(w), round(h))
    return Component(np.ones((box[3], box[2]), np.float32), box)


def boxes(components: list[Component]) -> list[list[Box]]:
    """The boxes in the order in which they are read, whatever order they came in."""
    shuffled = [components[i] for i in np.random.default_rng(0).permutation(len(components))]
    return [[m.box for m in line] for line in group_lines(shuffled)]


def row(
    count: int, *, x: float = 20, y: float = 20, slant: float = 0, height: float = 60
) -> list[Component]:
    """Components side by side, each lower than the one before by `slant` of the distance."""
    places = [x + 1.1 * height * i for i in range(count)]
    return [component(p, y + slant * (p - x), 0.7 * height, height) for p in places]


def test_without_components_there_is_no_text_line() -> None:
    assert group_lines([]) == []


def test_one_line_is_read_from_left_to_right() -> None:
    components = row(5)
    assert boxes(components) == [[m.box for m in components]]


def test_lines_are_read_from_top_to_bottom() -> None:
    upper, lower = row(4), row(3, y=130, x=60)
    assert boxes(lower + upper) == [[m.box for m in upper], [m.box for m in lower]]


@pytest.mark.parametrize("degrees", [-20, -10, 10, 20])
def test_line_may_slant(degrees: float) -> None:
    components = row(6, y=300, slant=math.tan(math.radians(degrees)))
    assert boxes(components) == [[m.box for m in components]]


def test_two_slanted_lines_stay_two() -> None:
    """The end of the first one is lower than the beginning of the second."""
    slant = math.tan(math.radians(15))
    upper, lower = row(7, y=20, slant=slant), row(7, y=130, slant=slant)
    assert boxes(upper + lower) == [[m.box for m in upper], [m.box for m in lower]]


def test_low_component_stands_on_the_line_of_its_neighbours() -> None:
    five, four = component(20, 20, 40, 60), component(120, 22, 40, 60)
    low = component(75, 50, 30, 30)
    assert boxes([five, low, four]) == [[five.box, low.box, four.box]]


def test_raised_and_lowered_digits_are_on_one_line() -> None:
    components = [component(70 * i, 40 + 15 * (-1) ** i, 45, 60) for i in range(6)]
    assert boxes(components) == [[m.box for m in components]]


def test_what_is_far_away_is_another_line() -> None:
    left, right = row(2), row(2, x=900)
    assert len(boxes(left + right)) == 2


def test_large_and_small_digits_on_one_line() -> None:
    components = [
        component(20, 20, 70, 100),
        component(110, 60, 40, 60),
        component(170, 25, 70, 95),
    ]
    assert boxes(components) == [[m.box for m in components]]
