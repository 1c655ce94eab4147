"""Coloured ink stays visible even where brightness alone would hide it."""

import numpy as np
import pytest
from PIL import Image

from model.image.decode import open_image
from model.image.grayscale import GrayscaleParams, reduce, to_grey
from training.augment.strokes import render

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
    assert grey.size <= GrayscaleParams().working_pixels
    assert grey.shape[1] / grey.shape[0] == pytest.approx(1.25, rel=0.01)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1", "CMYK"])
def test_reducing_in_strips_gives_what_reducing_at_once_does(mode: str) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (2500, 1801), np.uint8)
    image = Image.fromarray(levels).convert(mode)
    at_once = image.convert("RGB") if mode in ("1", "P") else image
    assert reduce(image, 3).tobytes() == at_once.reduce(3).tobytes()


@pytest.mark.parametrize("size", [1e-40, 1e-30, 3e38])
def test_samples_of_any_size_do_not_overflow(size: float) -> None:
    levels = np.where(COVERED, 0, size).astype(np.float32)
    levels[0, :2] = (np.finfo(np.float32).max, np.finfo(np.float32).min)
    grey = to_grey(Image.fromarray(levels))
    assert grey[COVERED].max() == 0


def test_premultiplied_grey_is_grey() -> None:
    levels = Image.fromarray(render(5)).convert("LA")
    assert np.array_equal(to_grey(open_image(levels.convert("La"))), render(5))


@pytest.mark.parametrize("mode", ["16 bits", "float"])
def test_deep_image_is_averaged_like_one_of_eight_bits(mode: str) -> None:
    """A scan of many megapixels keeps a pen of one pixel."""
    levels = np.full((4001, 5003), 255, np.uint8)
    levels[::7, :] = levels[:, ::5] = 0
    reference = to_grey(Image.fromarray(levels))
    deep = levels.astype(np.uint16) * 257 if mode == "16 bits" else levels / np.float32(255)
    grey = to_grey(Image.fromarray(deep))
    assert grey.shape == reference.shape
    assert np.abs(grey.astype(int) - reference).max() <= 1


def test_transparent_colour_of_a_large_deep_image_is_averaged_too() -> None:
    levels = np.full((3000, 3000), 65535, np.uint16)
    levels[1000:2000, 1000:2000] = 0
    image = Image.fromarray(levels)
    image.info["transparency"] = 65535
    grey = to_grey(image)
    assert (grey[0, 0], grey[750, 750]) == (255, 0)
