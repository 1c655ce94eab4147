"""Holes that ink encloses, and the ink that two rings share."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Hole:
    """The background that a ring encloses, row by row."""

    rows: NDArray[np.intp]
    left: NDArray[np.intp]  # its first column in each of them
    right: NDArray[np.intp]  # the first one behind it

    @property
    def middle(self) -> float:
        """The column in its middle."""
        return float(self.left.min() + self.right.max()) / 2

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.right.max() - self.left.min())

    def rows_shared(self, other: "Hole") -> int:
        """Return how many rows both have."""
        first, last = max(self.rows[0], other.rows[0]), min(self.rows[-1], other.rows[-1])
        return max(0, int(last - first) + 1)


def enclosed(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of an (h, w) mask that its ink encloses."""
    background = np.pad((~solid).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(background, connectivity=4)
    inner = labels[1:-1, 1:-1]
    return np.asarray((inner != labels[0, 0]) & ~solid)


def large_holes(solid: NDArray[np.bool_], min_height: float, most: int) -> list[Hole]:
    """Return the `most` highest holes of more than `min_height` pixels in height, left to right."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        enclosed(solid).astype(np.uint8), connectivity=4
    )
    found = []
    for label, (x, y, w, h, _) in enumerate(stats[1:count].tolist(), 1):
        if h > min_height:
            part = labels[y : y + h, x : x + w] == label
            left, right = part.argmax(axis=1), w - part[:, ::-1].argmax(axis=1)
            found.append(Hole(np.arange(y, y + h), x + left, x + right))
    highest = sorted(found, key=lambda hole: -hole.rows.size)[:most]
    return sorted(highest, key=lambda hole: hole.middle)


def hole_pairs(
    holes: Sequence[Hole], min_rows: float, lens_ratio: float
) -> list[tuple[Hole, Hole]]:
    """Return each hole with the next one at the same height, and the one behind a lens.

    A lens, where two rings overlap, is narrower than `lens_ratio` of the hole beside it.
    """
    pairs = []
    for place, one in enumerate(holes):
        for two in holes[place + 1 :]:
            if one.rows_shared(two) > min_rows:
                pairs.append((one, two))
                if two.width >= lens_ratio * one.width:
                    break
    return pairs


def lines_around(
    one: Hole, two: Hole, height: int, max_slope: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return lines along the left side of hole `two` and the right side of hole `one`, (h,) each.

    Both slant as what lies between them does.
    """
    _, first, second = np.intersect1d(one.rows, two.rows, return_indices=True)
    rows, left, right = one.rows[first], two.left[second], one.right[first]
    slope = _slope(rows, (left + right) / 2, max_slope)
    lean = slope * np.arange(height)
    return (
        np.asarray((left - slope * rows).min() + lean, np.float32),
        np.asarray((right - slope * rows).max() + lean, np.float32),
    )


def _slope(rows: NDArray[np.intp], columns: NDArray[np.float64], max_slope: float) -> float:
    """Return columns by row of the straight line through the middle of a ring or of a stroke."""
    if rows.size < 3:
        return 0.0
    trim = rows.size // 5
    inner = slice(trim, rows.size - trim)
    return float(np.clip(np.polyfit(rows[inner], columns[inner], 1)[0], -max_slope, max_slope))


def pen_width(solid: NDArray[np.bool_], percentile: float) -> float:
    """Return the width of strokes, in pixels."""
    padded = np.pad(solid, 1)
    depth = cv2.distanceTransform(padded.astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(np.percentile(depth[padded], percentile)) if solid.any() else 0.0
