"""Touching digits can be cut where they touch, and nothing is lost by it."""

import cv2
import numpy as np
import pytest

from model.ink.binarize import Ink
from model.ink.components import Component, all_ink
from model.segment.split import crop_between, hole_crossing, split_candidates
from model.segment.split_lines import SplitLine, SplitParams
from training.augment.strokes import Stroke, cover, written


def mark_of(ink: Ink) -> Component:
    mark = all_ink(ink)
    assert mark
    return mark


def rings(*centres: int, radius: int = 30, pen: int = 8) -> Component:
    ink = np.zeros((120, 60 + max(centres)), np.uint8)
    for x in centres:
        cv2.circle(ink, (x, 60), radius, 255, pen, cv2.LINE_AA)
    return mark_of(np.asarray(ink / 255, np.float32))


def ink_of(part: Component | None) -> float:
    return float(part.ink.sum()) if part else 0.0


def lines_of(mark: Component) -> list[SplitLine]:
    """The cuts that share no ink."""
    return [cut.end for cut in split_candidates(mark) if not cut.shares_ink]


def halves(mark: Component) -> list[tuple[Component | None, Component | None]]:
    """The two digits of every cut around ink that they share."""
    return [
        (crop_between(mark, None, cut.end), crop_between(mark, cut.start, None))
        for cut in split_candidates(mark)
        if cut.shares_ink
    ]


def nearest(mark: Component, column: float) -> float:
    """How far the nearest cut is from a column of the picture."""
    return min(abs(mark.left + float(line.mean()) - column) for line in lines_of(mark))


@pytest.mark.parametrize("distance", [60, 64, 67])
def test_touching_rings_are_cut_where_they_touch(distance: int) -> None:
    assert nearest(rings(60, 60 + distance), 60 + distance / 2) <= 3


def test_three_rings_have_a_cut_between_each_two() -> None:
    for touching in (90, 150):
        assert nearest(rings(60, 120, 180), touching) <= 3


