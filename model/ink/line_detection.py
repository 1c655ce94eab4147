"""Detection of ruling lines: thin level runs of ink that cross the image or come in numbers."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.components import label_components


@dataclass(frozen=True)
class RuledLineParams:
    """Thresholds of ruling-line removal.

    Everything is said of level lines; upright ones are found on the transposed image. Lengths
    without a unit are shares of the image's width.
    """

    min_side: int = 32  # pixels of a shorter side; on less, a line may be a stroke
    # A line crosses the image from side to side, is thin, and level.
    margin: float = 0.06  # it may end this far from each side
    max_thickness: float = 0.045  # share of the shorter side
    min_thickness_limit: float = 4.0  # pixels; `max_thickness` is never less
    min_drawn: float = 0.6  # share of its columns that hold its ink
    max_slope: float = 0.08  # rise by run
    slack: float = 0.012  # rise from column to column that a run of ink may have
    min_run: float = 0.2  # shorter runs of ink are ignored
    # Paper is ruled if it has so many lines of one kind; then other lines as thin belong to it,
    # such as those that end at the edge of the page or leave the image above or below.
    min_lines: int = 2  # that cross the image
    long: float = 0.5  # from this length on a line counts as crossing
    min_long_lines: int = 3
    min_covered: float = 0.7  # share of a long line's columns with ink
    sampled_tolerance: float = 0.9  # share of each minimum that suffices for sampled columns
    thickness_ratio: float = 1.5  # over the usual thickness
    # A line drawn with a ruler deviates by at most this share of its thickness in most columns.
    max_deviation: float = 0.35
    min_even: float = 0.8  # share of its columns
    min_slenderness: float = 40  # length by thickness; a stroke is shorter
    crossing_ratio: float = 1.6  # height of ink by thickness from which a stroke crosses the line
    # Print is weaker than a pen.
    pen_ratio: float = 1.7  # ink level over that of the lines
    min_pen: float = 0.0005  # share of all pixels
    # Smaller components are remains of an interrupted line.
    speck: float = 7  # times the line's thickness
    max_speck: float = 2.5  # times the greatest thickness of lines


@dataclass(frozen=True, eq=False)
class ThinRun:
    """A thin level run of ink."""

    where: tuple[slice, slice]
    part: NDArray[np.uint8]  # its pixels there
    start: int  # columns
    end: int
    thickness: float  # pixels
    even: bool  # drawn with a ruler: of nearly constant thickness


def find_thin_runs(solid: NDArray[np.uint8], slack: int, params: RuledLineParams) -> list[ThinRun]:
    """Return all thin level runs of ink; most images have none, which is found out quickly."""
    width = solid.shape[1]
    _, y, _, h = cv2.boundingRect(solid)
    top = max(0, y - slack - 3)  # rows without ink hold no line
    inked = solid[top : y + h + slack + 3]
    every = max(1, width // 60)
    grown = np.asarray(cv2.dilate(inked, np.ones((slack, every), np.uint8)), np.uint8)
    shortest, bridge = max(5, round(params.min_run * width)), max(3, width // 20)
    # For most drawings a sample of the columns shows that the slow rest is not needed.
    some = _runs(np.ascontiguousarray(grown[:, ::every]), shortest // every)
    if not _may_hold_lines(some, width, bridge, params, every):
        return []
    runs = _runs(grown, shortest)
    if not _may_hold_lines(runs, width, bridge, params):
        return []
    bridged = cv2.dilate(runs, np.ones((3, bridge), np.uint8))
    found = label_components(np.asarray(bridged, np.uint8))
    thickest = thickness_limit(solid.shape, params)
    lines = []
    for label in range(1, found.count):
        x, y, w, h, _ = (int(v) for v in found.stats[label])
        if h > thickest + slack + 3 + params.max_slope * width:
            continue
        here = (slice(y, y + h), slice(x, x + w))
        part = inked[here] & (runs[here] > 0) & (found.crop(x, y, w, h) == label)
        thickness = part.sum(axis=0)
        thick = thickness[thickness > 0]
        if thick.size < params.min_drawn * w or (usual := float(np.median(thick))) > thickest:
            continue
        off = np.abs(thick - usual)
        allowed = max(1, params.max_deviation * usual)
        even = float((off <= allowed).mean()) > params.min_even
        where = (slice(top + y, top + y + h), here[1])
        lines.append(ThinRun(where, part, x, x + w, usual, even))
    return lines


def _runs(mask: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    """Return the level runs of at least this length."""
    kernel = np.ones((1, length), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), np.uint8)


def columns_with_ink(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which columns of a mask hold ink, (w,)."""
    return np.asarray(np.bitwise_or.reduce(mask, axis=0) > 0)


def _may_hold_lines(
    runs: NDArray[np.uint8], width: int, bridge: int, params: RuledLineParams, every: int = 1
) -> bool:
    """Return whether a line may cross the image, or enough long ones to be ruled lie in it.

    The runs are those of all `width` columns, or of every `every`-th column; a sample is less
    precise and errs towards True.
    """
    columns = np.flatnonzero(columns_with_ink(runs)) * every
    enough = width * params.long * (1 if every == 1 else params.sampled_tolerance)
    if columns.size * every < params.min_drawn * enough:
        return False
    between = every - 1 + bridge
    if _crosses(int(columns[0]) - between, int(columns[-1]) + between, width, params.margin):
        return True
    starts = np.count_nonzero(runs[0]) + np.count_nonzero(runs[1:] > runs[:-1])
    return bool(starts * every >= params.min_long_lines * params.min_covered * enough)


def lines_of_one_kind(lines: list[ThinRun], width: int, params: RuledLineParams) -> list[ThinRun]:
    """Return the lines that cross the image; on ruled paper, all lines as thin."""
    across = [line for line in lines if _crosses(line.start, line.end, width, params.margin)]
    slender = params.min_slenderness
    even = [m for m in lines if m.even and m.end - m.start > slender * m.thickness]
    long = [line for line in even if line.end - line.start > params.long * width]
    regular = sum(line in even for line in across)
    if regular < params.min_lines and len(long) < params.min_long_lines:
        return across
    usual = float(np.median([line.thickness for line in long or across]))
    thickest = params.thickness_ratio * usual + 1
    return across + [m for m in even if m not in across and m.thickness <= thickest]


def thickness_limit(shape: tuple[int, ...], params: RuledLineParams) -> float:
    """Return the greatest thickness of a ruling line, in pixels."""
    return max(params.min_thickness_limit, params.max_thickness * min(shape))


def _crosses(start: int, end: int, length: int, margin: float) -> bool:
    return start <= margin * length and end >= (1 - margin) * length
