from pathlib import Path

import numpy as np
import pytest

from model.ink.binarize import extract_ink
from model.ink.components import all_ink
from model.network.normalize import normalize
from training.augment.strokes import render


def picture(grey: np.ndarray) -> np.ndarray:
    component = all_ink(extract_ink(grey).ink)
    assert component
    return normalize(component.ink)


def mass(pixels: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(pixels.shape)
    return float((rows * pixels).sum() / pixels.sum()), float(
        (columns * pixels).sum() / pixels.sum()
    )


@pytest.mark.parametrize("digit", range(10))
def test_longer_side_is_twenty_and_the_mass_is_in_the_middle(digit: int) -> None:
    pixels = picture(render(digit))
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.float32
    assert 0 <= pixels.min() < pixels.max() <= 1
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert np.allclose(mass(pixels), 14, atol=0.5)


def test_place_on_the_image_does_not_matter() -> None:
    grey = np.full((400, 500), 255, np.uint8)
    grey[150:350, 20:220] = render(7)
    assert np.array_equal(picture(grey), picture(render(7)))


@pytest.mark.parametrize("side", [80, 120, 600])
def test_size_hardly_matters(side: int) -> None:
    other = picture(render(2, side=side, brush=round(side * 0.07)))
    assert np.abs(other - picture(render(2))).mean() < 0.04


def test_a_thin_one_is_not_widened() -> None:
    stroke = np.zeros((100, 6), np.float32)
    stroke[:, 2:4] = 1
    assert np.count_nonzero(normalize(stroke).any(axis=0)) <= 2


def test_glyph_with_its_mass_at_one_end_stays_inside() -> None:
    lopsided = np.zeros((20, 20), np.float32)
    lopsided[0] = 1
    lopsided[-1, -1] = 0.1
    assert normalize(lopsided).sum() == pytest.approx(lopsided.sum())


def test_a_digit_of_mnist_passes_nearly_unchanged(data: Path) -> None:
    images = np.load(data / "mnist.npz")["x_train"][:500]
    differences = [np.abs(picture(image) - image / 255).max() for image in images]
    assert np.mean(np.array(differences) < 0.09) > 0.97
