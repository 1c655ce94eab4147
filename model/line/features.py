"""What the line network sees of a text line."""

import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey

PAPER_QUANTILE, INK_QUANTILE = 0.25, 0.98  # of the darkness of a line image's pixels
LEAST_CONTRAST = 8.0  # grey levels; below it there is noise and no ink
LOWEST, HIGHEST = -0.3, 1.3


def line_features(grey: Grey) -> NDArray[np.float32]:
    """Return the darkness of a line image, (32, W) uint8 with dark ink: paper 0, ink about 1."""
    darkness = -grey.astype(np.float32)
    darkness -= np.quantile(darkness, PAPER_QUANTILE)
    full = max(LEAST_CONTRAST, float(np.quantile(darkness, INK_QUANTILE)))
    return np.clip(darkness / full, LOWEST, HIGHEST).astype(np.float32)
