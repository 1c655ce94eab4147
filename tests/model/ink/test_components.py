"""Connected pieces of ink keep their soft edges and know where they are."""

import numpy as np
import pytest

from model.ink.binarize import Ink
from model.ink.components import MOST, Component, find_components, in_image, join, whole


def page(*boxes: tuple[int, int, int, int], level: float = 1) -> Ink:
    ink = np.zeros((60, 80), np.float32)
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = level
    return ink


def test_marks_are_the_connected_pieces_largest_first() -> None:
    marks = find_components(page((5, 5, 4, 4), (20, 10, 6, 30), (50, 20, 12, 10)))
    assert [mark.box for mark in marks] == [(20, 10, 6, 30), (50, 20, 12, 10), (5, 5, 4, 4)]
    assert all(mark.ink.shape == (mark.height, mark.width) for mark in marks)


def test_pieces_that_touch_at_a_corner_are_one_mark() -> None:
    (mark,) = find_components(page((10, 10, 5, 5), (15, 15, 5, 5)))
    assert mark.box == (10, 10, 10, 10)


def test_soft_edge_belongs_to_the_mark() -> None:
    ink = page((9, 9, 12, 12), level=0.2)
    ink[10:20, 10:20] = 1
    (mark,) = find_components(ink)
    assert mark.box == (9, 9, 12, 12)
    assert mark.ink[0, 0] == pytest.approx(0.2)


def test_faint_bridge_joins_nothing() -> None:
    ink = page((10, 10, 10, 20), (26, 10, 10, 20))
    ink[18:20, 20:26] = 0.2
    assert len(find_components(ink)) == 2


def test_mark_does_not_take_its_neighbours_ink() -> None:
    ink = page((10, 10, 10, 20), (21, 10, 10, 20))
    left, right = sorted(find_components(ink), key=lambda mark: mark.left)
    assert (left.right, right.left) == (20, 21)
    assert left.ink.sum() + right.ink.sum() == ink.sum()


def test_without_ink_there_is_no_mark() -> None:
    assert find_components(page()) == []
    assert whole(page()) is None


def test_texture_gives_a_bounded_number_of_marks() -> None:
    speckled = np.zeros((100, 100), np.float32)
    speckled[::3, ::3] = 1
    assert len(find_components(speckled)) == MOST


def test_whole_is_cropped_to_all_ink() -> None:
    mark = whole(page((5, 10, 7, 20), (30, 40, 2, 2), level=0.5))
    assert mark is not None
    assert mark.box == (5, 10, 27, 32)
    assert (mark.left, mark.top, mark.right, mark.bottom) == (5, 10, 32, 42)
    assert (mark.width, mark.height, mark.size) == (27, 32, 32)


def test_joined_marks_keep_all_their_ink_in_place() -> None:
    ink = page((5, 10, 7, 20), (30, 40, 2, 2))
    joined = join(find_components(ink))
    x, y, w, h = joined.box
    assert joined.box == (5, 10, 27, 32)
    assert np.array_equal(joined.ink, ink[y : y + h, x : x + w])


def test_joining_overlapping_marks_keeps_the_darker_ink() -> None:
    one = Component(np.full((4, 4), 0.3, np.float32), (0, 0, 4, 4))
    two = Component(np.full((4, 4), 0.9, np.float32), (2, 2, 4, 4))
    assert join([one, two]).ink[:, :].max() == pytest.approx(0.9)
    assert join([one, two]).ink[3, 3] == pytest.approx(0.9)
    assert join([one, two]).ink[0, 0] == pytest.approx(0.3)


def test_box_on_a_reduced_image_in_pixels_of_the_image() -> None:
    assert in_image((10, 20, 30, 40), 1) == (10, 20, 30, 40)
    assert in_image((10, 20, 30, 40), 2.5) == (25, 50, 75, 100)
