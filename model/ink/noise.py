"""Noise removal: what looks like ink and is not writing: ruling lines, faint print, the table."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import Ink, InkLevels
from model.ink.components import Labels, label_ink
from model.ink.line_detection import RuledLineParams
from model.ink.ruled_lines import remove_ruled_lines


@dataclass(frozen=True)
class NoiseParams:
    """Thresholds of noise removal. The strength of a component is its mean ink level."""

    # A component that covers this share of a side of the image is the table under the page, if it
    # fills this share of its box: a stroke does not.
    along_side: float = 0.2
    solidity: float = 0.5
    min_strength: float = 0.45  # share of the strongest's; a weaker one is print or shows through
    min_weight: float = 0.02  # share of all ink; a lighter component cannot be the strongest
    # Weak components that hang on a strong one are its hairlines if their ink is less than this
    # share of its; `touch` is the ink level by which they hang together, as a share of
    # `InkLevels.ink_threshold`.
    max_hairlines: float = 0.5
    touch: float = 0.5
    # Strokes along two sides are a digit that the image was cropped to if all other ink is at most
    # this share of theirs, and if they have this share of their ink in the middle of the image.
    max_dirt: float = 0.06
    middle: float = 0.7  # the middle, as a share of each side
    min_in_middle: float = 0.05


class CleanInk(NamedTuple):
    """An ink map without noise, and the connected components of its solid ink."""

    ink: Ink  # (H, W) in [0, 1]
    labels: Labels


def remove_noise(
    ink: Ink,
    params: NoiseParams = NoiseParams(),
    ruled_lines: RuledLineParams = RuledLineParams(),
    levels: InkLevels = InkLevels(),
) -> CleanInk:
    """Remove ruling lines, the table at the sides and components far weaker than others.

    Takes an (H, W) ink map. Strokes across a ruling line stay, and so does a digit that the image
    was cropped to. A map without noise is returned as it is.
    """
    cleared = remove_ruled_lines(ink, ruled_lines, levels)
    labels = label_ink(cleared, levels)
    kept = _without_foreign(cleared, labels, params, levels)
    if kept is cleared or not kept.any():
        return CleanInk(cleared, labels)
    return CleanInk(kept, label_ink(kept, levels))


def _without_foreign(ink: Ink, found: Labels, params: NoiseParams, levels: InkLevels) -> Ink:
    if found.count <= 2:  # the background and one component
        return ink
    count, labels, stats = found.count, found.labels, found.stats
    total = np.bincount(labels.reshape(-1), weights=ink.reshape(-1), minlength=count)
    area = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    strength = total / area
    total[0] = 0
    heavy = total >= min(params.min_weight * total.sum(), total.max())
    foreign = strength < params.min_strength * strength[heavy].max()
    if foreign[1:].any():
        touch = params.touch * levels.ink_threshold
        foreign &= ~_hairlines(foreign, total, ink > touch, labels, params.max_hairlines)
    areas, strokes = _along_sides(labels, stats, params)
    others = float(total[~(areas | strokes)].sum())
    cropped_to = (others <= params.max_dirt * total) & _in_the_middle(total, ink, labels, params)
    foreign |= areas | strokes & ~cropped_to
    foreign[0] = False
    if not foreign.any() or foreign[1:].all():
        return ink
    # The soft edge of a foreign component goes with it.
    gone = cv2.dilate(foreign[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where((gone > 0) & (foreign[labels] | (labels == 0)), np.float32(0), ink)


def _hairlines(
    weak: NDArray[np.bool_],
    total: NDArray[Any],
    touching: NDArray[np.bool_],
    labels: NDArray[np.int32],
    max_share: float,
) -> NDArray[np.bool_]:
    """Return which of the `weak` components are hairlines of a strong one, as a pen nib draws.

    They hang on it by faint ink (`touching`), have less ink than it, and do not reach the border.
    """
    count, groups = cv2.connectedComponents(touching.astype(np.uint8), connectivity=8)
    inked = np.flatnonzero(labels)
    group_of = np.zeros(len(weak), np.int32)
    group_of[labels.reshape(-1)[inked]] = groups.reshape(-1)[inked]
    weight = np.bincount(group_of, weights=np.where(weak, 0, total), minlength=count)
    fine = np.bincount(group_of, weights=np.where(weak, total, 0), minlength=count)
    written = fine < max_share * weight
    written[np.concatenate([groups[0], groups[-1], groups[:, 0], groups[:, -1]])] = False
    return np.asarray(weak & written[group_of])


def _in_the_middle(
    total: NDArray[Any], ink: Ink, labels: NDArray[np.int32], params: NoiseParams
) -> NDArray[np.bool_]:
    """Return which components have ink in the middle of the image; the table does not."""
    rows, columns = (slice(m := round((1 - params.middle) / 2 * n), n - m) for n in ink.shape)
    inner, levels = labels[rows, columns].reshape(-1), ink[rows, columns].reshape(-1)
    inside = np.bincount(inner, weights=levels, minlength=len(total))
    return np.asarray(inside >= params.min_in_middle * total)


def _along_sides(
    labels: NDArray[np.int32], stats: NDArray[np.int32], params: NoiseParams
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which components are areas along a side, and which are strokes along two."""
    count = len(stats)
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    along = [np.bincount(side, minlength=count) > params.along_side * side.size for side in sides]
    box = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    filled = stats[:, cv2.CC_STAT_AREA] > params.solidity * box
    number = np.sum(along, axis=0)
    return np.asarray((number > 0) & filled), np.asarray((number > 1) & ~filled)
