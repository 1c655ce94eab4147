"""Text lines: which components stand beside each other, in reading order.

Components at one height belong to one text line, however wide the gaps between them: columns of
numbers are read row by row. A wide gap parts a text line into groups, which are read one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.ink.components import Component
from model.segment.lattice import digit_height

Group = list[Component]  # from left to right
TextLine = list[Group]  # of one height


@dataclass(frozen=True)
class RowParams:
    """Thresholds of finding text lines, as shares of the height of the digits unless stated."""

    small: float = 0.45  # a lower component may be a dot, a dash or a part of a digit
    dirt: float = 0.1  # a component that is smaller is no ink
    # Ink that stands on no text line makes lines of its own, if it is so high at least.
    min_small_line: float = 0.3
    shared: float = 0.4  # of the lower of two components, that lies beside the other on one line
    max_gap: float = 1.8  # a wider gap parts a text line into groups
    reach: float = 0.5  # between a small component and the digit that it stands beside


def text_rows(components: Sequence[Component], params: RowParams = RowParams()) -> list[TextLine]:
    """Return the text lines of components from top to bottom; dirt is left out."""
    rows: list[list[Component]] = []
    rest, largest = list(components), 0.0
    while rest:
        height = digit_height(rest)
        largest = max(largest, height)
        if height < params.min_small_line * largest:
            break
        found, rest = _rows_of_height(rest, height, params)
        rows += found
    rows.sort(key=lambda row: float(np.mean([c.top + c.height / 2 for c in row])))
    return [_groups(row, params) for row in rows]


def _rows_of_height(
    components: Sequence[Component], height: float, params: RowParams
) -> tuple[list[list[Component]], list[Component]]:
    """Return the text lines of digits of this height, and the components that stand on none."""
    tall = [c for c in components if c.height >= params.small * height]
    rows: list[list[Component]] = []
    for component in sorted(tall, key=lambda c: c.left + c.width / 2):
        shares = [_shared_height(component, row[-3:]) for row in rows]
        if shares and max(shares) >= params.shared:
            rows[int(np.argmax(shares))].append(component)
        else:
            rows.append([component])
    left: list[Component] = []
    for component in components:
        if component.height < params.small * height and component.size >= params.dirt * height:
            row = _row_beside(component, rows, params.reach * height)
            (left if row is None else row).append(component)
    return rows, left


def _shared_height(component: Component, others: Sequence[Component]) -> float:
    top, bottom = min(c.top for c in others), max(c.bottom for c in others)
    shared = min(component.bottom, bottom) - max(component.top, top)
    return shared / max(1, min(component.height, bottom - top))


def _row_beside(
    small: Component, rows: Sequence[list[Component]], reach: float
) -> list[Component] | None:
    """Return the text line whose digits a small component stands beside, or None."""
    nearest, least = None, reach
    for row in rows:
        for c in row:
            across = max(c.left - small.right, small.left - c.right, 0)
            down = max(c.top - small.bottom, small.top - c.bottom, 0)
            gap = max(across / 2, down)  # a sign stands further beside a digit than above it
            if gap <= least:
                nearest, least = row, gap
    return nearest


def _groups(row: list[Component], params: RowParams) -> TextLine:
    """Part a text line at its wide gaps."""
    ordered = sorted(row, key=lambda c: c.left)
    widest = params.max_gap * digit_height(row)
    groups, right = [[ordered[0]]], ordered[0].right
    for component in ordered[1:]:
        if component.left - right > widest:
            groups.append([])
        groups[-1].append(component)
        right = max(right, component.right)
    return groups
