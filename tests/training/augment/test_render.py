"""Strokes and images on a canvas, in random writing styles."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model.ink.components import find_components
from tests.training.augment.conftest import IMAGES, digit_strokes, sharp_digit
from training.augment.compose import to_input
from training.augment.render import (
    CANVAS_SIDE,
    CHARACTER_SIZE,
    MILD_STYLE,
    add_ligature,
    render_handwriting,
    restyle,
    warp,
)


def test_warped_digit_is_as_large_as_its_source_and_centred() -> None:
    """It is not scaled, since scaling would blur it."""
    random = np.random.default_rng(16)
    for image in map(sharp_digit, range(10)):
        for warped in (warp(image, random) for _ in range(10)):
            assert warped.shape == image.shape
            assert 0 <= warped.min() < warped.max() <= 1
            rows, columns = (np.flatnonzero((warped > 0.08).any(axis=axis)) for axis in (1, 0))
            assert abs(max(np.ptp(rows), np.ptp(columns)) + 1 - 20) <= 3
            centre = np.average(
                np.indices(warped.shape), axis=(1, 2), weights=np.stack([warped] * 2)
            )
            assert centre == pytest.approx(14, abs=0.8)


def test_warped_digit_is_sharper_than_a_restyled_one() -> None:
    """Sharp strokes have more full ink; blurred ones have wide grey edges."""
    for image in map(sharp_digit, range(10)):
        random = np.random.default_rng(17)
        warped = np.mean([_full(np.rint(255 * warp(image, random))) for _ in range(10)])
        restyled = np.mean(
            [_full(to_input(restyle(image, random, MILD_STYLE), random)) for _ in range(10)]
        )
        assert warped > restyled + 0.1
        assert warped == pytest.approx(_full(image), abs=0.25)


@pytest.mark.parametrize("digit", range(10))
def test_rendered_strokes_lie_on_the_canvas(digit: int) -> None:
    random = np.random.default_rng(digit)
    for _ in range(20):
        ink = render_handwriting(digit_strokes(digit), random)
        assert ink.shape == (CANVAS_SIDE, CANVAS_SIDE)
        assert ink.dtype == np.float32
        assert ink.min() == 0
        assert 0.9 < ink.max() <= 1
        glyphs = find_components(ink)
        assert 0.6 * CHARACTER_SIZE < max(glyph.size for glyph in glyphs) < 1.7 * CHARACTER_SIZE


def test_pens_of_many_widths_come() -> None:
    random = np.random.default_rng(0)
    covered = [
        float(render_handwriting(digit_strokes(3), random, MILD_STYLE).sum()) for _ in range(80)
    ]
    assert max(covered) > 3 * min(covered)


@pytest.mark.parametrize(("nib", "least", "most"), [(0, 0.9, 1.1), (1, 1.3, 4)])
def test_nib_draws_downstrokes_thicker(nib: float, least: float, most: float) -> None:
    corner = [
        np.array([(0, y) for y in range(0, 101, 10)] + [(x, 100) for x in range(10, 101, 10)])
    ]
    random = np.random.default_rng(19)
    glyphs = [render_handwriting(corner, random, MILD_STYLE, nib=nib) for _ in range(150)]
    down = sum(float(glyph[: CANVAS_SIDE // 2, : CANVAS_SIDE // 2].sum()) for glyph in glyphs)
    across = sum(float(glyph[CANVAS_SIDE // 2 :, CANVAS_SIDE // 2 :].sum()) for glyph in glyphs)
    assert least < down / across < most


def test_unit_of_the_strokes_does_not_matter() -> None:
    large = [stroke * 37 + 1000 for stroke in digit_strokes(5)]
    one, other = (
        render_handwriting(s, np.random.default_rng(1)) for s in (digit_strokes(5), large)
    )
    assert np.abs(one - other).mean() < 0.01


@pytest.mark.parametrize("points", [[(5, 5)], [(5, 5), (5, 5)], [(1, 1), (1, 9)]])
def test_strokes_of_hardly_any_points(points: list[tuple[float, float]]) -> None:
    ink = render_handwriting([np.array(points, np.float32)], np.random.default_rng(0))
    assert np.isfinite(ink).all()


def test_restyled_image_differs_every_time() -> None:
    random = np.random.default_rng(0)
    one, other = (restyle(IMAGES.images[6], random) for _ in range(2))
    assert one.shape == (CANVAS_SIDE, CANVAS_SIDE)
    assert 0 <= one.min() < 0.2
    assert 0.8 < one.max() <= 1
    assert not np.array_equal(one, other)
    assert not restyle(np.zeros((28, 28), np.uint8), random).any()


def test_ligature_keeps_the_ink_of_a_zero_and_mostly_leads_to_one_side() -> None:
    random = np.random.default_rng(20)
    leading = 0
    for _ in range(40):
        ink = render_handwriting(digit_strokes(0), random, MILD_STYLE)
        tied = add_ligature(ink, random)
        assert (tied >= ink).all()
        added = np.flatnonzero((tied > ink + 0.5).any(axis=0))
        own = np.flatnonzero((ink > 0.5).any(axis=0))
        assert added[0] >= own[0] or added[-1] <= own[-1]
        leading += added[0] < own[0] or added[-1] > own[-1]
        assert (tied > 0.5).sum() < 2 * (ink > 0.5).sum()
    assert leading > 30
    nothing = np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.float32)
    assert not add_ligature(nothing, random).any()


def _full(to_input: NDArray[Any]) -> float:
    return float((to_input > 250).sum() / (to_input > 20).sum())
