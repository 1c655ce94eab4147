"""The background of a transparent image: a level on which its ink can be seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLEND_PARTS = 16  # an image is blended with its background in this many parts, to bound memory


@dataclass(frozen=True)
class TransparencyParams:
    """Thresholds of compositing."""

    # An image is a card that floats on nothing if its visible pixels have this much contrast (grey
    # levels between the 5th and 95th percentile) and fill this share of their bounding box.
    card_contrast: float = 64
    card_fill: float = 0.75


def composite(
    grey: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    params: TransparencyParams = TransparencyParams(),
) -> NDArray[np.uint8]:
    """Blend a transparent image with a background on which its ink can be seen.

    Ink on a transparent background gets the opposite level. A two-tone card that fills its own
    bounding box is extended in the level of its background, so that its edge is no frame.
    """
    visible = alpha >= 128
    if not visible.any():
        visible = alpha > 0
    if not visible.any():
        return np.full(grey.shape, 255, np.uint8)
    dark, middle, light = np.percentile(grey[visible], (5, 50, 95))
    is_card = light - dark > params.card_contrast
    if is_card and _share_of_bounding_box(visible) > params.card_fill:
        background = middle
    else:
        background = 255.0 if middle < 128 else 0.0
    parts = (np.array_split(levels, BLEND_PARTS) for levels in (grey, alpha))
    return np.concatenate([_blend(g, a, background) for g, a in zip(*parts, strict=True)])


def _blend(
    grey: NDArray[np.uint8], alpha: NDArray[np.uint8], background: float
) -> NDArray[np.uint8]:
    weight = alpha.astype(np.float32) / 255
    return np.asarray(grey * weight + background * (1 - weight) + 0.5, np.uint8)


def _share_of_bounding_box(mask: NDArray[np.bool_]) -> float:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    area = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    return float(mask.sum() / area)
