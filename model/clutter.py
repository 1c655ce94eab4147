"""What looks like ink on a photo and is none: printed lines, frames, the table below the paper."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink import SOLID, Ink

# A rule goes from one side of the image to the other, but for this part, and is thin.
MARGIN = 0.06
THICKEST = 0.045  # of the shorter side
SMALLEST = 32  # pixels of a shorter side; on less, a rule cannot be told from a stroke
MOSTLY = 0.6  # of its length, where it is not interrupted
TILT = 0.08  # rise by run that is still level
# What lies along this part of a side of the image is the table under the paper.
ALONG = 0.2
AREA = 0.5  # of its box, filled by what is no stroke
WEAK = 0.45  # of the strongest mark's ink; a weaker mark is print or shows through from behind
LEAST = 0.02  # of all ink; a mark with less cannot be what the others are measured by


def without_clutter(ink: Ink) -> Ink:
    """The (H, W) ink map without rules, the table at its sides, and marks far weaker than others.

    Strokes across a rule stay. A map without any of these is returned as it is.
    """
    cleared = _without_rules(ink)
    kept = _without_foreign_marks(cleared)
    return kept if kept.any() else cleared


def _without_foreign_marks(ink: Ink) -> Ink:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink > SOLID).astype(np.uint8), connectivity=8
    )
    if count <= 2:  # the paper and one mark
        return ink
    total = np.bincount(labels.reshape(-1), weights=ink.reshape(-1), minlength=count)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    strength = total / area
    total[0] = 0
    of_weight = total >= min(LEAST * total.sum(), total.max())
    foreign = strength < WEAK * strength[of_weight].max()
    foreign |= _along_sides(labels, stats)
    foreign[0] = False
    if not foreign.any() or foreign[1:].all():
        return ink
    # The soft edge of a foreign mark goes with it.
    gone = cv2.dilate(foreign[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where((gone > 0) & (foreign[labels] | (labels == 0)), np.float32(0), ink)


def _along_sides(labels: NDArray[np.int32], stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which marks lie along two sides, or along one and are no strokes but areas."""
    count = len(stats)
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    along = [np.bincount(side, minlength=count) > ALONG * side.size for side in sides]
    box = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    filled = stats[:, cv2.CC_STAT_AREA] > AREA * box
    number = np.sum(along, axis=0)
    return np.asarray((number > 1) | ((number == 1) & filled))


def _without_rules(ink: Ink) -> Ink:
    inked = (ink > 0).astype(np.uint8)
    rows = _rules(inked)
    columns = np.ascontiguousarray(_rules(np.ascontiguousarray(inked.T)).T)
    if not rows.any() and not columns.any():
        return ink
    solid = (ink > SOLID).astype(np.uint8)
    both = rows | columns | _joints(inked, rows, columns)
    keep = _crossing(solid, both, rows) | _crossing(solid.T, both.T, columns.T).T
    rest = np.where((both > 0) & (keep == 0), np.float32(0), ink)
    return _without_specks(rest, 2.5 * _thickest(ink.shape))


def _rules(solid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels of level rules."""
    height, width = solid.shape
    found = np.zeros_like(solid)
    if min(height, width) < SMALLEST or solid.any(axis=0).mean() < MOSTLY:
        return found
    slack = max(1, round(0.012 * width))
    grown = cv2.dilate(solid, np.ones((slack, max(1, width // 60)), np.uint8))
    runs = cv2.morphologyEx(grown, cv2.MORPH_OPEN, np.ones((1, max(5, width // 5)), np.uint8))
    bridged = cv2.dilate(runs, np.ones((3, max(3, width // 20)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    thickest = _thickest(solid.shape)
    for label in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[label])
        if not _crosses(x, x + w, width) or h > thickest + slack + 3 + TILT * width:
            continue
        part = solid[y : y + h, x : x + w] & (runs[y : y + h, x : x + w] > 0)
        part &= (labels[y : y + h, x : x + w] == label).astype(np.uint8)
        thickness = part.sum(axis=0)
        inked = thickness[thickness > 0]
        if inked.size < MOSTLY * width or float(np.median(inked)) > thickest:
            continue
        # Where a stroke crosses, the run of ink down the column is longer than the rule is thick.
        limit = round(1.6 * float(np.median(inked))) + 1 + slack
        near = cv2.dilate(part, np.ones((3, 1), np.uint8))
        rule = near & solid[y : y + h, x : x + w] & ~_taller(solid, limit)[y : y + h, x : x + w]
        found[y : y + h, x : x + w] |= rule
    return found


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


def _taller(solid: NDArray[np.uint8], limit: int) -> NDArray[np.uint8]:
    """The pixels whose run of ink up and down has more than `limit` pixels."""
    return np.asarray(
        cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((limit + 1, 1), np.uint8)), np.uint8
    )


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
