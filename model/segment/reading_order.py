"""Reading order: which components stand on one text line, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.ink.components import Component


@dataclass(frozen=True)
class ReadingOrderParams:
    """Thresholds of the grouping into text lines."""

    min_shared_height: float = 0.35  # of the lower component, for two on one text line
    max_gap: float = 3.5  # heights of the higher component, between two on one text line


def group_lines(
    components: Sequence[Component], params: ReadingOrderParams = ReadingOrderParams()
) -> list[list[Component]]:
    """Return components in reading order: text lines from top to bottom, each from left to right.

    A component is linked to its nearest right neighbour at the same height, so that a text line
    may slant.
    """
    ordered = sorted(components, key=lambda c: c.left + c.width / 2)
    group = list(range(len(ordered)))
    for i, component in enumerate(ordered):
        j = _right_neighbour(component, ordered[i + 1 :], params)
        if j is not None:
            old, new = group[i + 1 + j], group[i]
            group = [new if g == old else g for g in group]
    rows = [[c for c, g in zip(ordered, group, strict=True) if g == key] for key in set(group)]
    return sorted(rows, key=_height_on_page)


def _right_neighbour(
    component: Component, others: Sequence[Component], params: ReadingOrderParams
) -> int | None:
    for place, other in enumerate(others):
        shared = min(component.bottom, other.bottom) - max(component.top, other.top)
        gap = other.left - component.right
        if gap > params.max_gap * max(component.height, other.height):
            continue
        if shared > params.min_shared_height * min(component.height, other.height):
            return place
    return None


def _height_on_page(row: Sequence[Component]) -> tuple[float, int]:
    middle = float(np.mean([c.top + c.height / 2 for c in row]))
    return middle, row[0].left
