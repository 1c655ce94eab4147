"""Ink beside digits that segmentation left out: a glyph of the size of a digit is shown as `?`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import Ink, InkLevels
from model.ink.components import Box, Component, find_components
from model.segment.candidates import Candidate, Scorer
from model.segment.digits import touches_border


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


def left_out_components(ink: Ink, clean: Ink, levels: InkLevels = InkLevels()) -> list[Component]:
    """Return the components of an (H, W) ink map, those that are not on its clean one too."""
    kept = find_components(clean, levels=levels)
    if clean is ink:
        return kept
    deleted = np.where(clean > 0, np.float32(0), ink)
    return kept + find_components(deleted, levels=levels)


def find_left_out(
    lines: Sequence[Sequence[Box]],
    components: Sequence[Component],
    shape: tuple[int, ...],
    score: Scorer,
    params: LeftOutParams = LeftOutParams(),
) -> list[LeftOut]:
    """Return for each text line the components near its digits that none of them covers.

    `lines` are the boxes of the digits, `shape` is (H, W) of the ink map.
    """
    digits = [(box, place) for place, line in enumerate(lines) for box in line]
    glyphs: list[list[Candidate]] = [[] for _ in lines]
    rest = [c for c in components if not touches_border(c, shape)]
    while True:
        rest = _not_covered(rest, [box for box, _ in digits], params)
        near = _nearest_digits(rest, digits)
        beside = [n for n in near if _is_beside(n, params) and not _is_frame(n, shape, params)]
        scored = zip(beside, score([n.component for n in beside]), strict=True)
        found = [(n, candidate) for n, candidate in scored if _is_glyph(n, candidate, params)]
        if not found:
            break
        # What stands beside one of these is beside the text line too.
        for neighbour, candidate in found:
            glyphs[neighbour.line].append(candidate)
            digits.append((neighbour.component.box, neighbour.line))
    ignored = [n for n in near if _is_small(n, params)]
    return [
        LeftOut(tuple(found), tuple(n.component.box for n in ignored if n.line == place))
        for place, found in enumerate(glyphs)
    ]


class _Neighbour(NamedTuple):
    """A component that was left out, and the nearest digit."""

    component: Component
    digit: Box
    line: int  # place of the digit's text line
    gap: tuple[int, int]  # pixels between them, across and down; 0 where they overlap


def _corners(boxes: Sequence[Box]) -> NDArray[np.int64]:
    """Return left, top, right and bottom of boxes, (4, n)."""
    left, top, width, height = np.array(boxes, np.int64).reshape(-1, 4).T
    return np.stack([left, top, left + width, top + height])


def _not_covered(
    components: Sequence[Component], digits: Sequence[Box], params: LeftOutParams
) -> list[Component]:
    left, top, right, bottom = _corners([c.box for c in components])[:, :, None]
    others = _corners(digits)
    wide = np.minimum(right, others[2]) - np.maximum(left, others[0])
    high = np.minimum(bottom, others[3]) - np.maximum(top, others[1])
    inside = (np.maximum(wide, 0) * np.maximum(high, 0)).sum(axis=1)
    area = ((right - left) * (bottom - top))[:, 0]
    kept = inside <= params.max_covered * area
    return [component for component, keep in zip(components, kept, strict=True) if keep]


def _nearest_digits(
    components: Sequence[Component], digits: Sequence[tuple[Box, int]]
) -> list[_Neighbour]:
    """Return the nearest of these digits, each with its text line, for every component."""
    if not components or not digits:
        return []
    left, top, right, bottom = _corners([c.box for c in components])[:, :, None]
    others = _corners([box for box, _ in digits])
    across = np.maximum(np.maximum(left - others[2], others[0] - right), 0)
    down = np.maximum(np.maximum(top - others[3], others[1] - bottom), 0)
    nearest = (across + down).argmin(axis=1)
    return [
        _Neighbour(component, *digits[n], (int(across[row, n]), int(down[row, n])))
        for row, (component, n) in enumerate(zip(components, nearest.tolist(), strict=True))
    ]


def _is_beside(near: _Neighbour, params: LeftOutParams) -> bool:
    """Return whether a component may have the size of the digit and stands on its text line."""
    component, (_, top, _, height) = near.component, near.digit
    shared = min(component.bottom, top + height) - max(component.top, top)
    return (
        params.min_small_height <= component.height / height <= params.max_height
        and component.width <= params.max_width * height
        and shared >= params.min_shared * component.height
        and near.gap[0] <= params.max_gap * height
    )


def _is_frame(near: _Neighbour, shape: tuple[int, ...], params: LeftOutParams) -> bool:
    """Return whether a component is the frame around the digit, or a side of one at the border."""
    component, (x, y, width, height) = near.component, near.digit
    wide = min(component.right, x + width) - max(component.left, x)
    high = min(component.bottom, y + height) - max(component.top, y)
    if max(0, wide) * max(0, high) > params.max_covered * width * height:
        return True
    margin = min(component.left, shape[1] - component.right)
    narrow = component.width < params.min_border_width * height
    return narrow and margin < params.border * height


def _is_glyph(near: _Neighbour, candidate: Candidate, params: LeftOutParams) -> bool:
    """Return whether a component beside a digit is as large, or surely a small digit."""
    large = near.component.height >= params.min_height * near.digit[3]
    return large or candidate.confidence >= params.small_confidence


def _is_small(near: _Neighbour, params: LeftOutParams) -> bool:
    """Return whether a component near a digit is a dot, dirt or an underline; not grain."""
    height = near.digit[3]
    low = near.component.height < params.min_height * height
    near_enough = sum(near.gap) <= params.max_gap * height
    return low and near_enough and near.component.size >= params.min_ignored * height
