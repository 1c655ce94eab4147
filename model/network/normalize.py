"""Normalisation, the fourth stage: from a glyph of any size to the network's 28x28 input."""

import io
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels: TypeAlias = NDArray[np.float32]

SIDE = 28  # pixels of the network's input
BOX = 20  # pixels of the longer side of a digit in it


@dataclass(frozen=True)
class NormalizeParams:
    """Thresholds of normalisation. Levels are shares of the darkest ink."""

    hairline: float = 0.55  # a reduced stroke of no higher level is widened
    hairline_blur: float = 0.7  # sigma, in pixels of the input
    stroke_edge: float = 0.25  # fainter ink is the edge of a stroke
    full_ink: float = 0.9  # quantile of the other levels that is full ink


PARAMS = NormalizeParams()  # fixed: a network was trained on what they give


def normalize(glyph: NDArray[np.float32], params: NormalizeParams = PARAMS) -> Pixels:
    """Normalise a glyph as MNIST does: (h, w) to (28, 28), float32 in [0, 1], ink bright.

    The glyph must be cropped to its ink. The longer side is scaled to 20 pixels, the aspect kept,
    and the glyph is moved by whole pixels until its centre of mass is the centre of 28x28 (LeCun,
    Cortes, Burges, "The MNIST database"). A digit of MNIST therefore passes unchanged. Raises
    ValueError for a glyph without ink.
    """
    if not glyph.any():
        raise ValueError("a glyph with no ink cannot be normalised")
    small = _fit_box(glyph, params)
    height, width = small.shape
    total = float(small.sum())
    row = float(small.sum(axis=1) @ np.arange(height)) / total
    column = float(small.sum(axis=0) @ np.arange(width)) / total
    top = _first_pixel(row, height)
    left = _first_pixel(column, width)
    pixels = np.zeros((SIDE, SIDE), np.float32)
    pixels[top : top + height, left : left + width] = small
    return pixels


def as_png(pixels: Pixels) -> bytes:
    """Return (28, 28) pixels in [0, 1] as the bytes of a grey PNG."""
    file = io.BytesIO()
    Image.fromarray((pixels * 255).round().astype(np.uint8)).save(file, "PNG", optimize=True)
    return file.getvalue()


def _fit_box(glyph: NDArray[np.float32], params: NormalizeParams) -> NDArray[np.float32]:
    height, width = glyph.shape
    scale = BOX / max(height, width)
    if scale == 1:
        return glyph
    import cv2  # late: importing it takes longer than showing a page

    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Averaging over areas keeps a thin stroke when shrinking; for enlarging it would make blocks.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(glyph, size, interpolation=method)
    peak = _full_ink(small, params)
    if scale < 1 and peak < params.hairline * float(glyph.max()):
        # A hairline would become separate grey pixels: it gets the width of a fine pen.
        border = cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        small = cv2.GaussianBlur(border, (3, 3), params.hairline_blur)[1:-1, 1:-1]
        peak = _full_ink(small, params)
    return np.asarray(np.clip(small / peak, 0, 1), np.float32)


def _full_ink(small: NDArray[np.float32], params: NormalizeParams) -> float:
    """Return the level of full ink: a quantile of the levels that are no edge of a stroke."""
    # Few levels: np.percentile takes 20 times longer.
    levels = np.sort(small[small > params.stroke_edge * small.max()])
    place = params.full_ink * (levels.size - 1)
    low = int(place)
    high = min(low + 1, levels.size - 1)
    return float(levels[low] + (place - low) * (levels[high] - levels[low]))


def _first_pixel(centre: float, length: int) -> int:
    """Return the first pixel of a span that puts its centre of mass at pixel 14, as in MNIST."""
    return min(max(round(SIDE / 2 - centre), 0), SIDE - length)
