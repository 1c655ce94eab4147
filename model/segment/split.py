"""Where touching digits may be cut apart."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import SOLID
from model.ink.components import Component, whole

# Lengths are shares of the mark's height.
FINE = 80  # pixels; a higher mark is looked at in a copy of this height
SLANTS = (0.0, 0.35, -0.2)  # x per y, upwards to the right
CUTS_PER_HEIGHT = 3  # straight ones of one slant: a mark as wide as high gets so many at most
SEAMS_PER_HEIGHT = 4
NARROWEST = 0.18  # between two straight cuts of one slant
SEAM_NARROWEST = 0.16
HOLLOW = 0.5  # what a seam pays for a pixel of a hole, as ink pays 1
LEAN = 0.12  # what it pays for each pixel to the side
HOLE = 0.15  # what is lower is no hole of a digit
ALIKE = 0.06  # cuts nearer to each other are one
LINES_PER_HEIGHT = 8  # that share nothing, and as many that do
MOST_LINES = 80  # of either kind, however wide the mark is
LENS = 0.6  # of the width of a ring's hole; what is narrower lies where two rings overlap
WIDE = 90  # percentile of the distances to the paper that is half of a pen's width
STEEPEST = 0.6  # x per y, downwards to the right or left, of a stroke that two digits share
CROSSING = 0.05  # by so much at most may a cut lie behind one to the left of it

# The column of each of a mark's rows before which it is cut, (h,).
CutLine: TypeAlias = NDArray[np.float32]
# How much a line crosses, the less the better, and the line.
Candidate: TypeAlias = tuple[float, CutLine]


@dataclass(frozen=True, eq=False)
class Cut:
    """Where the digit on the left ends and the one on the right starts.

    The two are one line, or lie around ink that belongs to both digits.
    """

    end: CutLine
    start: CutLine

    @property
    def shares(self) -> bool:
        """Whether ink belongs to both digits."""
        return self.end is not self.start

    @property
    def place(self) -> float:
        """The column in its middle."""
        return float(self.end.mean() + self.start.mean()) / 2


@dataclass(frozen=True, eq=False)
class _Hole:
    """What a ring encloses, row by row."""

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

    def beside(self, other: "_Hole") -> int:
        """How many rows both have."""
        first, last = max(self.rows[0], other.rows[0]), min(self.rows[-1], other.rows[-1])
        return max(0, int(last - first) + 1)


def cuts(mark: Component) -> list[Cut]:
    """Where a mark may be cut from top to bottom, from left to right; some are alike or wrong.

    Straight lines at several slants, where digits that run together share a ligature or round ones
    touch at their flanks; seams that bend around ink, where they lean over each other; one between
    every two holes beside each other, as of zeros that were written in one stroke; and cuts around
    what belongs to both digits: a stroke of a ring, or the lens where two rings overlap.
    """
    ink, enlarged = _reduced(mark)
    holes = _large_holes(ink > SOLID)
    lines = [Cut(line, line) for line in map(enlarged, _lines(ink, holes))]
    shared = [Cut(enlarged(end), enlarged(start)) for end, start in _shared(ink, holes)]
    return sorted([*lines, *shared], key=lambda cut: cut.place)


def _reduced(mark: Component) -> tuple[NDArray[np.float32], Callable[[CutLine], CutLine]]:
    """The ink of a mark, reduced if it is high, and what makes its lines those of the mark."""
    ink = np.asarray(mark.ink, np.float32)
    if mark.height <= FINE:
        return ink, lambda line: line
    width = max(1, round(FINE / mark.height * mark.width))
    rows = (np.arange(mark.height) + 0.5) * FINE / mark.height - 0.5
    return (
        np.asarray(cv2.resize(ink, (width, FINE), interpolation=cv2.INTER_AREA), np.float32),
        lambda line: np.asarray(
            np.interp(rows, np.arange(FINE), line) * mark.width / width, np.float32
        ),
    )


def _lines(ink: NDArray[np.float32], holes: Sequence[_Hole]) -> list[CutLine]:
    """The cuts that share nothing, each another one, those that cross least first chosen."""
    candidates = [*_straight(ink), *_seams(ink), *_between_holes(ink, holes)]
    kept: list[CutLine] = []
    for _, line in sorted(candidates, key=lambda candidate: candidate[0]):
        if len(kept) < _most(ink) and all(
            float(np.abs(line - other).mean()) > ALIKE * len(ink) for other in kept
        ):
            kept.append(line)
    return kept


def _most(ink: NDArray[np.float32]) -> int:
    """How many cuts of either kind there may be."""
    height, width = ink.shape
    by_shape: int = math.ceil(LINES_PER_HEIGHT * width / height)
    return min(MOST_LINES, by_shape)


def piece(mark: Component, left: CutLine | None, right: CutLine | None) -> Component | None:
    """What of a mark lies between two cuts, None being its end; None where nothing does.

    So it is too where the cuts cross each other.
    """
    if left is not None and right is not None and (right - left).min() < -CROSSING * mark.height:
        return None
    first = 0 if left is None else max(0, math.floor(left.min()))
    last = mark.width if right is None else min(mark.width, math.ceil(right.max()))
    columns = np.arange(first, max(first, last))
    within = np.ones((mark.height, columns.size), np.bool_)
    if left is not None:
        within &= columns >= left[:, np.newaxis]
    if right is not None:
        within &= columns < right[:, np.newaxis]
    ink = np.where(within, mark.ink[:, first : first + columns.size], np.float32(0))
    found = whole(np.where(ink > 0.02, ink, np.float32(0)))
    if found is None or found.ink.max() <= SOLID:
        return None
    x, y, w, h = found.box
    return Component(found.ink, (x + first + mark.left, y + mark.top, w, h))


def hollow(mark: Component, line: CutLine) -> float:
    """How much of a mark's height lies between the strokes that a cut crosses, in [0, 1].

    A cut through a 0 or an 8 crosses its hollow; where two digits touch there is hardly any.
    """
    rows = np.arange(mark.height)
    column = np.clip(np.ceil(line).astype(np.intp), 1, max(1, mark.width - 1))
    solid = np.pad(mark.ink, ((0, 0), (0, 1))) > SOLID
    crossed = np.flatnonzero(solid[rows, column - 1] & solid[rows, column])
    if not crossed.size:
        return 0.0
    return float(crossed[-1] - crossed[0] + 1 - crossed.size) / mark.height


def _straight(ink: NDArray[np.float32]) -> list[Candidate]:
    height = ink.shape[0]
    rows = np.arange(height)
    found = []
    for slant in SLANTS:
        crossing = _crossing(ink, slant)
        most = math.ceil(CUTS_PER_HEIGHT * ink.shape[1] / height)
        start = _offset(slant, height) + slant * rows
        for place in _minima(crossing, round(NARROWEST * height), most, height):
            found.append((float(crossing[place]), np.asarray(place - start, np.float32)))
    return found


def _crossing(ink: NDArray[np.float32], slant: float) -> NDArray[np.float32]:
    """What a cut down each slanted column crosses; sheared so that those columns are upright.

    Half of it is ink, half the span from the first ink to the last, which is least between round
    digits that touch at their flanks.
    """
    upright = _shear(ink, slant)
    solid = upright > SOLID
    first = np.argmax(solid, axis=0)
    last = upright.shape[0] - np.argmax(solid[::-1], axis=0)
    span = np.where(solid.any(axis=0), last - first, 0)
    return np.asarray((upright.sum(axis=0) + span) / 2, np.float32)


def _shear(ink: NDArray[np.float32], slant: float) -> NDArray[np.float32]:
    height, width = ink.shape
    extra = math.ceil(abs(slant) * height)
    matrix = np.array([[1, slant, _offset(slant, height)], [0, 1, 0]], np.float32)
    return np.asarray(
        cv2.warpAffine(ink, matrix, (width + extra, height), flags=cv2.INTER_LINEAR), np.float32
    )


def _offset(slant: float, height: int) -> float:
    return 0.0 if slant >= 0 else float(math.ceil(abs(slant) * height))


def _minima(profile: NDArray[np.float32], apart: int, most: int, height: int) -> list[int]:
    """Columns where least is crossed, the least first chosen, none too near another or an end."""
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
        if len(chosen) >= min(most, MOST_LINES):
            break
        if all(abs(place - other) >= apart for other in chosen):
            chosen.append(place)
    return sorted(chosen)


def _seams(ink: NDArray[np.float32]) -> list[Candidate]:
    """The ways down that cross least, by where they pass the middle row.

    Found by dynamic programming, as the seams of Avidan and Shamir, "Seam carving for
    content-aware image resizing" (2007). A way through a hole is none between two digits.
    """
    height, width = ink.shape
    solid = ink > SOLID
    cost = np.where(solid, ink, 0) + HOLLOW * _holes(solid) + 0.001
    cost = np.asarray(cost, np.float32)
    middle = height // 2
    above, came_above = _ways_down(cost[: middle + 1])
    below, came_below = _ways_down(cost[middle:][::-1])
    total = above + below - cost[middle]
    most = math.ceil(SEAMS_PER_HEIGHT * width / height)
    found = []
    # All columns count as inked: a seam may pass beside the ink of the middle row.
    for place in _minima(total + 1, round(SEAM_NARROWEST * height), most, height):
        line = np.empty(height, np.float32)
        line[: middle + 1] = _followed(came_above, place)
        line[middle:] = _followed(came_below, place)[::-1]
        found.append((float(total[place]), line))
    return found


def _holes(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is enclosed by ink."""
    paper = np.pad((~solid).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    inner = labels[1:-1, 1:-1]
    return np.asarray((inner != labels[0, 0]) & ~solid)


def _ways_down(
    cost: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """The least cost of a way from the first row to each pixel of the last; each step's side."""
    sums = cost[0]
    came = np.zeros(cost.shape, np.int8)
    ways = np.full((3, cost.shape[1]), np.inf, np.float32)
    for row in range(1, len(cost)):
        ways[0, 1:] = sums[:-1] + LEAN
        ways[1] = sums
        ways[2, :-1] = sums[1:] + LEAN
        came[row] = ways.argmin(axis=0) - 1
        sums = cost[row] + ways.min(axis=0)
    return sums, came


def _followed(came: NDArray[np.int8], place: int) -> NDArray[np.float32]:
    """The columns of the way that ends at a place of the last row."""
    line = np.empty(len(came), np.float32)
    for row in range(len(came) - 1, -1, -1):
        line[row] = place
        place += int(came[row, place])
    return line


def _between_holes(ink: NDArray[np.float32], holes: Sequence[_Hole]) -> list[Candidate]:
    height, width = ink.shape
    spans = sorted((int(hole.left.min()), int(hole.right.max())) for hole in holes)
    crossing = _crossing(ink, 0.0)
    found = []
    for (start, end), (next_start, next_end) in itertools.pairwise(spans):
        first = max(0, min(end, next_start) - 1)
        last = min(width, max(end, next_start) + 2)
        if start + end < 2 * first and 2 * last < next_start + next_end + 2:
            place = first + int(np.argmin(crossing[first:last]))
            found.append((float(crossing[place]), np.full(height, place, np.float32)))
    return found


def _shared(ink: NDArray[np.float32], holes: Sequence[_Hole]) -> list[tuple[CutLine, CutLine]]:
    """Where a digit ends, and the next one starts before that: around what belongs to both.

    Of two rings beside each other that is a stroke of both, or a lens where they overlap; where a
    ring has no other beside it, its own stroke.
    """
    height = len(ink)
    pairs = _beside(holes, least=HOLE * height)
    pen = _pen(ink > SOLID)
    found = [_around(one, two, height) for one, two in pairs]
    for hole in holes:
        left, right = _around(hole, hole, height)
        if all(hole is not two for _, two in pairs):
            found.append((left, left - pen))
        if all(hole is not one for one, _ in pairs):
            found.append((right + pen, right))
    around = [(end, start) for end, start in found if end.mean() > start.mean()]
    # The narrowest first: the likeliest of those around the same ink.
    return sorted(around, key=lambda lines: float((lines[0] - lines[1]).mean()))[: _most(ink)]


def _large_holes(solid: NDArray[np.bool_]) -> list[_Hole]:
    """The holes as high as those of digits, the highest if there are many, from left to right."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        _holes(solid).astype(np.uint8), connectivity=4
    )
    found = []
    for label, (x, y, w, h, _) in enumerate(stats[1:count].tolist(), 1):
        if h > HOLE * len(solid):
            part = labels[y : y + h, x : x + w] == label
            left, right = part.argmax(axis=1), w - part[:, ::-1].argmax(axis=1)
            found.append(_Hole(np.arange(y, y + h), x + left, x + right))
    highest = sorted(found, key=lambda hole: -hole.rows.size)[:MOST_LINES]
    return sorted(highest, key=lambda hole: hole.middle)


def _beside(holes: Sequence[_Hole], least: float) -> list[tuple[_Hole, _Hole]]:
    """Each hole and the next one at the same height, and the one behind where that is a lens."""
    pairs = []
    for place, one in enumerate(holes):
        for two in holes[place + 1 :]:
            if one.beside(two) > least:
                pairs.append((one, two))
                if two.width >= LENS * one.width:
                    break
    return pairs


def _around(one: _Hole, two: _Hole, height: int) -> tuple[CutLine, CutLine]:
    """Along the left side of hole `two` and along the right side of hole `one`, as both slant."""
    _, first, second = np.intersect1d(one.rows, two.rows, return_indices=True)
    rows, left, right = one.rows[first], two.left[second], one.right[first]
    slope = _slope(rows, (left + right) / 2)
    lean = slope * np.arange(height)
    return (
        np.asarray((left - slope * rows).min() + lean, np.float32),
        np.asarray((right - slope * rows).max() + lean, np.float32),
    )


def _slope(rows: NDArray[np.intp], columns: NDArray[np.float64]) -> float:
    """Columns by row of the straight line through the middle of a ring or of a stroke."""
    if rows.size < 3:
        return 0.0
    trim = rows.size // 5
    inner = slice(trim, rows.size - trim)
    return float(np.clip(np.polyfit(rows[inner], columns[inner], 1)[0], -STEEPEST, STEEPEST))


def _pen(solid: NDArray[np.bool_]) -> float:
    """The width of strokes, in pixels."""
    padded = np.pad(solid, 1)
    depth = cv2.distanceTransform(padded.astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(np.percentile(depth[padded], WIDE)) if solid.any() else 0.0
