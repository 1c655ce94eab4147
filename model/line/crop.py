"""The picture of one text line that the line network sees."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from model.image.grayscale import Grey
from model.ink.binarize import Ink
from model.ink.components import Component

LINE_HEIGHT = 32  # pixels of a line image, the height of the network's input
STRIDE = 4  # pixels of a line image by column of the network's output


@dataclass(frozen=True)
class CropParams:
    """How much around the digits of a text line is shown, in shares of the line's height."""

    above: float = 0.18  # and below
    beside: float = 0.4
    # Grey levels on a ring of this many pixels around the strokes say whether they are dark.
    ring: int = 3
    min_ink: float = 0.4  # ink level of a stroke's pixels
    max_width: int = 2560  # pixels; a longer line is read reduced


@dataclass(frozen=True, eq=False)
class LineImage:
    """A text line at the height that the network reads, and where it lies."""

    grey: Grey  # (LINE_HEIGHT, W) uint8, dark ink on a light background
    left: float  # of the crop on the image, in pixels
    top: float
    scale: float  # pixels of the crop by pixels of the image

    def to_image(self, column: float) -> float:
        """Return the x coordinate on the image of a column of the network's output."""
        return self.left + STRIDE * column / self.scale


def crop_line(
    grey: Grey, ink: Ink, row: Sequence[Component], params: CropParams = CropParams()
) -> LineImage:
    """Cut a text line, its components in `row`, out of an (H, W) image.

    `ink` is the (H, W) ink map. Light strokes on a dark background are inverted.
    """
    top, bottom = min(c.top for c in row), max(c.bottom for c in row)
    left, right = min(c.left for c in row), max(c.right for c in row)
    height = max(1, bottom - top)
    x, y = left - params.beside * height, top - params.above * height
    w = right - left + 2 * params.beside * height
    scale = min(LINE_HEIGHT / (height * (1 + 2 * params.above)), params.max_width / w)
    width = max(1, math.ceil(scale * w))
    part = _around(x, y, w, LINE_HEIGHT / scale, grey.shape)
    place = np.array(
        [[scale, 0, scale * (part[1].start - x)], [0, scale, scale * (part[0].start - y)]],
        np.float32,
    )
    shown = _resample(grey[part], place, width, scale)
    strokes = cv2.warpAffine(ink[part], place, (width, LINE_HEIGHT)) > params.min_ink
    if _is_light(shown, strokes, params.ring):
        shown = np.asarray(255 - shown, np.uint8)
    return LineImage(shown, x, y, scale)


def _around(x: float, y: float, w: float, h: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of an image that a box of floats needs, for interpolation."""
    rows = slice(max(0, math.floor(y) - 2), min(shape[0], math.ceil(y + h) + 2))
    return rows, slice(max(0, math.floor(x) - 2), min(shape[1], math.ceil(x + w) + 2))


def _resample(grey: Grey, place: Grey, width: int, scale: float) -> Grey:
    # An image that is reduced much is blurred first, so that thin strokes do not vanish.
    smooth = grey if scale > 0.7 else cv2.GaussianBlur(grey, (0, 0), 0.4 / scale)
    return np.asarray(
        cv2.warpAffine(
            smooth,
            place,
            (width, LINE_HEIGHT),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _is_light(grey: Grey, strokes: np.ndarray, ring: int) -> bool:
    """Return whether the strokes are lighter than what lies around them."""
    kernel = np.ones((2 * ring + 1, 2 * ring + 1), np.uint8)
    around = (cv2.dilate(strokes.view(np.uint8), kernel) > 0) & ~strokes
    if not strokes.any() or not around.any():
        return False
    return float(grey[strokes].mean()) > float(grey[around].mean())
