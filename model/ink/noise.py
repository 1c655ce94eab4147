"""What looks like ink on a photo and is none: printed lines, print, the table below the paper."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import SOLID, Ink
from model.ink.components import Labels, label_ink
from model.ink.ruled_lines import remove_ruled_lines

# What lies along this part of a side of the image is the table under the paper.
ALONG = 0.2
AREA = 0.5  # of its box, filled by what is no stroke
WEAK = 0.45  # of the strongest mark's ink; a weaker mark is print or shows through from behind
HAIRLINES = 0.5  # times the ink of the strong marks that weak ones hang on, which thus are no print
LEAST = 0.02  # of all ink; a mark with less cannot be what the others are measured by
# Strokes along two sides are a digit that the picture was cut to, if all there is besides is dirt
# with this share of their ink, and so much of it lies in the middle of the picture.
DIRT = 0.06
MIDDLE, IN_MIDDLE = 0.7, 0.05
TOUCH = 0.5 * SOLID  # ink between two marks by which they hang together


class CleanInk(NamedTuple):
    """An ink map without clutter, and the pieces of its solid ink."""

    ink: Ink
    pieces: Labels


def remove_noise(ink: Ink) -> CleanInk:
    """The (H, W) ink map without rules, the table at its sides, and marks far weaker than others.

    Strokes across a rule stay, and a digit that the picture was cut to. A map without any of these
    is returned as it is.
    """
    cleared = remove_ruled_lines(ink)
    pieces = label_ink(cleared)
    kept = _without_foreign_marks(cleared, pieces)
    if kept is cleared or not kept.any():
        return CleanInk(cleared, pieces)
    return CleanInk(kept, label_ink(kept))


def _without_foreign_marks(ink: Ink, pieces: Labels) -> Ink:
    if pieces.count <= 2:  # the paper and one mark
        return ink
    count, labels, stats = pieces.count, pieces.labels, pieces.stats
    total = np.bincount(labels.reshape(-1), weights=ink.reshape(-1), minlength=count)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    strength = total / area
    total[0] = 0
    of_weight = total >= min(LEAST * total.sum(), total.max())
    foreign = strength < WEAK * strength[of_weight].max()
    if foreign[1:].any():
        foreign &= ~_on_strong_marks(foreign, total, ink, labels)
    areas, strokes = _along_sides(labels, stats)
    others = float(total[~(areas | strokes)].sum())
    cut_to = (others <= DIRT * total) & _in_the_middle(total, ink, labels)
    foreign |= areas | strokes & ~cut_to
    foreign[0] = False
    if not foreign.any() or foreign[1:].all():
        return ink
    # The soft edge of a foreign mark goes with it.
    gone = cv2.dilate(foreign[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where((gone > 0) & (foreign[labels] | (labels == 0)), np.float32(0), ink)


def _on_strong_marks(
    weak: NDArray[np.bool_], total: NDArray[Any], ink: Ink, labels: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which of the `weak` marks are the fine strokes of a strong one, as those of a nib are.

    They hang on it by faint ink, are less than it, and do not lead out of the picture.
    """
    count, wholes = cv2.connectedComponents((ink > TOUCH).astype(np.uint8), connectivity=8)
    inked = np.flatnonzero(labels)
    whole_of = np.zeros(len(weak), np.int32)
    whole_of[labels.reshape(-1)[inked]] = wholes.reshape(-1)[inked]
    weight = np.bincount(whole_of, weights=np.where(weak, 0, total), minlength=count)
    fine = np.bincount(whole_of, weights=np.where(weak, total, 0), minlength=count)
    written = fine < HAIRLINES * weight
    written[np.concatenate([wholes[0], wholes[-1], wholes[:, 0], wholes[:, -1]])] = False
    return np.asarray(weak & written[whole_of])


def _in_the_middle(total: NDArray[Any], ink: Ink, labels: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which marks have ink in the middle of the picture, as the table around a sheet has not."""
    rows, columns = (slice(m := round((1 - MIDDLE) / 2 * n), n - m) for n in ink.shape)
    inner, levels = labels[rows, columns].reshape(-1), ink[rows, columns].reshape(-1)
    inside = np.bincount(inner, weights=levels, minlength=len(total))
    return np.asarray(inside >= IN_MIDDLE * total)


def _along_sides(
    labels: NDArray[np.int32], stats: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which marks are areas along a side, and which are strokes along two."""
    count = len(stats)
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    along = [np.bincount(side, minlength=count) > ALONG * side.size for side in sides]
    box = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    filled = stats[:, cv2.CC_STAT_AREA] > AREA * box
    number = np.sum(along, axis=0)
    return np.asarray((number > 0) & filled), np.asarray((number > 1) & ~filled)
