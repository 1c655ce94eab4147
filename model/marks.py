"""Connected pieces of ink, the atoms that digits are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.components import connected
from model.ink import SOLID, Ink

Box: TypeAlias = tuple[int, int, int, int]

# Of more pieces than this only the largest are looked at; the others are specks. More than
# `Limits.max_marks` may be, or nobody could tell that there were too many.
MOST = 1000


@dataclass(frozen=True, eq=False)
class Mark:
    """A piece of ink, or several joined."""

    ink: NDArray[np.float32]  # (h, w) in [0, 1], ink bright, cropped to the mark
    box: Box  # x, y, w, h in pixels of the ink map

    @property
    def left(self) -> int:
        """First column."""
        return self.box[0]

    @property
    def top(self) -> int:
        """First row."""
        return self.box[1]

    @property
    def right(self) -> int:
        """First column behind it."""
        return self.box[0] + self.box[2]

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.box[1] + self.box[3]

    @property
    def width(self) -> int:
        """Columns."""
        return self.box[2]

    @property
    def height(self) -> int:
        """Rows."""
        return self.box[3]

    @property
    def size(self) -> int:
        """The longer side."""
        return max(self.box[2:])


def find_marks(ink: Ink) -> list[Mark]:
    """The connected pieces of an (H, W) ink map with their soft edges, largest first."""
    solid = (ink > SOLID).astype(np.uint8)
    count, labels, stats = connected(solid)
    sides = stats[1:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    order = np.argsort(-sides, kind="stable")[:MOST] + 1
    return [_mark(ink, labels, int(label), stats[label]) for label in order]


def whole(ink: Ink) -> Mark | None:
    """All ink as one mark; None without ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return None
    x, y = int(columns[0]), int(rows[0])
    w, h = int(columns[-1]) - x + 1, int(rows[-1]) - y + 1
    return Mark(ink[y : y + h, x : x + w], (x, y, w, h))


def in_image(box: Box, scale: float) -> Box:
    """A box on a reduced image in the pixels of the image itself."""
    x, y, w, h = (round(edge * scale) for edge in box)
    return x, y, w, h


def join(marks: Sequence[Mark]) -> Mark:
    """Several marks as one."""
    if len(marks) == 1:
        return marks[0]
    x, y = min(m.left for m in marks), min(m.top for m in marks)
    w, h = max(m.right for m in marks) - x, max(m.bottom for m in marks) - y
    ink = np.zeros((h, w), np.float32)
    for m in marks:
        part = ink[m.top - y : m.bottom - y, m.left - x : m.right - x]
        np.maximum(part, m.ink, out=part)
    return Mark(ink, (x, y, w, h))


def _mark(ink: Ink, labels: NDArray[np.int32], label: int, stats: NDArray[np.int32]) -> Mark:
    x, y, w, h = (int(v) for v in stats[:4])
    x0, y0 = max(0, x - 1), max(0, y - 1)
    x1, y1 = min(ink.shape[1], x + w + 1), min(ink.shape[0], y + h + 1)
    own = (labels[y0:y1, x0:x1] == label).astype(np.uint8)
    edge = cv2.dilate(own, np.ones((3, 3), np.uint8))  # the soft edge around it
    part = np.where(edge > 0, ink[y0:y1, x0:x1], 0).astype(np.float32)
    part[(labels[y0:y1, x0:x1] != label) & (part > SOLID)] = 0  # another mark's
    mark = whole(part)
    assert mark is not None  # noqa: S101  it has at least one solid pixel
    return Mark(mark.ink, (mark.left + x0, mark.top + y0, mark.width, mark.height))
