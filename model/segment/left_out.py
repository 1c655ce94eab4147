"""Ink beside digits that segmentation left out: a glyph of the size of a digit is shown as `?`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import Ink, InkLevels
from model.ink.components import Box, Component, Labels, cut_out, label_ink, largest_labels
from model.segment.candidates import Candidate, Scorer


@dataclass(frozen=True)
class LeftOutParams:
    """Thresholds of what was left out.

    Lengths are shares of the height of the nearest digit on the text line unless stated.
    """

    # A component of a height between these is as large as a digit. A higher one is a frame, a
    # ruling line, or belongs to several text lines; so does what the border cuts off.
    min_height: float = 0.6
    max_height: float = 1.6
    max_width: float = 2.5  # a wider one is a line or a frame
    max_gap: float = 1.0  # between it and the digit
    min_shared: float = 0.6  # share of its height that lies beside the digit
    # Share of its box within digits, whose part it is, and of a digit's within its, whose frame it
    # is.
    max_covered: float = 0.3
    # What is narrower and as near the border is the side of a frame or of a cell.
    min_border_width: float = 0.25
    border: float = 0.15
    min_ignored: float = 0.06  # a smaller component is grain
    # A lower one is a digit if the network is as confident of it: a small 0 beside a tall 6.
    min_small_height: float = 0.3
    small_confidence: float = 0.9


@dataclass(frozen=True)
class LeftOut:
    """What was left out near the digits of a text line."""

    glyphs: tuple[Candidate, ...]  # as large as the digits beside them
    ignored: tuple[Box, ...]  # of small components: dots, dirt, an underline


@dataclass(frozen=True, eq=False)
class Region:
    """A connected component of an ink map, cut out only when it is needed: most are not."""

    box: Box
    ink: Ink  # (H, W), the whole map
    labels: Labels
    label: int

    def component(self, levels: InkLevels) -> Component:
        """Return the component."""
        return cut_out(self.ink, self.labels, self.label, levels)


def find_regions(ink: Ink, clean: Ink, levels: InkLevels = InkLevels()) -> list[Region]:
    """Return the components of an (H, W) ink map, those that are not on its clean one too."""
    regions = _regions_of(clean, levels)
    if clean is ink:
        return regions
    return regions + _regions_of(np.where(clean > 0, np.float32(0), ink), levels)


def _regions_of(ink: Ink, levels: InkLevels) -> list[Region]:
    labels = label_ink(ink, levels)
    boxes = labels.stats[:, :4].tolist()
    return [Region(tuple(boxes[n]), ink, labels, n) for n in largest_labels(labels)]


def find_left_out(
    lines: Sequence[Sequence[Box]],
    regions: Sequence[Region],
    shape: tuple[int, ...],
    score: Scorer,
    *,
    params: LeftOutParams = LeftOutParams(),
    levels: InkLevels = InkLevels(),
) -> list[LeftOut]:
    """Return for each text line the components near its digits that none of them covers.

    `lines` are the boxes of the digits, `shape` is (H, W) of the ink map.
    """
    digits = [(box, place) for place, line in enumerate(lines) for box in line]
    glyphs: list[list[Candidate]] = [[] for _ in lines]
    rest = [region for region in regions if not _touches_border(region.box, shape)]
    while True:
        rest = _not_covered(rest, [box for box, _ in digits], params)
        near = _nearest_digits(rest, digits)
        beside = [n for n in near if _is_beside(n, params) and not _is_frame(n, shape, params)]
        scored = zip(beside, score([n.region.component(levels) for n in beside]), strict=True)
        found = [(n, candidate) for n, candidate in scored if _is_glyph(n, candidate, params)]
        if not found:
            break
        # What stands beside one of these is beside the text line too.
        for neighbour, candidate in found:
            glyphs[neighbour.line].append(candidate)
            digits.append((neighbour.region.box, neighbour.line))
    ignored = [n for n in near if _is_small(n, params)]
    return [
        LeftOut(tuple(found), tuple(n.region.box for n in ignored if n.line == place))
        for place, found in enumerate(glyphs)
    ]


class _Neighbour(NamedTuple):
    """A component that was left out, and the nearest digit."""

    region: Region
    digit: Box
    line: int  # place of the digit's text line
    gap: tuple[int, int]  # pixels between them, across and down; 0 where they overlap


def _corners(boxes: Sequence[Box]) -> NDArray[np.int64]:
    """Return left, top, right and bottom of boxes, (4, n)."""
    left, top, width, height = np.array(boxes, np.int64).reshape(-1, 4).T
    return np.stack([left, top, left + width, top + height])


def _not_covered(
    regions: Sequence[Region], digits: Sequence[Box], params: LeftOutParams
) -> list[Region]:
    left, top, right, bottom = _corners([region.box for region in regions])[:, :, None]
    others = _corners(digits)
    wide = np.minimum(right, others[2]) - np.maximum(left, others[0])
    high = np.minimum(bottom, others[3]) - np.maximum(top, others[1])
    inside = (np.maximum(wide, 0) * np.maximum(high, 0)).sum(axis=1)
    area = ((right - left) * (bottom - top))[:, 0]
    kept = inside <= params.max_covered * area
    return [region for region, keep in zip(regions, kept, strict=True) if keep]


def _nearest_digits(
    regions: Sequence[Region], digits: Sequence[tuple[Box, int]]
) -> list[_Neighbour]:
    """Return the nearest of these digits, each with its text line, for every component."""
    if not regions or not digits:
        return []
    left, top, right, bottom = _corners([region.box for region in regions])[:, :, None]
    others = _corners([box for box, _ in digits])
    across = np.maximum(np.maximum(left - others[2], others[0] - right), 0)
    down = np.maximum(np.maximum(top - others[3], others[1] - bottom), 0)
    nearest = (across + down).argmin(axis=1)
    return [
        _Neighbour(region, digits[n][0], digits[n][1], (int(across[row, n]), int(down[row, n])))
        for row, (region, n) in enumerate(zip(regions, nearest.tolist(), strict=True))
    ]


def _is_beside(near: _Neighbour, params: LeftOutParams) -> bool:
    """Return whether a component may have the size of the digit and stands on its text line."""
    _, top, width, height = near.region.box
    digit_top, digit_height = near.digit[1], near.digit[3]
    shared = min(top + height, digit_top + digit_height) - max(top, digit_top)
    return (
        params.min_small_height <= height / digit_height <= params.max_height
        and width <= params.max_width * digit_height
        and shared >= params.min_shared * height
        and near.gap[0] <= params.max_gap * digit_height
    )


def _is_frame(near: _Neighbour, shape: tuple[int, ...], params: LeftOutParams) -> bool:
    """Return whether a component is the frame around the digit, or a side of one at the border."""
    left, top, width, height = near.region.box
    x, y, w, h = near.digit
    wide = min(left + width, x + w) - max(left, x)
    high = min(top + height, y + h) - max(top, y)
    if max(0, wide) * max(0, high) > params.max_covered * w * h:
        return True
    margin = min(left, shape[1] - left - width)
    return width < params.min_border_width * h and margin < params.border * h


def _is_glyph(near: _Neighbour, candidate: Candidate, params: LeftOutParams) -> bool:
    """Return whether a component beside a digit is as large, or surely a small digit."""
    large = near.region.box[3] >= params.min_height * near.digit[3]
    return large or candidate.confidence >= params.small_confidence


def _is_small(near: _Neighbour, params: LeftOutParams) -> bool:
    """Return whether a component near a digit is a dot, dirt or an underline; not grain."""
    _, _, width, height = near.region.box
    digit_height = near.digit[3]
    return (
        height < params.min_height * digit_height
        and sum(near.gap) <= params.max_gap * digit_height
        and max(width, height) >= params.min_ignored * digit_height
    )


def _touches_border(box: Box, shape: tuple[int, ...]) -> bool:
    left, top, width, height = box
    return min(left, top, shape[1] - left - width, shape[0] - top - height) <= 0
