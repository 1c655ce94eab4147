"""Merging of components within or above each other that are one digit, as the two rings of an 8."""

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from model.ink.components import Component, merged
from model.segment.candidates import Candidate, GlyphParams, Scorer


@dataclass(frozen=True)
class MergeParams:
    """Thresholds of merging."""

    min_inside: float = 0.9  # share of a component's box within another's, to be nested in it
    # Two components are stacked if they share this part of the narrower one's width, and overlap
    # by no more than this part of the lower one's height.
    min_shared_width: float = 0.5
    max_overlap: float = 0.4
    # Pixels of all pairs that are scored, which bounds time and memory. The smallest pairs come
    # first, since the parts of a digit are near each other.
    max_pixels: int = 30_000_000


def merge_components(
    components: Sequence[Component],
    height: float,
    score: Scorer,
    params: MergeParams = MergeParams(),
    glyph: GlyphParams = GlyphParams(),
) -> list[Component]:
    """Merge components within or above each other where that makes a digit.

    `height` is that of the digits in pixels. The most confident pair is merged first. A component
    above another must be more confident merged than either alone.
    """
    components = list(components)
    scored: dict[tuple[Component, Component], Candidate] = {}
    room = params.max_pixels
    new = list(itertools.combinations(components, 2))
    while True:
        possible = [pair for pair in new if _may_be_one(*pair, height, params, glyph)]
        possible = _smallest(possible, room)
        candidates = score([merged(pair) for pair in possible])
        room -= sum(c.component.ink.size for c in candidates)
        scored |= dict(zip(possible, candidates, strict=True))
        pair = max(scored, key=lambda pair: scored[pair].confidence, default=None)
        if pair is None:
            return components
        # No digit is written inside another one; above another one it may well be.
        apart = 0.0 if _is_nested(*pair, params) else max(c.confidence for c in score(pair))
        if scored[pair].confidence < min(glyph.confident, max(apart, glyph.likely)):
            return components
        whole_digit = scored[pair].component
        components = [c for c in components if c not in pair]
        # Only pairs with the merged component are new: a full page has thousands of pairs.
        scored = {other: c for other, c in scored.items() if not set(other) & set(pair)}
        new = [(component, whole_digit) for component in components]
        components.append(whole_digit)


def _may_be_one(
    one: Component, two: Component, height: float, params: MergeParams, glyph: GlyphParams
) -> bool:
    beside = one.left >= two.right or two.left >= one.right
    return not beside and (
        _is_nested(one, two, params) or _is_stacked(one, two, height, params, glyph)
    )


def _smallest(
    pairs: list[tuple[Component, Component]], room: int
) -> list[tuple[Component, Component]]:
    """Return as many of the pairs, smallest first, as have `room` when merged, in pixels."""
    if sum(map(_area, pairs)) <= room:
        return pairs
    pairs = sorted(pairs, key=_area)
    return pairs[: bisect.bisect_right(list(itertools.accumulate(map(_area, pairs))), room)]


def _area(pair: tuple[Component, Component]) -> int:
    one, two = pair
    wide = max(one.right, two.right) - min(one.left, two.left)
    high = max(one.bottom, two.bottom) - min(one.top, two.top)
    return wide * high


def _is_nested(one: Component, two: Component, params: MergeParams) -> bool:
    wide = min(one.right, two.right) - max(one.left, two.left)
    high = min(one.bottom, two.bottom) - max(one.top, two.top)
    smaller = min(one.width * one.height, two.width * two.height)
    return wide > 0 and high > 0 and wide * high > params.min_inside * smaller


def _is_stacked(
    one: Component, two: Component, height: float, params: MergeParams, glyph: GlyphParams
) -> bool:
    shared = min(one.right, two.right) - max(one.left, two.left)
    gap = max(one.top - two.bottom, two.top - one.bottom)
    lower = min(one.height, two.height)
    farthest = glyph.max_gap * min(height, one.size + two.size)
    return (
        shared > params.min_shared_width * min(one.width, two.width)
        and -params.max_overlap * lower < gap < farthest
        and max(one.size, two.size) >= glyph.small_height * height
    )
