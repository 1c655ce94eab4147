"""Labelling connected pieces of ink, at the cost of the ink's bounding box only."""

import cv2
import numpy as np
from numpy.typing import NDArray


def connected(
    mask: NDArray[np.uint8],
) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """The pieces of an (H, W) mask that hang together, corners counting: count, labels, stats.

    Label 0 is what is not set, so there are count - 1 pieces; labels are (H, W); a row of the
    (count, 5) stats is left, top, width, height and area. The same numbers in the same order as
    OpenCV's, of whose time a small drawing on a large sheet needs a fraction.
    """
    height, width = mask.shape
    x, y, w, h = cv2.boundingRect(mask)
    # OpenCV numbers by blocks of two pixels, and takes no empty picture.
    x, y, w, h = x & ~1, y & ~1, max(1, w + (x & 1)), max(1, h + (y & 1))
    count, part, stats, _ = cv2.connectedComponentsWithStats(mask[y : y + h, x : x + w])
    labels = np.zeros((height, width), np.int32)
    labels[y : y + h, x : x + w] = part
    stats[:, cv2.CC_STAT_LEFT] += x
    stats[:, cv2.CC_STAT_TOP] += y
    stats[0] = (0, 0, width, height, width * height - int(stats[1:, cv2.CC_STAT_AREA].sum()))
    return count, labels, stats
