"""The end of the first stage: from a decoded image of any mode to grey levels."""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey: TypeAlias = NDArray[np.uint8]

# No image is worked on at more pixels: a photo must not take a small server's memory.
WORKING_PIXELS = 8_000_000
STRIP = 2_000_000  # pixels
MIXED = 16  # parts that an image is mixed with its background in
# Colours are judged on a copy whose longer side has this many pixels.
SAMPLE = 160
CLEARER = 1.4  # times the contrast of brightness
# White of samples in 0 to 1, and of 8, 10, 12, 14 and 16 bits.
WHITES = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)


def to_grey(image: Image.Image) -> Grey:
    """Grey levels of a decoded image, (H, W) uint8, 0 black to 255 white.

    Transparency is replaced by a background on which the ink can be seen. An image of more than
    `WORKING_PIXELS` is first reduced by a whole factor, so that its memory stays bounded.
    """
    factor = math.ceil(math.sqrt(image.width * image.height / WORKING_PIXELS))
    if is_deep(image):
        return _deep_to_grey(image, factor)
    if factor > 1:
        image = reduce(image, factor)
    if image.has_transparency_data:
        rgba = image if image.mode == "RGBA" else image.convert("RGBA")
        grey, alpha = np.asarray(rgba.convert("L")), rgba.getchannel("A")
        return grey if alpha.getextrema()[0] == 255 else _composite(grey, np.asarray(alpha))
    if image.mode in ("1", "L", "LA"):
        return np.asarray(image.convert("L"))
    return _of_colours(image.convert("RGB"))


def is_deep(image: Image.Image) -> bool:
    """Whether its samples have more than 8 bits."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _strips(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    """The image in strips from top to bottom, each a multiple of `factor` high.

    What is worked on strip by strip needs no second copy of a large image.
    """
    rows = factor * max(1, STRIP // (factor * image.width))
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def reduce(image: Image.Image, factor: int) -> Image.Image:
    """The image with each square of `factor` by `factor` pixels averaged to one."""
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


def _of_colours(image: Image.Image) -> Grey:
    """Brightness, or the one of red, green and blue in which coloured ink stands out far more."""
    small = image.copy()
    small.thumbnail((SAMPLE, SAMPLE), Image.Resampling.BOX)
    contrasts = _contrasts(small)
    channel = int(np.argmax(contrasts))
    if contrasts[channel] > CLEARER * max(_contrasts(small.convert("L"))[0], 1):
        return np.asarray(image.getchannel(channel))
    return np.asarray(image.convert("L"))


def _contrasts(image: Image.Image) -> NDArray[np.float64]:
    """How far the 1st and the 99th percentile of each channel are apart, (channels,)."""
    reached = np.array(image.histogram()).reshape(-1, 256).cumsum(axis=1)
    ranks = np.array([0.01, 0.99]) * (reached[0, -1] - 1)
    levels = [np.searchsorted(n, [np.floor(ranks), np.ceil(ranks)], "right") for n in reached]
    low, high = np.moveaxis(np.array(levels, float), 0, -1)  # around each rank
    below, above = low + (high - low) * (ranks % 1)[:, np.newaxis]
    return np.asarray(above - below)


def _deep_to_grey(image: Image.Image, factor: int) -> Grey:
    """Scale 16-bit, 32-bit and float samples, whose white is a matter of the file, to 8 bits."""
    strips = [np.asarray(strip)[::factor, ::factor].copy() for strip in _strips(image, factor)]
    values = np.concatenate(strips)
    levels = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0).clip(0)
    # A few samples over the top, as sharpening leaves them, are no reason to take another white.
    top = float(np.percentile(levels, 99.9)) / 1.05
    white = next((white for white in WHITES if top <= white), float(levels.max()))
    if values.dtype.kind in "iu":
        white = max(white, 255.0)
    grey = np.asarray(np.minimum(levels, white) * (255.0 / white), np.uint8)
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        alpha = np.where(values == clear, 0, 255).astype(np.uint8)
        return _composite(grey, alpha)
    return grey


def _composite(grey: Grey, alpha: NDArray[np.uint8]) -> Grey:
    """Put a transparent image on the background that lets its ink be seen.

    Ink on nothing gets its opposite. A two-tone card that floats on nothing (it fills its own
    bounding box) is continued in the tone of its paper, so that its edge is no frame.
    """
    visible = alpha >= 128
    if not visible.any():
        visible = alpha > 0
    if not visible.any():
        return np.full(grey.shape, 255, np.uint8)
    dark, paper, light = np.percentile(grey[visible], (5, 50, 95))
    if light - dark > 64 and _share_of_bounding_box(visible) > 0.75:
        background = paper
    else:
        background = 255.0 if paper < 128 else 0.0
    parts = (np.array_split(levels, MIXED) for levels in (grey, alpha))  # to need less memory
    return np.concatenate([_mix(g, a, background) for g, a in zip(*parts, strict=True)])


def _mix(grey: Grey, alpha: Grey, background: float) -> Grey:
    weight = alpha.astype(np.float32) / 255
    return np.asarray(grey * weight + background * (1 - weight) + 0.5, np.uint8)


def _share_of_bounding_box(mask: NDArray[np.bool_]) -> float:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    area = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    return float(mask.sum() / area)
