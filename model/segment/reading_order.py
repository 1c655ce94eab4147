"""Reading order: which marks stand on one line, and in which order."""

from collections.abc import Sequence

import numpy as np

from model.ink.components import Component

# Marks are on one line if they share this part of the lower one's height ...
SHARED = 0.35
# ... and stand no further apart than this many heights of the taller one.
FARTHEST = 3.5


def lines(marks: Sequence[Component]) -> list[list[Component]]:
    """Marks in reading order: lines from top to bottom, each from left to right.

    A mark is linked to its nearest right neighbour of like height, so that a line may slant.
    """
    ordered = sorted(marks, key=lambda m: m.left + m.width / 2)
    group = list(range(len(ordered)))
    for i, mark in enumerate(ordered):
        j = _right_neighbour(mark, ordered[i + 1 :])
        if j is not None:
            old, new = group[i + 1 + j], group[i]
            group = [new if g == old else g for g in group]
    rows = [[m for m, g in zip(ordered, group, strict=True) if g == key] for key in set(group)]
    return sorted(rows, key=_height_on_page)


def _right_neighbour(mark: Component, others: Sequence[Component]) -> int | None:
    for place, other in enumerate(others):
        shared = min(mark.bottom, other.bottom) - max(mark.top, other.top)
        gap = other.left - mark.right
        if gap > FARTHEST * max(mark.height, other.height):
            continue
        if shared > SHARED * min(mark.height, other.height):
            return place
    return None


def _height_on_page(row: Sequence[Component]) -> tuple[float, int]:
    middle = float(np.mean([m.top + m.height / 2 for m in row]))
    return middle, row[0].left
