"""What the ink network sees of a grey image: contrast in the whole image and around each pixel."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey


@dataclass(frozen=True)
class InkFeatureParams:
    """How contrast is measured. A network knows one setting; lengths are pixels."""

    window: int = 31  # side of the square around a pixel; about as wide as a digit is high
    step: int = 2  # every so many rows and columns give the quantiles of the whole image
    low: float = 1.0  # percentiles, whose difference is the contrast of the whole image
    high: float = 99.0
    least_range: float = 20.0  # grey levels; a flat image is not stretched more
    least_deviation: float = 6.0  # the same, of the contrast around a pixel


INK_CHANNELS = 2


def ink_features(grey: Grey, params: InkFeatureParams = InkFeatureParams()) -> NDArray[np.float32]:
    """Return (H, W, 2) float32 of (H, W) grey levels: global and local contrast, about -1 to 1."""
    levels = grey.astype(np.float32)
    low, middle, high = np.percentile(
        grey[:: params.step, :: params.step], (params.low, 50, params.high)
    )
    whole = (levels - np.float32(middle)) / np.float32(max(params.least_range, high - low))
    mean = _mean_around(levels, params.window)
    variance = _mean_around(levels * levels, params.window) - mean * mean
    deviation = _mean_around(np.sqrt(np.maximum(variance, 0)), params.window)
    local = (levels - mean) / (2 * deviation + np.float32(params.least_deviation))
    return np.stack([whole, local], axis=-1).astype(np.float32)


def _mean_around(levels: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    side = (window, window)
    return np.asarray(cv2.blur(levels, side, borderType=cv2.BORDER_REFLECT), np.float32)
