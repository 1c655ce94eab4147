"""Touching digits can be split where they touch, and no ink is lost."""

import cv2
import numpy as np
import pytest

from model.ink.binarize import Ink
from model.ink.components import Component, all_ink
from model.segment.split import crop_between, hole_crossing, split_candidates
from model.segment.split_lines import SplitLine, SplitParams
from training.augment.strokes import PointList, cover, written


def component_of(ink: Ink) -> Component:
    component = all_ink(ink)
    assert component
    return component


def rings(*centres: int, radius: int = 30, pen: int = 8) -> Component:
    ink = np.zeros((120, 60 + max(centres)), np.uint8)
    for x in centres:
        cv2.circle(ink, (x, 60), radius, 255, pen, cv2.LINE_AA)
    return component_of(np.asarray(ink / 255, np.float32))


def ink_of(part: Component | None) -> float:
    return float(part.ink.sum()) if part else 0.0


def lines_of(component: Component) -> list[SplitLine]:
    """The split lines that share no ink."""
    return [cut.end for cut in split_candidates(component) if not cut.shares_ink]


def halves(component: Component) -> list[tuple[Component | None, Component | None]]:
    """The two digits of every split around ink that they share."""
    return [
        (crop_between(component, None, cut.end), crop_between(component, cut.start, None))
        for cut in split_candidates(component)
        if cut.shares_ink
    ]


def nearest(component: Component, column: float) -> float:
    """The distance of the nearest split line from a column of the image."""
    return min(abs(component.left + float(line.mean()) - column) for line in lines_of(component))


@pytest.mark.parametrize("distance", [60, 64, 67])
def test_touching_rings_are_split_where_they_touch(distance: int) -> None:
    assert nearest(rings(60, 60 + distance), 60 + distance / 2) <= 3


def test_three_rings_have_a_split_between_each_two() -> None:
    for touching in (90, 150):
        assert nearest(rings(60, 120, 180), touching) <= 3


