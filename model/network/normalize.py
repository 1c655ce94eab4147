"""The fourth stage: from a glyph of any size to the 28x28 picture that a network sees."""

import io
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels: TypeAlias = NDArray[np.float32]

SIDE = 28
BOX = 20
# A stroke that covers less than this share of the pixels along it is a hairline.
THIN = 0.55
FAINT = 0.25  # ink fainter than this share of the darkest is the edge of a stroke


def normalize(glyph: NDArray[np.float32]) -> Pixels:
    """Normalise a glyph as MNIST does: (h, w) to (28, 28), float32 in [0, 1], ink bright.

    The longer side is scaled to 20 pixels, the aspect kept, and the picture is moved by whole
    pixels until its centre of mass is the centre of 28x28 (LeCun, Cortes, Burges, "The MNIST
    database"). A digit of MNIST therefore passes unchanged.
    """
    small = _fit_box(glyph)
    height, width = small.shape
    total = float(small.sum())
    row = float(small.sum(axis=1) @ np.arange(height)) / total
    column = float(small.sum(axis=0) @ np.arange(width)) / total
    top = _offset(row, height)
    left = _offset(column, width)
    picture = np.zeros((SIDE, SIDE), np.float32)
    picture[top : top + height, left : left + width] = small
    return picture


def as_png(pixels: Pixels) -> bytes:
    """A normalised picture as the bytes of a grey PNG."""
    file = io.BytesIO()
    Image.fromarray((pixels * 255).round().astype(np.uint8)).save(file, "PNG", optimize=True)
    return file.getvalue()


def _fit_box(glyph: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = glyph.shape
    scale = BOX / max(height, width)
    if scale == 1:
        return glyph
    import cv2  # here, since it takes longer to import than a page to show

    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Averaging over areas keeps a thin stroke when shrinking; for enlarging it would make blocks.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(glyph, size, interpolation=method)
    peak = _full_ink(small)
    if scale < 1 and peak < THIN * float(glyph.max()):
        # A hairline would be a row of lone grey pixels: it gets the width of a fine pen.
        border = cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        small = cv2.GaussianBlur(border, (3, 3), 0.7)[1:-1, 1:-1]
        peak = _full_ink(small)
    return np.asarray(np.clip(small / peak, 0, 1), np.float32)


def _full_ink(small: NDArray[np.float32]) -> float:
    """The 90th percentile of the levels that are no edge of a stroke."""
    levels = np.sort(small[small > FAINT * small.max()])  # few: np.percentile takes 20 times longer
    place = 0.9 * (levels.size - 1)
    low = int(place)
    high = min(low + 1, levels.size - 1)
    return float(levels[low] + (place - low) * (levels[high] - levels[low]))


def _offset(centre: float, length: int) -> int:
    """First pixel of a span whose centre of mass shall lie at pixel 14, where MNIST has it."""
    return min(max(round(SIDE / 2 - centre), 0), SIDE - length)
