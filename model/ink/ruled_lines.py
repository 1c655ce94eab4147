"""Ruling-line removal: ruled and squared paper, the borders of a table's cells."""

import itertools

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import Ink, InkLevels
from model.ink.line_detection import (
    RuledLineParams,
    ThinRun,
    columns_with_ink,
    find_thin_runs,
    lines_of_one_kind,
    thickness_limit,
)


def remove_ruled_lines(
    ink: Ink, params: RuledLineParams = RuledLineParams(), levels: InkLevels = InkLevels()
) -> Ink:
    """Remove ruling lines from an (H, W) ink map; strokes across them stay.

    A map without ruling lines is returned as it is.
    """
    inked = (ink > 0).view(np.uint8)
    rows, thickness = _level_lines(inked, params)
    upright, thickness_upright = _level_lines(np.asarray(cv2.transpose(inked), np.uint8), params)
    if not rows.any() and not upright.any():
        return ink
    columns = np.ascontiguousarray(upright.T)
    solid = (ink > levels.ink_threshold).astype(np.uint8)
    both = rows | columns | _junctions(inked, rows, columns, params)
    keep = _crossed(solid, both, rows) | _crossed(solid.T, both.T, columns.T).T
    level = float(np.median(ink[(rows | columns) > 0]))
    rest = np.where(
        (both > 0) & (keep == 0) & (ink <= params.pen_ratio * level), np.float32(0), ink
    )
    written = _without_print(rest, level, params)
    thickest = max(thickness, thickness_upright)
    speck = min(params.speck * thickest, params.max_speck * thickness_limit(ink.shape, params))
    return _without_specks(written, speck)


def _level_lines(
    solid: NDArray[np.uint8], params: RuledLineParams
) -> tuple[NDArray[np.uint8], float]:
    """Return the pixels of level ruling lines, and the thickness of the thickest one."""
    found, thickness = np.zeros_like(solid), 0.0
    few = min(solid.shape) < params.min_side
    if few or columns_with_ink(solid).mean() < params.min_drawn:
        return found, thickness
    slack = max(1, round(params.slack * solid.shape[1]))
    runs = find_thin_runs(solid, slack, params)
    for line in lines_of_one_kind(runs, solid.shape[1], params):
        # Where a stroke crosses, the run of ink down the column is longer than the line is thick.
        limit = round(params.crossing_ratio * line.thickness) + 1 + slack
        near = cv2.dilate(line.part, np.ones((3, 1), np.uint8))
        pixels = near & solid[line.where] & ~_taller(solid, line.where, limit)
        found[line.where] |= pixels & ~_feet(solid, line, pixels)
        thickness = max(thickness, line.thickness)
    return found, thickness


def _without_print(rest: Ink, level: float, params: RuledLineParams) -> Ink:
    """Return the ink beside ruling lines of this level; if a pen wrote there, the pen's alone."""
    pen = rest > params.pen_ratio * level
    if pen.mean() < params.min_pen:
        return rest
    count, labels = cv2.connectedComponents((rest > 0).astype(np.uint8), connectivity=8)
    written = np.zeros(count, np.float32)
    written[labels[pen]] = 1
    return np.asarray(rest * written[labels], np.float32)


def _without_specks(ink: Ink, size: float) -> Ink:
    """Return the map without components up to this size: remains of interrupted lines."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink > 0).astype(np.uint8), connectivity=8
    )
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    large = (sides > size).astype(np.float32)
    return np.asarray(ink * large[labels], np.float32) if count > 1 else ink


def _junctions(
    inked: NDArray[np.uint8],
    rows: NDArray[np.uint8],
    columns: NDArray[np.uint8],
    params: RuledLineParams,
) -> NDArray[np.uint8]:
    """Return where ruling lines cross each other, which looks like a stroke across either."""
    reach = 2 * round(thickness_limit(inked.shape, params)) + 1
    along_rows = cv2.dilate(rows, np.ones((3, reach), np.uint8))
    along_columns = cv2.dilate(columns, np.ones((reach, 3), np.uint8))
    return np.asarray(inked & along_rows & along_columns, np.uint8)


def _taller(solid: NDArray[np.uint8], where: tuple[slice, slice], limit: int) -> NDArray[np.uint8]:
    """Return the pixels of a part in upright runs of ink of more than `limit` pixels."""
    around, inner = _around(where, limit + 1)
    kernel = np.ones((limit + 1, 1), np.uint8)
    # No ink beyond the border: OpenCV would take a line along it for a high run.
    runs = cv2.morphologyEx(
        solid[around], cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return np.asarray(runs[inner], np.uint8)


def _around(where: tuple[slice, slice], rows: int) -> tuple[tuple[slice, slice], slice]:
    """Return a part extended by rows above and below, and the rows of it that are the part's."""
    top = max(0, where[0].start - rows)
    inner = slice(where[0].start - top, where[0].stop - top)
    return (slice(top, where[0].stop + rows), where[1]), inner


def _feet(solid: NDArray[np.uint8], line: ThinRun, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the pixels of a ruling line that are the foot of a 0 or a 2 on it.

    The ink is thicker there than the line alone, and two ends of strokes meet it.
    """
    thickness = round(line.thickness)
    thick = pixels & _taller(solid, line.where, thickness + 1)
    if not thick.any():
        return thick
    around, inner = _around(line.where, thickness + 2)
    strokes, feet = solid[around].copy(), np.zeros_like(solid[around])
    strokes[inner] &= ~pixels
    feet[inner] = thick
    count, foot = cv2.connectedComponents(feet, connectivity=8)
    stroke = np.pad(cv2.connectedComponents(strokes, connectivity=8)[1], 1)
    meeting = []
    for down, right in itertools.product(range(3), repeat=2):
        beside = stroke[down : down + foot.shape[0], right : right + foot.shape[1]]
        both = (foot > 0) & (beside > 0)
        meeting.append(np.stack([foot[both], beside[both]]))
    pairs = np.unique(np.concatenate(meeting, axis=1), axis=1)
    ends = np.bincount(pairs[0], minlength=count)
    return np.asarray((ends > 1)[foot[inner]], np.uint8)


def _crossed(
    solid: NDArray[np.uint8], all_lines: NDArray[np.uint8], lines: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the pixels of level lines between ink above and ink below: a stroke goes through."""
    if not lines.any():
        return np.zeros_like(solid)
    rest = np.where(all_lines > 0, 0, solid).astype(np.uint8)
    thickness = lines.sum(axis=0)
    reach = int(np.percentile(thickness[thickness > 0], 75)) + 3
    closed = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((reach, 3), np.uint8))
    return np.asarray(closed & lines, np.uint8)