@pytest.mark.parametrize("scale", [0.2, 5])
def test_small_and_large_components_are_split_alike(scale: float) -> None:
    small = cv2.resize(rings(60, 122).ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    component = component_of(np.asarray(small, np.float32))
    assert nearest(component, component.width / 2) <= max(1.5, 0.04 * component.width)


def test_zeros_in_one_stroke_are_split_between_their_holes() -> None:
    """As small zeros are written quickly, tied to each other at the top."""
    component = rings(60, 128)
    tied = component.ink.copy()
    cv2.line(tied, (30, 4), (100, 4), 1.0, 8)
    assert nearest(component_of(tied), component.width / 2) <= 4


@pytest.mark.parametrize("distance", [45, 52, 60])
@pytest.mark.parametrize("pen", [5, 8])
def test_rings_that_overlap_or_share_a_stroke_are_both_whole(distance: int, pen: int) -> None:
    both = halves(rings(60, 60 + distance, pen=pen))
    ring = ink_of(rings(60, pen=pen))
    assert any(
        all(part and part.width < 75 and 0.97 < ink_of(part) / ring < 1.4 for part in parts)
        for parts in both
    )


@pytest.mark.parametrize("slant", [-0.35, 0.35])
def test_slanted_rings_that_overlap_are_both_whole(slant: float) -> None:
    both = halves(slanted(rings(60, 108, pen=6), slant))
    ring = ink_of(slanted(rings(60, pen=6), slant))
    assert any(all(part and 0.97 < ink_of(part) / ring < 1.35 for part in parts) for parts in both)


def test_what_two_rings_share_is_no_ring_between_them() -> None:
    shared = [cut for cut in split_candidates(rings(60, 120, 180)) if cut.shares_ink]
    assert len(shared) >= 2
    assert all(float((cut.end - cut.start).max()) < 30 for cut in shared)


def slanted(component: Component, slant: float) -> Component:
    """A component whose upright strokes lean, x per y."""
    ink = np.pad(component.ink, ((0, 0), (40, 40)))
    matrix = np.array([[1, -slant, slant * component.height / 2], [0, 1, 0]], np.float32)
    return component_of(np.asarray(cv2.warpAffine(ink, matrix, ink.shape[::-1]), np.float32))


def test_ring_that_shares_a_stroke_with_what_is_no_ring_leaves_it_to_both() -> None:
    """A 0 whose flank is the stem of a 4 that is open above."""
    four: list[PointList] = [[(20, 20), (15, 70), (60, 70)], [(60, 20), (60, 110)]]
    shape = (130, 140)
    ring = np.zeros(shape, np.uint8)
    cv2.ellipse(ring, (86, 80), (26, 30), 0, 0, 360, 255, 7, cv2.LINE_AA)
    alone = np.asarray(ring / 255, np.float32)
    stem = cover(four, shape, 7)
    component = component_of(np.maximum(alone, stem))
    lost = min(
        max(1 - ink_of(left) / float(stem.sum()), 1 - ink_of(right) / float(alone.sum()))
        for left, right in halves(component)
    )
    assert lost < 0.02


def test_two_pieces_hold_all_ink_and_nothing_else() -> None:
    component = rings(60, 120)
    for line in lines_of(component):
        pieces = crop_between(component, None, line), crop_between(component, line, None)
        assert sum(map(ink_of, pieces)) == pytest.approx(ink_of(component), rel=0.01)
        for part in filter(None, pieces):
            x, y = part.left - component.left, part.top - component.top
            there = component.ink[y : y + part.height, x : x + part.width]
            assert (part.ink <= there + 1e-6).all()


def test_splits_are_in_reading_order_and_distinct() -> None:
    lines = lines_of(rings(60, 120, 180))
    assert len({tuple(line) for line in lines}) == len(lines) > 1
    places = [cut.place for cut in split_candidates(rings(60, 120, 180))]
    assert places == sorted(places)


def test_slanting_digits_are_separated_by_a_slanted_line() -> None:
    """No upright column lies between two strokes that lean over each other."""
    lean: list[PointList] = [[(70, 10), (40, 110)], [(100, 10), (70, 110)], [(58, 60), (82, 62)]]
    component = component_of(cover(lean, (120, 140), 7))
    left = float(cover(lean[:1], (120, 140), 7).sum())
    best = min(
        abs(ink_of(crop_between(component, None, line)) - left) for line in lines_of(component)
    )
    assert best < 0.15 * left


def test_seam_parts_digits_that_reach_around_each_other() -> None:
    """The bar of a 5 over a 0: no straight line separates them."""
    five: list[PointList] = [[(20, 20), (95, 20)], [(25, 20), (25, 60), (45, 90), (20, 110)]]
    zero: list[PointList] = [
        [(80, 45), (110, 60), (110, 95), (80, 110), (55, 95), (55, 60), (80, 45)]
    ]
    bridge: list[PointList] = [[(45, 90), (56, 90)]]
    shape = (130, 140)
    component = component_of(cover([*five, *zero, *bridge], shape, 6))
    left = float(cover(five, shape, 6).sum())
    best = min(
        abs(ink_of(crop_between(component, None, line)) - left) for line in lines_of(component)
    )
    assert best < 0.1 * left


def test_digits_that_run_together_are_parted() -> None:
    one, two = written("58", 100, left=20, top=20, gap=0.0)
    joined = component_of(cover([*one, *two], (140, 200), 8))
    middle = (max(x for s in one for x, _ in s) + min(x for s in two for x, _ in s)) / 2
    assert nearest(joined, middle) <= 8


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_number_of_splits_is_bounded(count: int) -> None:
    component = rings(*range(60, 60 * (count + 1), 60))
    assert len(lines_of(component)) <= min(
        SplitParams().max_candidates, 8 * component.width / component.height + 1
    )


def test_number_of_splits_is_bounded_however_many_holes_there_are() -> None:
    mesh = np.zeros((40, 3000), np.float32)
    mesh[::13], mesh[:, ::9] = 1, 1
    assert 20 < len(halves(component_of(mesh))) <= SplitParams().max_candidates
    assert len(lines_of(component_of(mesh))) <= SplitParams().max_candidates


def test_nothing_lies_between_lines_that_cross() -> None:
    component = rings(60, 120)
    rows = np.arange(component.height, dtype=np.float32)
    leaning: SplitLine = np.asarray(40 + rows / 2, np.float32)
    assert crop_between(component, leaning, np.asarray(leaning[::-1], np.float32)) is None


def test_line_through_a_ring_crosses_a_hole_and_one_between_rings_does_not() -> None:
    component = rings(60, 120)

    def upright(column: float) -> SplitLine:
        return np.full(component.height, column - component.left, np.float32)

    for centre in (60, 120):
        assert hole_crossing(component, upright(centre)) == pytest.approx(0.72, abs=0.05)
        assert hole_crossing(component, upright(centre + 15)) > 0.4
    assert hole_crossing(component, upright(90)) == 0
    assert hole_crossing(component, upright(component.left)) == 0


@pytest.mark.parametrize("seed", range(20))
def test_component_full_of_small_holes_raises_no_error(seed: int) -> None:
    random = np.random.default_rng(seed)
    component = component_of((random.random(random.integers(3, 30, 2)) < 0.75).astype(np.float32))
    for cut in split_candidates(component):
        assert cut.start.shape == cut.end.shape == (component.height,)
        for part in (
            crop_between(component, None, cut.end),
            crop_between(component, cut.start, None),
        ):
            assert ink_of(part) <= ink_of(component)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (40, 1), (1, 40), (5, 5), (3, 900), (900, 3)])
def test_tiny_and_thin_components_raise_no_error(size: tuple[int, int]) -> None:
    component = component_of(np.ones(size, np.float32))
    for line in lines_of(component):
        assert line.shape == (component.height,)
        assert 0 <= hole_crossing(component, line) < 1
        parts = crop_between(component, None, line), crop_between(component, line, None)
        assert sum(map(ink_of, parts)) == component.ink.sum()
