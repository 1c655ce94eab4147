"""What was left out beside digits is a glyph if it is as large, else ignored ink."""

from collections.abc import Sequence

import numpy as np
import pytest

from model.ink.components import Box, Component, label_components
from model.segment.candidates import Candidate, Scorer
from model.segment.left_out import LeftOut, Region, find_left_out, find_regions

SHAPE = (200, 600)
LINE: list[Box] = [(100, 50, 60, 100), (200, 50, 60, 100)]


def region(box: Box) -> Region:
    ink = np.zeros(SHAPE, np.float32)
    x, y, w, h = box
    ink[y : y + h, x : x + w] = 1
    return Region(box, ink, label_components(ink.astype(np.uint8)), 1)


def scorer(confidence: float) -> Scorer:
    def score(components: Sequence[Component]) -> list[Candidate]:
        probabilities = np.full(10, (1 - confidence) / 9, np.float32)
        probabilities[0] = confidence
        return [Candidate(c, np.zeros((28, 28), np.float32), probabilities) for c in components]

    return score


def left_out(*boxes: Box, confidence: float = 0.1) -> LeftOut:
    (found,) = find_left_out([LINE], [region(box) for box in boxes], SHAPE, scorer(confidence))
    return found


def test_component_as_large_as_the_digits_beside_it_is_a_glyph() -> None:
    found = left_out((300, 60, 50, 90))
    assert [c.component.box for c in found.glyphs] == [(300, 60, 50, 90)]
    assert found.ignored == ()


def test_what_stands_beside_such_a_glyph_is_one_too() -> None:
    far: Box = (410, 60, 50, 90)
    assert left_out(far).glyphs == ()
    assert len(left_out(far, (300, 60, 50, 90)).glyphs) == 2


@pytest.mark.parametrize(("confidence", "glyphs"), [(0.1, 0), (0.99, 1)])
def test_small_component_is_a_glyph_if_the_network_is_sure(confidence: float, glyphs: int) -> None:
    found = left_out((280, 100, 30, 40), confidence=confidence)
    assert (len(found.glyphs), len(found.ignored)) == (glyphs, 1 - glyphs)


@pytest.mark.parametrize(
    "box",
    [(170, 140, 10, 10), (100, 160, 160, 6), (180, 95, 12, 4)],
    ids=["dot", "underline", "dash"],
)
def test_small_ink_is_ignored(box: Box) -> None:
    assert left_out(box) == LeftOut((), (box,))


@pytest.mark.parametrize(
    "box",
    [
        (110, 60, 30, 60),
        (95, 40, 70, 115),
        (0, 60, 40, 90),
        (4, 60, 5, 90),
        (300, 10, 40, 185),
        (170, 151, 1, 1),
    ],
    ids=["part of a digit", "frame around it", "cut off", "side of a frame", "tall", "grain"],
)
def test_frames_parts_and_grain_are_neither(box: Box) -> None:
    assert left_out(box) == LeftOut((), ())


def test_box_around_a_narrow_digit_is_its_frame() -> None:
    stick: Box = (320, 50, 20, 100)
    frame = region((300, 45, 62, 110))
    (found,) = find_left_out([[stick]], [frame], SHAPE, scorer(0.1))
    assert found.glyphs == ()


def test_deleted_ink_is_found_too() -> None:
    ink = np.zeros(SHAPE, np.float32)
    ink[50:150, 100:130] = ink[60:140, 200:240] = 1
    clean = ink.copy()
    clean[:, 200:] = 0
    boxes = {found.box for found in find_regions(ink, clean)}
    assert boxes == {(100, 50, 30, 100), (200, 60, 40, 80)}
    assert len(find_regions(clean, clean)) == 1
