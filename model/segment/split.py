"""Split candidates: where a component of touching digits may be split (over-segmentation)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import InkLevels
from model.ink.components import Component, all_ink
from model.segment.holes import Hole, hole_pairs, large_holes, lines_around, pen_width
from model.segment.split_lines import (
    SplitLine,
    SplitParams,
    lines_between_holes,
    seams,
    straight_lines,
)


@dataclass(frozen=True, eq=False)
class Split:
    """Where the digit on the left ends and the one on the right starts.

    The two are one line, or lie around ink that belongs to both digits.
    """

    end: SplitLine
    start: SplitLine

    @property
    def shares_ink(self) -> bool:
        """Whether ink belongs to both digits."""
        return self.end is not self.start

    @property
    def place(self) -> float:
        """The column in its middle."""
        return float(self.end.mean() + self.start.mean()) / 2


def split_candidates(
    component: Component, params: SplitParams = SplitParams(), levels: InkLevels = InkLevels()
) -> list[Split]:
    """Return where a component may be split from top to bottom, from left to right.

    Some are alike or wrong; the lattice chooses. Straight lines of several slants, where digits
    share a ligature or round ones touch at their flanks; seams that bend around ink, where digits
    lean over each other; one line between every two holes beside each other, as of zeros written
    in one stroke; and splits around ink that belongs to both digits: a stroke of a ring, or the
    lens where two rings overlap.
    """
    ink, enlarged = _reduce_component(component, params.max_height)
    solid, height = ink > levels.ink_threshold, len(ink)
    holes = large_holes(solid, params.min_hole * height, params.max_candidates)
    lines = [Split(line, line) for line in map(enlarged, _lines(ink, holes, params, levels))]
    around = _around_shared_ink(solid, holes, params)
    shared = [Split(enlarged(end), enlarged(start)) for end, start in around]
    return sorted([*lines, *shared], key=lambda split: split.place)


def _reduce_component(
    component: Component, max_height: int
) -> tuple[NDArray[np.float32], Callable[[SplitLine], SplitLine]]:
    """Return the ink, reduced if it is high, and what maps its lines to the component."""
    ink = np.asarray(component.ink, np.float32)
    if component.height <= max_height:
        return ink, lambda line: line
    width = max(1, round(max_height / component.height * component.width))
    rows = (np.arange(component.height) + 0.5) * max_height / component.height - 0.5
    small = cv2.resize(ink, (width, max_height), interpolation=cv2.INTER_AREA)
    return (
        np.asarray(small, np.float32),
        lambda line: np.asarray(
            np.interp(rows, np.arange(max_height), line) * component.width / width, np.float32
        ),
    )


def _lines(
    ink: NDArray[np.float32], holes: Sequence[Hole], params: SplitParams, levels: InkLevels
) -> list[SplitLine]:
    """Return distinct lines that share no ink; those that cross least ink are chosen first."""
    threshold = levels.ink_threshold
    candidates = [
        *straight_lines(ink, params, threshold),
        *seams(ink, params, threshold),
        *lines_between_holes(ink, holes, threshold),
    ]
    kept: list[SplitLine] = []
    for _, line in sorted(candidates, key=lambda candidate: candidate[0]):
        if len(kept) < _most(ink.shape, params) and all(
            float(np.abs(line - other).mean()) > params.min_difference * len(ink) for other in kept
        ):
            kept.append(line)
    return kept


def _most(shape: tuple[int, ...], params: SplitParams) -> int:
    """Return the greatest number of candidates of either kind."""
    height, width = shape
    by_shape: int = math.ceil(params.candidates_per_height * width / height)
    return min(params.max_candidates, by_shape)


def _around_shared_ink(
    solid: NDArray[np.bool_], holes: Sequence[Hole], params: SplitParams
) -> list[tuple[SplitLine, SplitLine]]:
    """Return where a digit ends and the next one starts before that: around ink of both.

    Of two rings beside each other that is a stroke of both, or a lens where they overlap; of a ring
    with no other beside it, its own stroke.
    """
    height, slope = len(solid), params.max_slope
    pairs = hole_pairs(holes, params.min_hole * height, params.lens_ratio)
    pen = pen_width(solid, params.pen_percentile)
    found = [lines_around(one, two, height, slope) for one, two in pairs]
    for hole in holes:
        left, right = lines_around(hole, hole, height, slope)
        if all(hole is not two for _, two in pairs):
            found.append((left, left - pen))
        if all(hole is not one for one, _ in pairs):
            found.append((right + pen, right))
    around = [(end, start) for end, start in found if end.mean() > start.mean()]
    # The narrowest first: the likeliest of those around the same ink.
    narrowest = sorted(around, key=lambda lines: float((lines[0] - lines[1]).mean()))
    return narrowest[: _most(solid.shape, params)]


def crop_between(
    component: Component,
    left: SplitLine | None,
    right: SplitLine | None,
    params: SplitParams = SplitParams(),
    levels: InkLevels = InkLevels(),
) -> Component | None:
    """Return the piece of a component between two split lines; None where no ink is there.

    None for a line stands for that end of the component. Lines that cross each other have no piece
    between them either.
    """
    limit = -params.max_crossing * component.height
    if left is not None and right is not None and (right - left).min() < limit:
        return None
    first = 0 if left is None else max(0, math.floor(left.min()))
    last = component.width if right is None else min(component.width, math.ceil(right.max()))
    columns = np.arange(first, max(first, last))
    within = np.ones((component.height, columns.size), np.bool_)
    if left is not None:
        within &= columns >= left[:, np.newaxis]
    if right is not None:
        within &= columns < right[:, np.newaxis]
    ink = np.where(within, component.ink[:, first : first + columns.size], np.float32(0))
    found = all_ink(np.where(ink > params.min_ink, ink, np.float32(0)))
    if found is None or found.ink.max() <= levels.ink_threshold:
        return None
    x, y, w, h = found.box
    return Component(found.ink, (x + first + component.left, y + component.top, w, h))


def hole_crossing(component: Component, line: SplitLine, levels: InkLevels = InkLevels()) -> float:
    """Return how much of a component's height lies between the strokes that a line crosses.

    In [0, 1]. A line through a 0 or an 8 crosses its hole; where two digits touch there is hardly
    any.
    """
    rows = np.arange(component.height)
    column = np.clip(np.ceil(line).astype(np.intp), 1, max(1, component.width - 1))
    solid = np.pad(component.ink, ((0, 0), (0, 1))) > levels.ink_threshold
    crossed = np.flatnonzero(solid[rows, column - 1] & solid[rows, column])
    if not crossed.size:
        return 0.0
    return float(crossed[-1] - crossed[0] + 1 - crossed.size) / component.height
