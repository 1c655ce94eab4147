"""Lines along which touching digits may be split: straight ones and seams."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.segment.holes import Hole, enclosed

# The column of each row of a component before which it is split, (h,).
SplitLine: TypeAlias = NDArray[np.float32]
# How much ink a split line crosses (less is better), and the line.
ScoredLine: TypeAlias = tuple[float, SplitLine]


@dataclass(frozen=True)
class SplitParams:
    """Thresholds of split candidates.

    Lengths without a unit are shares of the component's height.
    """

    max_height: int = 80  # pixels; a higher component is reduced to this height
    slants: tuple[float, ...] = (0.0, 0.35, -0.2)  # of straight lines; x per y, up to the right
    lines_per_height: float = 3  # straight lines of one slant in a component as wide as high
    seams_per_height: float = 4
    min_distance: float = 0.18  # between two straight lines of one slant
    min_seam_distance: float = 0.16
    hole_weight: float = 0.5  # what a seam pays for a pixel of a hole; for one of ink it pays 1
    lean_weight: float = 0.12  # what it pays for each pixel to the side
    min_hole: float = 0.15  # a lower hole is none of a digit
    min_difference: float = 0.06  # mean distance of two lines that are not the same
    # Bounds of the candidates that share no ink, and as many that do.
    candidates_per_height: float = 8
    max_candidates: int = 80
    lens_ratio: float = 0.6  # of a ring's hole in width; a narrower hole lies where two overlap
    pen_percentile: float = 90  # of the distances to the background that is half the pen's width
    max_slope: float = 0.6  # x per y, of a stroke that two digits share
    max_crossing: float = 0.05  # how far a split line may lie behind one to the left of it
    min_ink: float = 0.02  # ink level in [0, 1]; fainter ink is cut off the pieces


def straight_lines(
    ink: NDArray[np.float32], params: SplitParams, ink_threshold: float
) -> list[ScoredLine]:
    """Return the straight lines of each slant that cross least ink, for an (h, w) ink map."""
    height = ink.shape[0]
    rows = np.arange(height)
    found = []
    for slant in params.slants:
        crossing = _crossing(ink, slant, ink_threshold)
        most = math.ceil(params.lines_per_height * ink.shape[1] / height)
        start = _shear_offset(slant, height) + slant * rows
        apart = round(params.min_distance * height)
        for place in _minima(crossing, apart, min(most, params.max_candidates), height):
            found.append((float(crossing[place]), np.asarray(place - start, np.float32)))
    return found


def seams(ink: NDArray[np.float32], params: SplitParams, ink_threshold: float) -> list[ScoredLine]:
    """Return the ways down that cross least ink, by where they pass the middle row.

    Dynamic programming, as for the seams of Avidan and Shamir 2007, "Seam carving for content-aware
    image resizing". A way through a hole does not lie between two digits.
    """
    height, width = ink.shape
    solid = ink > ink_threshold
    cost = np.where(solid, ink, 0) + params.hole_weight * enclosed(solid) + 0.001
    cost = np.asarray(cost, np.float32)
    middle = height // 2
    above, came_above = _ways_down(cost[: middle + 1], params.lean_weight)
    below, came_below = _ways_down(cost[middle:][::-1], params.lean_weight)
    total = above + below - cost[middle]
    most = min(math.ceil(params.seams_per_height * width / height), params.max_candidates)
    found = []
    # All columns count as inked: a seam may pass beside the ink of the middle row.
    for place in _minima(total + 1, round(params.min_seam_distance * height), most, height):
        line = np.empty(height, np.float32)
        line[: middle + 1] = _followed(came_above, place)
        line[middle:] = _followed(came_below, place)[::-1]
        found.append((float(total[place]), line))
    return found


def lines_between_holes(
    ink: NDArray[np.float32], holes: Sequence[Hole], ink_threshold: float
) -> list[ScoredLine]:
    """Return an upright line between every two holes beside each other."""
    height, width = ink.shape
    spans = sorted((int(hole.left.min()), int(hole.right.max())) for hole in holes)
    crossing = _crossing(ink, 0.0, ink_threshold)
    found = []
    for (start, end), (next_start, next_end) in itertools.pairwise(spans):
        first = max(0, min(end, next_start) - 1)
        last = min(width, max(end, next_start) + 2)
        if start + end < 2 * first and 2 * last < next_start + next_end + 2:
            place = first + int(np.argmin(crossing[first:last]))
            found.append((float(crossing[place]), np.full(height, place, np.float32)))
    return found


def _crossing(ink: NDArray[np.float32], slant: float, ink_threshold: float) -> NDArray[np.float32]:
    """Return what a line down each slanted column crosses; the image is sheared to make it upright.

    Half of it is ink, half the span from the first ink to the last, which is least between round
    digits that touch at their flanks.
    """
    upright = _shear(ink, slant)
    solid = upright > ink_threshold
    first = np.argmax(solid, axis=0)
    last = upright.shape[0] - np.argmax(solid[::-1], axis=0)
    span = np.where(solid.any(axis=0), last - first, 0)
    return np.asarray((upright.sum(axis=0) + span) / 2, np.float32)


def _shear(ink: NDArray[np.float32], slant: float) -> NDArray[np.float32]:
    height, width = ink.shape
    extra = math.ceil(abs(slant) * height)
    matrix = np.array([[1, slant, _shear_offset(slant, height)], [0, 1, 0]], np.float32)
    return np.asarray(
        cv2.warpAffine(ink, matrix, (width + extra, height), flags=cv2.INTER_LINEAR), np.float32
    )


def _shear_offset(slant: float, height: int) -> float:
    return 0.0 if slant >= 0 else float(math.ceil(abs(slant) * height))


def _minima(profile: NDArray[np.float32], apart: int, most: int, height: int) -> list[int]:
    """Return columns where least ink is crossed, the least first chosen, none near another one."""
    apart = max(2, apart)
    inked = np.flatnonzero(profile > 0.5)
    if inked.size < 2 * apart:
        return []
    smooth = cv2.GaussianBlur(profile[np.newaxis], (0, 0), max(0.5, 0.02 * height))[0]
    first, last = int(inked[0]) + apart, int(inked[-1]) - apart
    here, before, after = (
        smooth[first:last],
        smooth[first - 1 : last - 1],
        smooth[first + 1 : last + 1],
    )
    low = np.flatnonzero((here <= before) & (here <= after)) + first
    chosen: list[int] = []
    for place in sorted(low.tolist(), key=lambda p: float(smooth[p])):
        if len(chosen) >= most:
            break
        if all(abs(place - other) >= apart for other in chosen):
            chosen.append(place)
    return sorted(chosen)


def _ways_down(
    cost: NDArray[np.float32], lean: float
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the least cost of a way from the first row to each pixel of the last; its steps."""
    sums = cost[0]
    came = np.zeros(cost.shape, np.int8)
    ways = np.full((3, cost.shape[1]), np.inf, np.float32)
    for row in range(1, len(cost)):
        ways[0, 1:] = sums[:-1] + lean
        ways[1] = sums
        ways[2, :-1] = sums[1:] + lean
        came[row] = ways.argmin(axis=0) - 1
        sums = cost[row] + ways.min(axis=0)
    return sums, came


def _followed(came: NDArray[np.int8], place: int) -> NDArray[np.float32]:
    """Return the columns of the way that ends at a column of the last row."""
    line = np.empty(len(came), np.float32)
    for row in range(len(came) - 1, -1, -1):
        line[row] = place
        place += int(came[row, place])
    return line
