"""Labelling connected pieces of ink, at the cost of the ink's bounding box only."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

AREA = cv2.CC_STAT_AREA


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of an (H, W) mask that hang together, corners counting.

    The same numbers in the same order as OpenCV's; label 0 is what is not set.
    """

    shape: tuple[int, int]  # H, W
    stats: NDArray[np.int32]  # (count, 5): left, top, width, height and area of each label
    _part: NDArray[np.int32]  # labels of the part of the mask that holds all pieces
    _left: int
    _top: int

    @property
    def count(self) -> int:
        """Labels: one more than there are pieces."""
        return len(self.stats)

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """The label of every pixel, (H, W)."""
        height, width = self.shape
        return self.cut(0, 0, width, height)

    def cut(self, x: int, y: int, w: int, h: int) -> NDArray[np.int32]:
        """The labels of a part of the mask, (h, w)."""
        labels = np.zeros((h, w), np.int32)
        rows, columns = self._part.shape
        top, left = max(y, self._top), max(x, self._left)
        bottom, right = min(y + h, self._top + rows), min(x + w, self._left + columns)
        if top < bottom and left < right:
            labels[top - y : bottom - y, left - x : right - x] = self._part[
                top - self._top : bottom - self._top, left - self._left : right - self._left
            ]
        return labels


def connected(mask: NDArray[np.uint8]) -> Pieces:
    """The pieces of an (H, W) mask, of whose time a small drawing on a large sheet needs little."""
    height, width = mask.shape
    x, y, w, h = cv2.boundingRect(mask)
    # OpenCV numbers by blocks of two pixels, and takes no empty picture.
    x, y, w, h = x & ~1, y & ~1, max(1, w + (x & 1)), max(1, h + (y & 1))
    part, stats = _label(mask[y : y + h, x : x + w])
    stats[:, cv2.CC_STAT_LEFT] += x
    stats[:, cv2.CC_STAT_TOP] += y
    stats[0] = (0, 0, width, height, width * height - int(stats[1:, AREA].sum()))
    return Pieces((height, width), stats, part, x, y)


def _label(mask: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """OpenCV's labels and statistics; these take longest, and of one piece they are simple."""
    count, labels = cv2.connectedComponents(mask)
    if count > 2:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        return np.asarray(labels, np.int32), np.asarray(stats, np.int32)
    rows = [(0, 0, 0, 0, 0), (*cv2.boundingRect(mask), cv2.countNonZero(mask))]
    return np.asarray(labels, np.int32), np.array(rows[:count], np.int32)
