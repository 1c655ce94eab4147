"""Pen ink by the ink network: which pixels a pen wrote, at the scale of the writing.

The network knows strokes of one size. A first look at the whole image, reduced, shows how high the
writing is; the image is then looked at again at the scale at which the writing has the height that
the network learned.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.background import Polarity
from model.ink.binarize import Ink

PAPER, PEN, PRINT = range(3)


class InkNetwork(Protocol):
    """The ink network: grey levels to what each pixel is."""

    def probabilities(self, grey: Grey) -> NDArray[np.float32]:
        """(H, W) uint8 to (H, W, 3) probabilities of paper, pen and print."""
        ...


@dataclass(frozen=True)
class PenParams:
    """Thresholds of finding pen ink. Lengths are pixels."""

    height: float = 34  # of the writing at the scale that the network reads best
    tolerance: float = 1.6  # a look at a scale that is off by no more than this factor is good
    first_side: int = 512  # longer side of the first look
    max_enlarged: float = 4.0  # times; more shows nothing new
    max_pixels: int = 3_000_000  # of a look, which bounds its time
    looks: int = 4
    min_pen: float = 0.5  # probability of a pixel of a stroke
    min_area: int = 6  # pixels of a component that counts for the height
    # The ink map: contrast to the paper beside the stroke, averaged over this share of the
    # writing's height; its full level is this quantile of the pen's pixels; and it reaches this
    # many pixels beyond them, for the soft edge of a stroke.
    paper_reach: float = 0.8
    full_quantile: float = 0.8
    edge: int = 1


class PenMaps(NamedTuple):
    """The image at the scale of its writing, with its ink."""

    grey: Grey  # (H, W) uint8
    contrast: Ink  # (H, W) in [0, 1], by how much each pixel differs from the paper, ink bright
    ink: Ink  # (H, W) in [0, 1], the part of it that a pen wrote
    pen: Ink  # (H, W) in [0, 1], probability that a pen wrote the pixel


def find_pen(
    grey: Grey,
    network: InkNetwork,
    polarity: Polarity | None = None,
    params: PenParams = PenParams(),
) -> PenMaps:
    """Find what a pen wrote on an (H, W) image; its polarity is estimated unless it is given."""
    scale = min(params.first_side / max(grey.shape), params.max_enlarged)
    for _ in range(params.looks):
        seen = _at_scale(grey, scale)
        found = network.probabilities(seen)
        height = writing_height(found[..., PEN], params)
        better = _better_scale(grey, scale, height, params)
        if max(better / scale, scale / better) <= params.tolerance:
            break
        scale = better
    contrast, ink = pen_ink(seen, found[..., PEN], height, polarity, params)
    return PenMaps(seen, contrast, ink, found[..., PEN])


def writing_height(pen: NDArray[np.float32], params: PenParams = PenParams()) -> float:
    """Return the height, in pixels, of the components that most pen ink is in; 0 without ink."""
    mask = (pen > params.min_pen).view(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    heights, areas = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA]
    counted = areas >= params.min_area
    if not counted.any():
        return 0.0
    heights, areas = heights[counted].astype(float), areas[counted].astype(float)
    order = np.argsort(heights)
    reached = np.cumsum((heights * areas)[order])
    return float(heights[order][np.searchsorted(reached, reached[-1] / 2)])


def pen_ink(
    grey: Grey,
    pen: NDArray[np.float32],
    height: float,
    polarity: Polarity | None = None,
    params: PenParams = PenParams(),
) -> tuple[Ink, Ink]:
    """Return the contrast to the paper beside the strokes, (H, W) in [0, 1], and that of the pen.

    `pen` is the probability of each pixel that a pen wrote it, `height` that of the writing.
    """
    strokes = (pen > params.min_pen).view(np.uint8)
    if not strokes.any():
        nothing = np.zeros(grey.shape, np.float32)
        return nothing, nothing
    near = cv2.dilate(strokes, np.ones((2 * params.edge + 1,) * 2, np.uint8))
    paper = (cv2.dilate(near, np.ones((3, 3), np.uint8)) == 0).astype(np.float32)
    side = 2 * round(max(2.0, params.paper_reach * height)) + 1
    levels = grey.astype(np.float32)
    weight = cv2.blur(paper, (side, side))
    around = cv2.blur(levels * paper, (side, side)) / np.maximum(weight, 1e-6)
    usual = float(levels[paper > 0].mean()) if paper.any() else 255.0
    difference = np.where(weight > 1e-3, around, usual) - levels
    if polarity == "light" or (polarity is None and np.median(difference[strokes > 0]) < 0):
        difference = -difference
    full = max(1.0, float(np.quantile(difference[strokes > 0], params.full_quantile)))
    contrast = np.asarray(np.clip(difference / full, 0, 1), np.float32)
    return contrast, np.where(near > 0, contrast, np.float32(0))


def _better_scale(grey: Grey, scale: float, height: float, params: PenParams) -> float:
    """Return the scale at which the writing has the height that the network knows."""
    largest = min(params.max_enlarged, math.sqrt(params.max_pixels / grey.size))
    if height == 0:  # perhaps too small to be seen
        return min(max(scale, min(largest, 1.0)), 2.2 * scale)
    return min(largest, scale * params.height / height)


def _at_scale(grey: Grey, scale: float) -> Grey:
    rows, columns = (max(1, round(scale * side)) for side in grey.shape)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, (columns, rows), interpolation=method), np.uint8)
