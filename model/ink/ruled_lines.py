"""Printed lines: ruled and squared paper, the borders of a table's cells."""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import SOLID, Ink
from model.ink.components import connected

# A rule goes from one side of the image to the other, but for this part, and is thin.
MARGIN = 0.06
THICKEST = 0.045  # of the shorter side
SMALLEST = 32  # pixels of a shorter side; on less, a rule cannot be told from a stroke
MOSTLY = 0.6  # of its length, where it is not interrupted
TILT = 0.08  # rise by run that is still level
SHORTEST = 0.2  # of the side; shorter pieces are not looked at
# Paper is ruled where so many lines cross it; then others as thin are rules too, such as those that
# end at the edge of the sheet or leave the picture above or below.
RULED = 2
LONG = 0.5  # of the side; on a sheet or in perspective, so long a line counts as crossing, and
RULED_LONG = 3  # so many of these make a ruled paper
COVERED = 0.7  # of a long line's columns hold ink at least; elsewhere it is interrupted
NEARLY = 0.9  # of what is enough, where only some of the columns are looked at
ALIKE = 1.5  # times the thickness of the others
UNEVEN = 0.35  # of its thickness, by which it differs
EVEN = 0.8  # of its length
SLENDER = 40  # times its thickness; a stroke is shorter
# Print is weaker than a pen.
PEN = 1.7  # times the ink of the rules; what has as much was written
PEN_LEAST = 0.0005  # of all pixels
# Marks smaller than this are what an interrupted rule left.
SPECK = 7  # times the rule's thickness
LARGEST_SPECK = 2.5  # times the greatest thickness of rules


@dataclass(frozen=True, eq=False)
class _Line:
    """A thin level piece of ink."""

    where: tuple[slice, slice]
    part: NDArray[np.uint8]  # its pixels there
    start: int  # columns
    end: int
    thickness: float  # pixels
    even: bool  # drawn with a ruler: as thick nearly everywhere


def remove_ruled_lines(ink: Ink) -> Ink:
    """The (H, W) ink map without rules; strokes across them stay. Without any, the same map."""
    inked = (ink > 0).view(np.uint8)
    rows, thickness = _rules(inked)
    upright, thickness_upright = _rules(np.asarray(cv2.transpose(inked), np.uint8))
    if not rows.any() and not upright.any():
        return ink
    columns = np.ascontiguousarray(upright.T)
    solid = (ink > SOLID).astype(np.uint8)
    both = rows | columns | _joints(inked, rows, columns)
    keep = _crossing(solid, both, rows) | _crossing(solid.T, both.T, columns.T).T
    level = float(np.median(ink[(rows | columns) > 0]))
    rest = np.where((both > 0) & (keep == 0) & (ink <= PEN * level), np.float32(0), ink)
    written = _without_print(rest, level)
    speck = min(SPECK * max(thickness, thickness_upright), LARGEST_SPECK * _thickest(ink.shape))
    return _without_specks(written, speck)


