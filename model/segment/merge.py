"""Marks within or above each other that are one digit, as the two rings of an 8."""

import bisect
import itertools
from collections.abc import Sequence

from model.ink.components import Component, join
from model.segment.candidates import Candidate, Scorer
from model.segment.lattice import LIKELY, NEAR, SMALL, SURE

INSIDE = 0.9  # of a mark's box within that of another one
# Pixels of all pairs that are tried as one, which bounds time and memory too. The smallest pairs
# come first, since the parts of a digit are near each other.
JOINED = 30_000_000


def merge_components(marks: Sequence[Component], height: float, judge: Scorer) -> list[Component]:
    """Join marks within or above each other, as the two rings of an 8, if that makes a digit."""
    marks = list(marks)
    joined: dict[tuple[Component, Component], Candidate] = {}
    room = JOINED
    new = list(itertools.combinations(marks, 2))
    while True:
        possible = _smallest([pair for pair in new if _may_be_one(*pair, height)], room)
        judged = judge([join(pair) for pair in possible])
        room -= sum(j.mark.ink.size for j in judged)
        joined |= dict(zip(possible, judged, strict=True))
        pair = max(joined, key=lambda pair: joined[pair].confidence, default=None)
        if pair is None:
            return marks
        # One digit is not written inside another; above another it may well be.
        apart = 0.0 if _nested(*pair) else max(j.confidence for j in judge(pair))
        if joined[pair].confidence < min(SURE, max(apart, LIKELY)):
            return marks
        whole_digit = joined[pair].mark
        marks = [m for m in marks if m not in pair]
        # Only what the join changed is looked at again: a full page has thousands of pairs.
        joined = {other: j for other, j in joined.items() if not set(other) & set(pair)}
        new = [(mark, whole_digit) for mark in marks]
        marks.append(whole_digit)


def _may_be_one(one: Component, two: Component, height: float) -> bool:
    beside = one.left >= two.right or two.left >= one.right
    return not beside and (_nested(one, two) or _stacked(one, two, height))


def _smallest(
    pairs: list[tuple[Component, Component]], room: int
) -> list[tuple[Component, Component]]:
    """As many of the pairs, smallest first, as have room when joined, in pixels."""
    if sum(map(_area, pairs)) <= room:
        return pairs
    pairs = sorted(pairs, key=_area)
    return pairs[: bisect.bisect_right(list(itertools.accumulate(map(_area, pairs))), room)]


def _area(pair: tuple[Component, Component]) -> int:
    one, two = pair
    wide = max(one.right, two.right) - min(one.left, two.left)
    high = max(one.bottom, two.bottom) - min(one.top, two.top)
    return wide * high


def _nested(one: Component, two: Component) -> bool:
    wide = min(one.right, two.right) - max(one.left, two.left)
    high = min(one.bottom, two.bottom) - max(one.top, two.top)
    smaller = min(one.width * one.height, two.width * two.height)
    return wide > 0 and high > 0 and wide * high > INSIDE * smaller


def _stacked(one: Component, two: Component, height: float) -> bool:
    shared = min(one.right, two.right) - max(one.left, two.left)
    gap = max(one.top - two.bottom, two.top - one.bottom)
    return (
        shared > 0.5 * min(one.width, two.width)
        and -0.4 * min(one.height, two.height) < gap < NEAR * min(height, one.size + two.size)
        and max(one.size, two.size) >= SMALL * height
    )
