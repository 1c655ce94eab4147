"""Every stage can be drawn alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from model import Reading, Recognizer, Trace
from model.image.draw import (
    ACCEPTED,
    PALETTE,
    STAGES,
    UNCERTAIN,
    draw_components,
    draw_grey,
    draw_ink,
    draw_reading,
    draw_text_lines,
)
from model.ink.components import find_components
from model.segment.reading_order import group_lines
from training.augment.strokes import NON_DIGIT_DRAWINGS, render, render_drawing


def colours(picture: object) -> set[tuple[int, ...]]:
    pixels = np.asarray(picture).reshape(-1, 3)
    return {tuple(int(v) for v in pixel) for pixel in np.unique(pixels, axis=0)}


@pytest.fixture(scope="module")
def page() -> NDArray[np.uint8]:
    """A 3 and a 5 above a 7."""
    levels = np.full((240, 220), 255, np.uint8)
    for x, y, digit in ((10, 10, 3), (110, 10, 5), (10, 130, 7)):
        levels[y : y + 100, x : x + 100] = render(digit, side=100, brush=8)
    return levels


@pytest.fixture(scope="module")
def trace(recognizer: Recognizer, page: NDArray[np.uint8]) -> Trace:
    return recognizer.trace(page)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_of_a_trace_is_drawn(trace: Trace, stage: str) -> None:
    picture = trace.draw(stage)  # type: ignore[arg-type]
    assert (picture.mode, picture.size) == ("RGB", (220, 240))
    assert len(colours(picture)) > 1


def test_unknown_stage_is_refused(trace: Trace) -> None:
    with pytest.raises(ValueError, match="thinking"):
        trace.draw("thinking")  # type: ignore[arg-type]


def test_grey_levels_are_drawn_as_they_are(page: NDArray[np.uint8]) -> None:
    assert np.array_equal(np.asarray(draw_grey(page))[:, :, 0], page)


def test_ink_is_drawn_dark() -> None:
    ink = np.zeros((4, 5), np.float32)
    ink[1, 2] = 1
    drawn = np.asarray(draw_ink(ink))
    assert (drawn[1, 2].max(), drawn[0, 0].min()) == (0, 255)


def test_components_have_boxes_of_changing_colours(trace: Trace) -> None:
    picture = draw_components(trace.ink, find_components(trace.ink))
    assert set(PALETTE[:3]) <= colours(picture)


def test_components_of_one_text_line_have_one_colour(trace: Trace) -> None:
    picture = draw_text_lines(trace.ink, group_lines(find_components(trace.ink)))
    assert set(PALETTE[:2]) <= colours(picture)
    assert PALETTE[2] not in colours(picture)


def test_digits_of_a_reading_are_marked(recognizer: Recognizer, trace: Trace) -> None:
    assert ACCEPTED in colours(draw_reading(trace.grey, trace.reading))
    letter = render_drawing(next(iter(NON_DIGIT_DRAWINGS.values())))
    picture = draw_reading(letter, recognizer.read(letter))
    assert UNCERTAIN in colours(picture)
    assert ACCEPTED not in colours(picture)


def test_boxes_fit_a_reduced_copy(trace: Trace) -> None:
    small = trace.grey[::2, ::2]
    picture = np.asarray(draw_reading(small, trace.reading, (220, 240))).astype(int)
    rows = np.flatnonzero((picture == ACCEPTED).all(axis=2).any(axis=1))
    assert picture.shape[:2] == small.shape
    assert rows.max() < 120
    assert rows.min() < 15


def test_blank_reading_has_no_box(page: NDArray[np.uint8]) -> None:
    blank = draw_reading(page * 0 + 255, Reading.of([]))
    assert colours(blank) == {(255, 255, 255)}
