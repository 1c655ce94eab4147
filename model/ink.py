"""The second stage: from grey levels to an ink map."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.grey import Grey

Ink: TypeAlias = NDArray[np.float32]

# Below this contrast, in grey levels of 255, there is paper and noise but no ink.
MIN_CONTRAST = 24
# What lies nearer to the paper than this share of the darkest ink is grain of the paper.
GRAIN = 0.08


def find_ink(grey: Grey) -> Ink:
    """Find the ink on a grey image: (H, W) uint8 to (H, W) float32 in [0, 1], ink bright.

    The border tells the paper, because people leave a margin: what is darker than it is ink on a
    light paper, what is lighter is chalk on a dark one, whichever stands out further. Grey levels
    are kept, since they hold the anti-aliased edge of a stroke. Without ink the map is all zero.
    """
    paper = float(np.median(_border(grey)))
    darkest, lightest = float(grey.min()), float(grey.max())
    contrast = max(paper - darkest, lightest - paper)
    if contrast < MIN_CONTRAST:
        return np.zeros(grey.shape, np.float32)
    sign = -1.0 if paper - darkest > lightest - paper else 1.0
    ink = (grey.astype(np.float32) - paper) * (sign / contrast)
    ink[ink < GRAIN] = 0
    return ink


def _border(grey: Grey) -> Grey:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
