"""Touching digits can be cut where they touch, and nothing is lost by it."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from model.cuts import cuts
from model.ink import Ink
from model.marks import Mark, whole
from tests.drawings import Stroke, cover, written


def mark_of(ink: Ink) -> Mark:
    mark = whole(ink)
    assert mark
    return mark


def rings(*centres: int, radius: int = 30, pen: int = 8) -> Mark:
    ink = np.zeros((120, 60 + max(centres)), np.uint8)
    for x in centres:
        cv2.circle(ink, (x, 60), radius, 255, pen, cv2.LINE_AA)
    return mark_of(np.asarray(ink / 255, np.float32))


def upright(mark: Mark) -> list[Mark]:
    """The pieces after the upright cuts."""
    return cuts(mark)[0]


@pytest.mark.parametrize("distance", [60, 64, 67])
def test_touching_rings_are_cut_where_they_touch(distance: int) -> None:
    pieces = upright(rings(60, 60 + distance))
    touching = 60 + distance / 2
    edges = [(one.right + two.left) / 2 for one, two in pairwise(pieces)]
    assert min(abs(edge - touching) for edge in edges) <= 4


def test_three_rings_have_a_cut_between_each_two() -> None:
    pieces = upright(rings(60, 120, 180))
    edges = [(one.right + two.left) / 2 for one, two in pairwise(pieces)]
    for touching in (90, 150):
        assert min(abs(edge - touching) for edge in edges) <= 4


def test_pieces_hold_all_ink_in_reading_order() -> None:
    mark = rings(60, 120)
    for pieces in cuts(mark):
        assert sum(float(piece.ink.sum()) for piece in pieces) == pytest.approx(
            float(mark.ink.sum()), rel=0.01
        )
        assert [p.left for p in pieces] == sorted(p.left for p in pieces)
        for piece in pieces:
            x, y = piece.left - mark.left, piece.top - mark.top
            part = mark.ink[y : y + piece.height, x : x + piece.width]
            assert (piece.ink <= part + 1e-6).all()


def test_slanting_digits_are_parted_by_a_slanted_cut() -> None:
    """No upright column lies between two strokes that lean over each other."""
    lean: list[Stroke] = [[(70, 10), (40, 110)], [(100, 10), (70, 110)], [(58, 60), (82, 62)]]
    mark = mark_of(cover(lean, (120, 140), 7))
    left = cover(lean[:1], (120, 140), 7).sum()
    best = min(abs(float(pieces[0].ink.sum()) - left) for pieces in cuts(mark) if len(pieces) > 1)
    assert best < 0.25 * left


def test_digits_that_run_together_are_parted() -> None:
    one, two = written("58", 100, left=20, top=20, gap=0.0)
    shape = (140, 200)
    joined = mark_of(cover([*one, *two], shape, 8))
    middle = (max(x for s in one for x, _ in s) + min(x for s in two for x, _ in s)) / 2
    edges = [(a.right + b.left) / 2 for pieces in cuts(joined) for a, b in pairwise(pieces)]
    assert min(abs(edge - middle) for edge in edges) <= 8


def test_number_of_cuts_is_bounded_by_the_width() -> None:
    for mark in (rings(60), rings(60, 120), rings(60, 120, 180)):
        most = int(np.ceil(3 * mark.width / mark.height))
        assert all(len(pieces) <= most + 1 for pieces in cuts(mark))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (40, 1), (1, 40), (5, 5)])
def test_tiny_and_thin_marks_do_no_harm(size: tuple[int, int]) -> None:
    mark = mark_of(np.ones(size, np.float32))
    for pieces in cuts(mark):
        assert sum(float(piece.ink.sum()) for piece in pieces) == mark.ink.sum()
