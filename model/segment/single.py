"""A single digit: all ink of an image is one digit, as `--single` says."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.errors import TooManyComponentsError
from model.ink.binarize import Ink
from model.ink.components import Component, all_ink, find_components, merged
from model.ink.noise import CleanInk, remove_noise
from model.segment.candidates import Candidate, Scorer
from model.segment.digits import SegmentParams, digits_of, mark_scraps, touches_border


@dataclass(frozen=True)
class SingleParams:
    """Thresholds of the reading of a single digit."""

    # The main component is large, central and not cut off by the border: its ink is weighted by
    # exp(-centrality * d^2), d being its distance from the centre in shares of the image's sides,
    # and by `border_weight` if it touches the border.
    centrality: float = 4
    border_weight: float = 0.4
    # More or less ink than all parts of the digit must be this much more confident.
    first_margin: float = 0.05
    # A digit that segmentation finds is the only one if other ink in its box is at most this share
    # of its own: the outline of a face is no 0.
    max_inside: float = 0.05


def find_single_digit(
    ink: Ink,
    score: Scorer,
    *,
    clean: CleanInk | None = None,
    params: SegmentParams = SegmentParams(),
    single: SingleParams = SingleParams(),
) -> list[list[Candidate]]:
    """Return all ink of an (H, W) map as one digit: one text line of one digit, or none.

    Ruling lines and dirt are left out where the digit is clearer without them; where `digits_of`
    finds exactly one digit and is more confident of it, that is the digit. `clean` is the map
    without noise, if known already.
    """
    everything = all_ink(ink)
    if everything is None:
        return []
    clean = clean or remove_noise(ink, levels=params.levels)
    if not clean.ink.any():
        return []
    components = find_components(*clean, params.levels)
    main = max(components, key=lambda c: _prominence(c, ink.shape, single), default=everything)
    cut_off = touches_border(main, ink.shape)
    parts = [
        c
        for c in components
        if c.size >= params.digits.max_dirt * main.size
        and (cut_off or not touches_border(c, ink.shape))
    ]
    near = [c for c in parts if _gap(c, main) <= params.glyph.max_gap * main.size]
    unchanged = clean.ink is ink and len(parts) == len(components)
    choices = [everything if unchanged else merged(parts) if parts else everything]
    if len(near) < len(parts):
        choices.append(merged(near))
    if not unchanged:
        choices.append(everything)
    first, *others = score(choices)
    best = max([first, *others], key=lambda c: c.confidence + single.first_margin * (c is first))
    alone = _only_digit(components, score, params)
    if (
        alone is not None
        and alone.confidence > best.confidence
        and _ink_inside(clean.ink, alone.component) <= single.max_inside
    ):
        best = alone
    return mark_scraps([[best]], ink.shape, params.digits)


def _only_digit(
    components: Sequence[Component], score: Scorer, params: SegmentParams
) -> Candidate | None:
    """Return the digit among components where segmentation finds exactly one."""
    try:
        lines = digits_of(components, score, params=params)
    except TooManyComponentsError:
        return None
    found = [candidate for line in lines for candidate in line]
    return found[0] if len(found) == 1 and not found[0].uncertain else None


def _ink_inside(ink: Ink, digit: Component) -> float:
    """Return the ink in the box of a digit that is not the digit's, as a share of the digit's."""
    around = ink[digit.top : digit.bottom, digit.left : digit.right]
    return float(np.where(digit.ink > 0, np.float32(0), around).sum() / digit.ink.sum())


def _prominence(component: Component, shape: tuple[int, ...], params: SingleParams) -> float:
    """Return how likely a component is the main one of an image."""
    rows, columns = shape
    x = (component.left + component.width / 2) / columns - 0.5
    y = (component.top + component.height / 2) / rows - 0.5
    central = math.exp(-params.centrality * (x * x + y * y))
    weight = params.border_weight if touches_border(component, shape) else 1
    return float(component.ink.sum()) * central * weight


def _gap(one: Component, two: Component) -> int:
    return max(
        one.left - two.right, two.left - one.right, one.top - two.bottom, two.top - one.bottom, 0
    )