@pytest.mark.parametrize("scale", [0.2, 5])
def test_small_and_large_marks_are_cut_alike(scale: float) -> None:
    small = cv2.resize(rings(60, 122).ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mark = mark_of(np.asarray(small, np.float32))
    assert nearest(mark, mark.width / 2) <= max(1.5, 0.04 * mark.width)


def test_zeros_in_one_stroke_are_cut_between_their_holes() -> None:
    """As small zeros are written quickly, tied to each other at the top."""
    mark = rings(60, 128)
    tied = mark.ink.copy()
    cv2.line(tied, (30, 4), (100, 4), 1.0, 8)
    assert nearest(mark_of(tied), mark.width / 2) <= 4


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


def slanted(mark: Component, slant: float) -> Component:
    """A mark whose upright strokes lean, x per y."""
    ink = np.pad(mark.ink, ((0, 0), (40, 40)))
    matrix = np.array([[1, -slant, slant * mark.height / 2], [0, 1, 0]], np.float32)
    return mark_of(np.asarray(cv2.warpAffine(ink, matrix, ink.shape[::-1]), np.float32))


def test_ring_that_shares_a_stroke_with_what_is_no_ring_leaves_it_to_both() -> None:
    """A 0 whose flank is the stem of a 4 that is open above."""
    four: list[Stroke] = [[(20, 20), (15, 70), (60, 70)], [(60, 20), (60, 110)]]
    shape = (130, 140)
    ring = np.zeros(shape, np.uint8)
    cv2.ellipse(ring, (86, 80), (26, 30), 0, 0, 360, 255, 7, cv2.LINE_AA)
    alone = np.asarray(ring / 255, np.float32)
    stem = cover(four, shape, 7)
    mark = mark_of(np.maximum(alone, stem))
    lost = min(
        max(1 - ink_of(left) / float(stem.sum()), 1 - ink_of(right) / float(alone.sum()))
        for left, right in halves(mark)
    )
    assert lost < 0.02


def test_two_pieces_hold_all_ink_and_nothing_else() -> None:
    mark = rings(60, 120)
    for line in lines_of(mark):
        pieces = crop_between(mark, None, line), crop_between(mark, line, None)
        assert sum(map(ink_of, pieces)) == pytest.approx(ink_of(mark), rel=0.01)
        for part in filter(None, pieces):
            x, y = part.left - mark.left, part.top - mark.top
            there = mark.ink[y : y + part.height, x : x + part.width]
            assert (part.ink <= there + 1e-6).all()


def test_cuts_are_in_reading_order_and_each_another_one() -> None:
    lines = lines_of(rings(60, 120, 180))
    assert len({tuple(line) for line in lines}) == len(lines) > 1
    places = [cut.place for cut in split_candidates(rings(60, 120, 180))]
    assert places == sorted(places)


def test_slanting_digits_are_parted_by_a_slanted_cut() -> None:
    """No upright column lies between two strokes that lean over each other."""
    lean: list[Stroke] = [[(70, 10), (40, 110)], [(100, 10), (70, 110)], [(58, 60), (82, 62)]]
    mark = mark_of(cover(lean, (120, 140), 7))
    left = float(cover(lean[:1], (120, 140), 7).sum())
    best = min(abs(ink_of(crop_between(mark, None, line)) - left) for line in lines_of(mark))
    assert best < 0.15 * left


def test_seam_parts_digits_that_reach_around_each_other() -> None:
    """The bar of a 5 over a 0: what no straight cut parts."""
    five: list[Stroke] = [[(20, 20), (95, 20)], [(25, 20), (25, 60), (45, 90), (20, 110)]]
    zero: list[Stroke] = [[(80, 45), (110, 60), (110, 95), (80, 110), (55, 95), (55, 60), (80, 45)]]
    bridge: list[Stroke] = [[(45, 90), (56, 90)]]
    shape = (130, 140)
    mark = mark_of(cover([*five, *zero, *bridge], shape, 6))
    left = float(cover(five, shape, 6).sum())
    best = min(abs(ink_of(crop_between(mark, None, line)) - left) for line in lines_of(mark))
    assert best < 0.1 * left


def test_digits_that_run_together_are_parted() -> None:
    one, two = written("58", 100, left=20, top=20, gap=0.0)
    joined = mark_of(cover([*one, *two], (140, 200), 8))
    middle = (max(x for s in one for x, _ in s) + min(x for s in two for x, _ in s)) / 2
    assert nearest(joined, middle) <= 8


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_number_of_cuts_is_bounded(count: int) -> None:
    mark = rings(*range(60, 60 * (count + 1), 60))
    assert len(lines_of(mark)) <= min(
        SplitParams().max_candidates, 8 * mark.width / mark.height + 1
    )


def test_number_of_cuts_is_bounded_however_many_holes_there_are() -> None:
    mesh = np.zeros((40, 3000), np.float32)
    mesh[::13], mesh[:, ::9] = 1, 1
    assert 20 < len(halves(mark_of(mesh))) <= SplitParams().max_candidates
    assert len(lines_of(mark_of(mesh))) <= SplitParams().max_candidates


def test_nothing_lies_between_cuts_that_cross() -> None:
    mark = rings(60, 120)
    rows = np.arange(mark.height, dtype=np.float32)
    leaning: SplitLine = np.asarray(40 + rows / 2, np.float32)
    assert crop_between(mark, leaning, np.asarray(leaning[::-1], np.float32)) is None


def test_cut_through_a_ring_crosses_a_hollow_and_one_between_rings_does_not() -> None:
    mark = rings(60, 120)

    def upright(column: float) -> SplitLine:
        return np.full(mark.height, column - mark.left, np.float32)

    for centre in (60, 120):
        assert hole_crossing(mark, upright(centre)) == pytest.approx(0.72, abs=0.05)
        assert hole_crossing(mark, upright(centre + 15)) > 0.4
    assert hole_crossing(mark, upright(90)) == 0
    assert hole_crossing(mark, upright(mark.left)) == 0


@pytest.mark.parametrize("seed", range(20))
def test_marks_full_of_small_holes_do_no_harm(seed: int) -> None:
    random = np.random.default_rng(seed)
    mark = mark_of((random.random(random.integers(3, 30, 2)) < 0.75).astype(np.float32))
    for cut in split_candidates(mark):
        assert cut.start.shape == cut.end.shape == (mark.height,)
        for part in (crop_between(mark, None, cut.end), crop_between(mark, cut.start, None)):
            assert ink_of(part) <= ink_of(mark)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (40, 1), (1, 40), (5, 5), (3, 900), (900, 3)])
def test_tiny_and_thin_marks_do_no_harm(size: tuple[int, int]) -> None:
    mark = mark_of(np.ones(size, np.float32))
    for line in lines_of(mark):
        assert line.shape == (mark.height,)
        assert 0 <= hole_crossing(mark, line) < 1
        parts = crop_between(mark, None, line), crop_between(mark, line, None)
        assert sum(map(ink_of, parts)) == mark.ink.sum()