def _rules(solid: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The pixels of level rules, and how thick the thickest one is."""
    found, thickness = np.zeros_like(solid), 0.0
    if min(solid.shape) < SMALLEST or _columns_with_ink(solid).mean() < MOSTLY:
        return found, thickness
    slack = max(1, round(0.012 * solid.shape[1]))
    for line in _of_one_kind(_level_lines(solid, slack), solid.shape[1]):
        # Where a stroke crosses, the run of ink down the column is longer than the rule is thick.
        limit = round(1.6 * line.thickness) + 1 + slack
        near = cv2.dilate(line.part, np.ones((3, 1), np.uint8))
        rule = near & solid[line.where] & ~_taller(solid, line.where, limit)
        found[line.where] |= rule & ~_feet(solid, line, rule)
        thickness = max(thickness, line.thickness)
    return found, thickness


def _level_lines(solid: NDArray[np.uint8], slack: int) -> list[_Line]:
    width = solid.shape[1]
    _, y, _, h = cv2.boundingRect(solid)
    top = max(0, y - slack - 3)  # rows without ink hold no lines
    inked = solid[top : y + h + slack + 3]
    every = max(1, width // 60)
    grown = np.asarray(cv2.dilate(inked, np.ones((slack, every), np.uint8)), np.uint8)
    shortest, bridge = max(5, round(SHORTEST * width)), max(3, width // 20)
    # The rest takes longer, and for most drawings some of the columns tell that it is not needed.
    some = _runs(np.ascontiguousarray(grown[:, ::every]), shortest // every)
    if not _may_hold_rules(some, width, bridge, every):
        return []
    runs = _runs(grown, shortest)
    if not _may_hold_rules(runs, width, bridge):
        return []
    bridged = cv2.dilate(runs, np.ones((3, bridge), np.uint8))
    pieces = connected(np.asarray(bridged, np.uint8))
    thickest = _thickest(solid.shape)
    lines = []
    for label in range(1, pieces.count):
        x, y, w, h, _ = (int(v) for v in pieces.stats[label])
        if h > thickest + slack + 3 + TILT * width:
            continue
        here = (slice(y, y + h), slice(x, x + w))
        part = inked[here] & (runs[here] > 0) & (pieces.cut(x, y, w, h) == label)
        thickness = part.sum(axis=0)
        thick = thickness[thickness > 0]
        if thick.size < MOSTLY * w or (usual := float(np.median(thick))) > thickest:
            continue
        off = np.abs(thick - usual)
        even = float((off <= max(1, UNEVEN * usual)).mean()) > EVEN
        where = (slice(top + y, top + y + h), here[1])
        lines.append(_Line(where, part, x, x + w, usual, even))
    return lines


def _runs(mask: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    """The level runs of at least this length."""
    kernel = np.ones((1, length), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), np.uint8)


def _columns_with_ink(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(np.bitwise_or.reduce(mask, axis=0) > 0)


def _may_hold_rules(runs: NDArray[np.uint8], width: int, bridge: int, every: int = 1) -> bool:
    """Whether a line may cross the picture, or as many long ones as make it ruled lie in it.

    The runs are those of the picture's `width` columns, or of one in `every` so many; these tell
    less precisely, and rather too often that there may be rules.
    """
    columns = np.flatnonzero(_columns_with_ink(runs)) * every
    enough = width * LONG * (1 if every == 1 else NEARLY)
    if columns.size * every < MOSTLY * enough:
        return False
    between = every - 1 + bridge
    if _crosses(int(columns[0]) - between, int(columns[-1]) + between, width):
        return True
    starts = np.count_nonzero(runs[0]) + np.count_nonzero(runs[1:] > runs[:-1])
    return bool(starts * every >= RULED_LONG * COVERED * enough)


def _of_one_kind(lines: list[_Line], width: int) -> list[_Line]:
    """The lines that cross the picture; where it is ruled, all that are as thin."""
    across = [line for line in lines if _crosses(line.start, line.end, width)]
    even = [m for m in lines if m.even and m.end - m.start > SLENDER * m.thickness]
    long = [line for line in even if line.end - line.start > LONG * width]
    if sum(line in even for line in across) < RULED and len(long) < RULED_LONG:
        return across
    usual = float(np.median([line.thickness for line in long or across]))
    return across + [
        line for line in even if line not in across and line.thickness <= ALIKE * usual + 1
    ]


def _without_print(rest: Ink, level: float) -> Ink:
    """What is left beside rules of this level: if a pen wrote there, only what a pen wrote."""
    pen = rest > PEN * level
    if pen.mean() < PEN_LEAST:
        return rest
    count, labels = cv2.connectedComponents((rest > 0).astype(np.uint8), connectivity=8)
    written = np.zeros(count, np.float32)
    written[labels[pen]] = 1
    return np.asarray(rest * written[labels], np.float32)


def _thickest(shape: tuple[int, ...]) -> float:
    """Pixels that a rule is thick at most."""
    return max(4.0, THICKEST * min(shape))


def _without_specks(ink: Ink, size: float) -> Ink:
    """The map without marks up to this size: what rules leave where they were interrupted."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink > 0).astype(np.uint8), connectivity=8
    )
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    large = (sides > size).astype(np.float32)
    return np.asarray(ink * large[labels], np.float32) if count > 1 else ink


def _joints(
    inked: NDArray[np.uint8], rows: NDArray[np.uint8], columns: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Where rules cross each other, which looks like a stroke across either."""
    reach = 2 * round(_thickest(inked.shape)) + 1
    along_rows = cv2.dilate(rows, np.ones((3, reach), np.uint8))
    along_columns = cv2.dilate(columns, np.ones((reach, 3), np.uint8))
    return np.asarray(inked & along_rows & along_columns, np.uint8)


def _crosses(start: int, end: int, length: int) -> bool:
    return start <= MARGIN * length and end >= (1 - MARGIN) * length


def _taller(solid: NDArray[np.uint8], where: tuple[slice, slice], limit: int) -> NDArray[np.uint8]:
    """The pixels of a part whose run of ink up and down has more than `limit` pixels."""
    around, inner = _around(where, limit + 1)
    kernel = np.ones((limit + 1, 1), np.uint8)
    # Beyond the border is no ink; OpenCV would take a rule along it for a high run.
    runs = cv2.morphologyEx(
        solid[around], cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return np.asarray(runs[inner], np.uint8)


def _around(where: tuple[slice, slice], rows: int) -> tuple[tuple[slice, slice], slice]:
    """A part with so many more rows above and below it, and which of its rows are the part's."""
    top = max(0, where[0].start - rows)
    inner = slice(where[0].start - top, where[0].stop - top)
    return (slice(top, where[0].stop + rows), where[1]), inner


def _feet(solid: NDArray[np.uint8], line: _Line, rule: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels of a rule that are the foot of a 0 or a 2 that stands on it.

    The ink is thicker there than the rule alone, and without it a stroke would end twice.
    """
    thickness = round(line.thickness)
    thick = rule & _taller(solid, line.where, thickness + 1)
    if not thick.any():
        return thick
    around, inner = _around(line.where, thickness + 2)
    strokes, feet = solid[around].copy(), np.zeros_like(solid[around])
    strokes[inner] &= ~rule
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


def _crossing(
    solid: NDArray[np.uint8], all_rules: NDArray[np.uint8], rules: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Pixels of level rules that lie between ink above and ink below: a stroke goes through."""
    if not rules.any():
        return np.zeros_like(solid)
    rest = np.where(all_rules > 0, 0, solid).astype(np.uint8)
    thickness = rules.sum(axis=0)
    reach = int(np.percentile(thickness[thickness > 0], 75)) + 3
    closed = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((reach, 3), np.uint8))
    return np.asarray(closed & rules, np.uint8)
