"""Coloured ink stays visible though brightness alone would hide it."""

import numpy as np
import pytest
from PIL import Image

from model.grey import WORKING_PIXELS, to_grey
from tests.drawings import render

COVERED = render(5) < 128

Colour = tuple[int, int, int]


def coloured(ink: Colour, paper: Colour) -> Image.Image:
    pixels = np.where(COVERED[..., np.newaxis], ink, paper).astype(np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        pytest.param((255, 90, 90), (60, 175, 60), id="red on green of the same brightness"),
        pytest.param((90, 140, 255), (230, 110, 60), id="blue on orange"),
        pytest.param((250, 240, 60), (255, 255, 255), id="yellow on white"),
        pytest.param((30, 30, 160), (250, 250, 250), id="blue on white"),
        pytest.param((255, 255, 255), (20, 80, 40), id="white on a green board"),
    ],
)
def test_ink_of_any_colour_stands_out(ink: Colour, paper: Colour) -> None:
    grey = to_grey(coloured(ink, paper))
    assert grey.shape == COVERED.shape
    assert abs(float(grey[COVERED].mean()) - float(grey[~COVERED].mean())) > 70


def test_grey_picture_in_colours_keeps_its_levels() -> None:
    levels = render(5)
    picture = Image.fromarray(np.stack([levels] * 3, axis=-1))
    assert np.array_equal(to_grey(picture), levels)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
def test_large_picture_is_worked_on_at_fewer_pixels(mode: str) -> None:
    grey = to_grey(Image.new(mode, (5000, 4000)))
    assert grey.size <= WORKING_PIXELS
    assert grey.shape[1] / grey.shape[0] == pytest.approx(1.25, rel=0.01)
