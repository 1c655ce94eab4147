"""Segmentation by columns: which ink belongs to which character of a text line.

The line network says in which columns it saw each character. A component belongs to the character
whose columns it covers; one that covers the columns of several is cut between them.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.ink.components import Component, all_ink, merged

Span = tuple[float, float]  # from and up to, x in pixels of the ink map


@dataclass(frozen=True)
class ColumnParams:
    """Thresholds of the segmentation by columns."""

    min_cover: float = 0.5  # of a character's columns, for a component to hold it
    # A component that holds no character belongs to one that is at most so far away, by the height
    # of the text line.
    max_gap: float = 0.3
    # A cut lies so far at most from the middle between two characters, by the distance of their
    # middles; a distance that costs as much as so much of a column's mean ink.
    reach: float = 0.35
    distance_cost: float = 0.25


class Segments(NamedTuple):
    """The ink of each character, None for one without any; and what belongs to none."""

    characters: list[Component | None]
    left_out: list[Component]


def segment_by_columns(
    components: Sequence[Component],
    spans: Sequence[Span],
    height: float,
    params: ColumnParams = ColumnParams(),
) -> Segments:
    """Distribute the components of a text line of this height among the characters at `spans`."""
    parts: list[list[Component]] = [[] for _ in spans]
    left_out: list[Component] = []
    for component in components:
        held = [i for i, span in enumerate(spans) if _cover(component, span) >= params.min_cover]
        if len(held) > 1:
            pieces = _cut(component, [spans[i] for i in held], params)
            for i, piece in zip(held, pieces, strict=True):
                if piece is not None:
                    parts[i].append(piece)
            continue
        nearest = held[0] if held else _nearest(component, spans, params.max_gap * height)
        if nearest is None:
            left_out.append(component)
        else:
            parts[nearest].append(component)
    return Segments([merged(part) if part else None for part in parts], left_out)


def _cover(component: Component, span: Span) -> float:
    """Return which share of a span lies within a component's columns."""
    shared = min(component.right, span[1]) - max(component.left, span[0])
    return shared / max(1e-6, span[1] - span[0])


def _nearest(component: Component, spans: Sequence[Span], reach: float) -> int | None:
    gaps = [max(start - component.right, component.left - end, 0.0) for start, end in spans]
    shared = [min(component.right, end) - max(component.left, start) for start, end in spans]
    if not gaps or min(gaps) > reach:
        return None
    return min(range(len(spans)), key=lambda i: (gaps[i], -shared[i]))


def _cut(
    component: Component, spans: Sequence[Span], params: ColumnParams
) -> list[Component | None]:
    """Cut a component upright between the characters that it holds, where there is least ink."""
    profile, cuts = component.ink.sum(axis=0), [0]
    mean = max(1e-6, float(profile.mean()))
    for left, right in itertools.pairwise(spans):
        middle = (left[1] + right[0]) / 2 - component.left
        reach = max(2.0, params.reach * (sum(right) - sum(left)) / 2)
        first = min(max(cuts[-1] + 1, int(middle - reach)), component.width - 1)
        last = max(first + 1, min(component.width, int(middle + reach) + 1))
        columns = np.arange(first, last)
        away = params.distance_cost * mean * np.abs(columns - middle) / reach
        cuts.append(int(columns[np.argmin(profile[columns] + away)]))
    cuts.append(component.width)
    return [_piece(component, *ends) for ends in itertools.pairwise(cuts)]


def _piece(component: Component, start: int, end: int) -> Component | None:
    found = all_ink(component.ink[:, start:end])
    if found is None:
        return None
    x, y, w, h = found.box
    return Component(found.ink, (component.left + start + x, component.top + y, w, h))
