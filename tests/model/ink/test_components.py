"""Connected components of ink keep their soft edges and their places."""

import numpy as np
import pytest

from model.ink.binarize import Ink
from model.ink.components import (
    MAX_COMPONENTS,
    Component,
    Placement,
    all_ink,
    find_components,
    merged,
)


def page(*boxes: tuple[int, int, int, int], level: float = 1) -> Ink:
    ink = np.zeros((60, 80), np.float32)
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = level
    return ink


def test_components_are_returned_largest_first() -> None:
    components = find_components(page((5, 5, 4, 4), (20, 10, 6, 30), (50, 20, 12, 10)))
    assert [component.box for component in components] == [
        (20, 10, 6, 30),
        (50, 20, 12, 10),
        (5, 5, 4, 4),
    ]
    assert all(
        component.ink.shape == (component.height, component.width) for component in components
    )


def test_pixels_that_touch_at_a_corner_are_one_component() -> None:
    (component,) = find_components(page((10, 10, 5, 5), (15, 15, 5, 5)))
    assert component.box == (10, 10, 10, 10)


def test_soft_edge_belongs_to_the_component() -> None:
    ink = page((9, 9, 12, 12), level=0.2)
    ink[10:20, 10:20] = 1
    (component,) = find_components(ink)
    assert component.box == (9, 9, 12, 12)
    assert component.ink[0, 0] == pytest.approx(0.2)


def test_faint_bridge_connects_nothing() -> None:
    ink = page((10, 10, 10, 20), (26, 10, 10, 20))
    ink[18:20, 20:26] = 0.2
    assert len(find_components(ink)) == 2


def test_component_does_not_take_its_neighbours_ink() -> None:
    ink = page((10, 10, 10, 20), (21, 10, 10, 20))
    left, right = sorted(find_components(ink), key=lambda component: component.left)
    assert (left.right, right.left) == (20, 21)
    assert left.ink.sum() + right.ink.sum() == ink.sum()


def test_without_ink_there_is_no_component() -> None:
    assert find_components(page()) == []
    assert all_ink(page()) is None


def test_texture_gives_a_bounded_number_of_components() -> None:
    speckled = np.zeros((100, 100), np.float32)
    speckled[::3, ::3] = 1
    assert len(find_components(speckled)) == MAX_COMPONENTS


def test_all_ink_is_cropped_to_all_ink() -> None:
    component = all_ink(page((5, 10, 7, 20), (30, 40, 2, 2), level=0.5))
    assert component is not None
    assert component.box == (5, 10, 27, 32)
    assert (component.left, component.top, component.right, component.bottom) == (5, 10, 32, 42)
    assert (component.width, component.height, component.size) == (27, 32, 32)


def test_merged_components_keep_all_their_ink_in_place() -> None:
    ink = page((5, 10, 7, 20), (30, 40, 2, 2))
    together = merged(find_components(ink))
    x, y, w, h = together.box
    assert together.box == (5, 10, 27, 32)
    assert np.array_equal(together.ink, ink[y : y + h, x : x + w])


def test_merging_overlapping_components_keeps_the_darker_ink() -> None:
    one = Component(np.full((4, 4), 0.3, np.float32), (0, 0, 4, 4))
    two = Component(np.full((4, 4), 0.9, np.float32), (2, 2, 4, 4))
    assert merged([one, two]).ink[:, :].max() == pytest.approx(0.9)
    assert merged([one, two]).ink[3, 3] == pytest.approx(0.9)
    assert merged([one, two]).ink[0, 0] == pytest.approx(0.3)


def test_box_of_a_reduced_map_is_in_pixels_of_the_image() -> None:
    assert Placement((100, 200)).to_image((10, 20, 30, 40)) == (10, 20, 30, 40)
    placed = Placement((100, 200), 2.5, 2.5)
    assert placed.to_image((10, 20, 30, 40)) == (25, 50, 75, 100)
    assert placed.to_map((25, 50, 75, 100)) == (10, 20, 30, 40)
    assert placed.part(4, 8).scaled(2, 1).to_image((1, 2, 3, 4)) == (15, 25, 15, 10)


def test_box_never_sticks_out_of_the_image() -> None:
    placed = Placement((10, 11), 10 / 7, 11 / 6, left=0, top=1)
    for x in range(7):
        for y in range(6):
            left, top, w, h = placed.to_image((x, y, 7 - x, 6 - y))
            assert 0 <= left < left + w <= 10
            assert 0 <= top < top + h <= 11
