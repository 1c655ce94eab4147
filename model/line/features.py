"""What the line network sees of a text line: how far each pixel is from the background."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey

LINE_HEIGHT = 32  # pixels of a line image, the height of the network's input
STRIDE = 4  # pixels of a line image by column of the network's output


@dataclass(frozen=True)
class LineFeatureParams:
    """How grey levels are stretched. A network knows one setting."""

    background: float = 75.0  # percentile of the grey levels that counts as the background
    full: float = 98.0  # percentile of the contrast that becomes 1
    least_contrast: float = 8.0  # grey levels; a flat line is not stretched more
    low: float = -0.3  # bounds of the result
    high: float = 1.3


def line_features(
    grey: Grey, params: LineFeatureParams = LineFeatureParams()
) -> NDArray[np.float32]:
    """Return (LINE_HEIGHT, W, 1) float32, ink about 1 and background about 0.

    `grey` is (LINE_HEIGHT, W) uint8, dark ink on a light background.
    """
    levels = grey.astype(np.float32)
    contrast = np.float32(np.percentile(levels, params.background)) - levels
    full = max(float(np.percentile(contrast, params.full)), params.least_contrast)
    stretched = np.clip(contrast / np.float32(full), params.low, params.high)
    return np.asarray(stretched[..., np.newaxis], np.float32)
