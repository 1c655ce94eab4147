"""The picture of one text line that the line network sees."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.binarize import Ink
from model.ink.components import Box
from model.line.features import LINE_HEIGHT, STRIDE

Levels = TypeVar("Levels", NDArray[np.uint8], NDArray[np.float32])

REDUCED = 0.7  # scale below which an image is blurred first, so that thin strokes do not vanish
BLUR = 0.4  # sigma of that blur, in pixels of the line image


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


def crop_line(grey: Grey, ink: Ink, box: Box, params: CropParams = CropParams()) -> LineImage:
    """Cut the text line in a box, x, y, w, h, out of an (H, W) image.

    `ink` is the (H, W) ink map. Light strokes on a dark background are inverted.
    """
    left, top, right, height = box[0], box[1], box[0] + box[2], max(1, box[3])
    x, y = left - params.beside * height, top - params.above * height
    w = right - left + 2 * params.beside * height
    scale = min(LINE_HEIGHT / (height * (1 + 2 * params.above)), params.max_width / w)
    width = max(1, math.ceil(scale * w))
    shown = resample_line(grey, x, y, scale, width)
    strokes = resample_line(ink, x, y, scale, width) > params.min_ink
    if _is_light(shown, strokes, params.ring):
        shown = np.asarray(255 - shown, np.uint8)
    return LineImage(shown, x, y, scale)


def box_around(boxes: Sequence[Box]) -> Box:
    """Return the box, x, y, w, h, around at least one box."""
    x, y = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return x, y, max(b[0] + b[2] for b in boxes) - x, max(b[1] + b[3] for b in boxes) - y


def resample_line(image: Levels, left: float, top: float, scale: float, width: int) -> Levels:
    """Return the part of an (H, W) image that begins at a corner, (LINE_HEIGHT, width), scaled.

    What lies outside the image has its median level, which is that of the paper.
    """
    rows = _within(top, LINE_HEIGHT / scale, image.shape[0])
    columns = _within(left, width / scale, image.shape[1])
    part = image[rows, columns]
    if not part.size:
        return np.zeros((LINE_HEIGHT, width), image.dtype)
    paper = float(np.median(part))
    smooth = part if scale > REDUCED else cv2.GaussianBlur(part, (0, 0), BLUR / scale)
    matrix = np.array(
        [[scale, 0, scale * (columns.start - left)], [0, scale, scale * (rows.start - top)]]
    )
    return np.asarray(
        cv2.warpAffine(
            smooth,
            matrix,
            (width, LINE_HEIGHT),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=paper,
        ),
        image.dtype,
    )


def _within(start: float, length: float, size: int) -> slice:
    """Return the pixels of a side that an interval needs, with those for interpolation."""
    return slice(max(0, math.floor(start) - 2), max(0, min(size, math.ceil(start + length) + 2)))


def _is_light(grey: Grey, strokes: NDArray[np.bool_], ring: int) -> bool:
    """Return whether the strokes are lighter than what lies around them."""
    kernel = np.ones((2 * ring + 1, 2 * ring + 1), np.uint8)
    around = (cv2.dilate(strokes.view(np.uint8), kernel) > 0) & ~strokes
    if not strokes.any() or not around.any():
        return False
    return float(grey[strokes].mean()) > float(grey[around].mean())
