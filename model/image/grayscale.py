"""Grey levels of a decoded image of any mode, the second half of the first stage."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.image.transparency import TransparencyParams, composite

Grey: TypeAlias = NDArray[np.uint8]

STRIP_PIXELS = 2_000_000  # pixels of a large image that are processed at a time, to bound memory
# White of samples in 0 to 1, and of 8, 10, 12, 14 and 16 bits.
WHITES = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)


@dataclass(frozen=True)
class GrayscaleParams:
    """Thresholds of the conversion to grey levels."""

    working_pixels: int = 8_000_000  # larger images are reduced: a small server's memory is bounded
    # A single colour channel replaces brightness if its contrast is this many times as high;
    # contrasts are measured on a copy whose longer side has so many pixels.
    channel_contrast_ratio: float = 1.4
    channel_sample_side: int = 160
    # Deep samples: a white level is taken if this percentile, divided by the tolerance, is below.
    white_percentile: float = 99.9  # sharpening leaves a few samples above the white level
    white_tolerance: float = 1.05
    transparency: TransparencyParams = field(default_factory=TransparencyParams)


def to_grey(image: Image.Image, params: GrayscaleParams = GrayscaleParams()) -> Grey:
    """Return the grey levels of a decoded image, (H, W) uint8, 0 black to 255 white.

    Transparency is replaced by a background on which the ink can be seen. An image of more than
    `params.working_pixels` is first reduced by a whole factor.
    """
    factor = math.ceil(math.sqrt(image.width * image.height / params.working_pixels))
    if is_deep(image):
        return _deep_to_grey(image, factor, params)
    if factor > 1:
        image = reduce(image, factor)
    if image.has_transparency_data:
        rgba = image if image.mode == "RGBA" else image.convert("RGBA")
        grey, alpha = np.asarray(rgba.convert("L")), rgba.getchannel("A")
        return (
            grey
            if alpha.getextrema()[0] == 255
            else composite(grey, np.asarray(alpha), params.transparency)
        )
    if image.mode in ("1", "L", "LA"):
        return np.asarray(image.convert("L"))
    return _colour_to_grey(image.convert("RGB"), params)


def is_deep(image: Image.Image) -> bool:
    """Whether the samples of an image have more than 8 bits."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _strips(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    """Yield the image in strips from top to bottom, each a multiple of `factor` high.

    Strips avoid a second copy of a large image.
    """
    rows = factor * max(1, STRIP_PIXELS // (factor * image.width))
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def reduce(image: Image.Image, factor: int) -> Image.Image:
    """Return the image with each square of `factor` by `factor` pixels averaged to one pixel."""
    parts = []
    for strip in _strips(image, factor):
        if strip.mode in ("1", "P", "PA"):  # whose values cannot be averaged
            strip = strip.convert("RGBA" if strip.has_transparency_data else "RGB")  # noqa: PLW2901
        parts.append(strip.reduce(factor))
    size = (parts[0].width, sum(part.height for part in parts))
    small = Image.new(parts[0].mode, size)
    small.info = parts[0].info
    top = 0
    for part in parts:
        small.paste(part, (0, top))
        top += part.height
    return small


def _colour_to_grey(image: Image.Image, params: GrayscaleParams) -> Grey:
    """Return brightness, or the colour channel in which the ink has far more contrast."""
    small = image.copy()
    side = params.channel_sample_side
    small.thumbnail((side, side), Image.Resampling.BOX)
    contrasts = _contrasts(small)
    channel = int(np.argmax(contrasts))
    brightness = max(_contrasts(small.convert("L"))[0], 1)
    if contrasts[channel] > params.channel_contrast_ratio * brightness:
        return np.asarray(image.getchannel(channel))
    return np.asarray(image.convert("L"))


def _contrasts(image: Image.Image) -> NDArray[np.float64]:
    """Return the distance of the 1st and 99th percentile of each channel, (channels,)."""
    reached = np.array(image.histogram()).reshape(-1, 256).cumsum(axis=1)
    ranks = np.array([0.01, 0.99]) * (reached[0, -1] - 1)
    levels = [np.searchsorted(n, [np.floor(ranks), np.ceil(ranks)], "right") for n in reached]
    low, high = np.moveaxis(np.array(levels, float), 0, -1)  # around each rank
    below, above = low + (high - low) * (ranks % 1)[:, np.newaxis]
    return np.asarray(above - below)


def _deep_to_grey(image: Image.Image, factor: int, params: GrayscaleParams) -> Grey:
    """Scale 16-bit, 32-bit and float samples to 8 bits; the white level is found from the samples.

    The candidates are `WHITES`; a file does not state its white level.
    """
    clear = image.info.get("transparency")
    levels, opacity = _averaged(image, factor, clear if isinstance(clear, int) else None)
    top = float(np.percentile(levels, params.white_percentile)) / params.white_tolerance
    white = next((white for white in WHITES if top <= white), float(levels.max()))
    if image.mode != "F":
        white = max(white, 255.0)
    grey = np.asarray(np.minimum(levels, white) * (255.0 / white), np.uint8)
    if opacity is None:
        return grey
    return composite(grey, np.asarray(255 * opacity, np.uint8), params.transparency)


def _averaged(
    image: Image.Image, factor: int, clear: int | None
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Return the samples of a deep image, averaged over squares, and the share that is opaque.

    Samples of the value `clear` are transparent; None for a share if there is no such value. What
    is no number, infinite or negative counts as 0.
    """
    levels, opaque = [], []
    for strip in _strips(image, factor):
        values = np.asarray(strip)
        numbers = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0).clip(0)
        levels.append(_block_means(numbers, factor))
        if clear is not None:
            opaque.append(_block_means((values != clear).astype(np.float32), factor))
    return np.concatenate(levels), np.concatenate(opaque) if opaque else None


def _block_means(values: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return the means of squares of `factor` by `factor` values, smaller at the far borders."""
    if factor == 1:
        return values
    rows, columns = (np.arange(0, side, factor) for side in values.shape)
    # Double precision, since the sum of large floats would be infinite.
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0, dtype=np.float64), columns, axis=1)
    heights, widths = (
        np.diff(np.append(at, side)) for at, side in zip((rows, columns), values.shape, strict=True)
    )
    return np.asarray(sums / np.outer(heights, widths), np.float32)
