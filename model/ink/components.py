"""Connected pieces of ink, the atoms that digits are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import SOLID, Ink

Box: TypeAlias = tuple[int, int, int, int]

# Of more pieces than this only the largest are looked at; the others are specks. More than
# `Limits.max_components` may be, or nobody could tell that there were too many.
MOST = 1000

AREA = cv2.CC_STAT_AREA


@dataclass(frozen=True, eq=False)
class Labels:
    """The pieces of an (H, W) mask that hang together, corners counting.

    The same numbers in the same order as OpenCV's; label 0 is what is not set.
    """

    shape: tuple[int, int]  # H, W
    stats: NDArray[np.int32]  # (count, 5): left, top, width, height and area of each label
    _part: NDArray[np.int32]  # labels of the part of the mask that holds all pieces
    _left: int
    _top: int

    @property
    def count(self) -> int:
        """Labels: one more than there are pieces."""
        return len(self.stats)

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """The label of every pixel, (H, W)."""
        height, width = self.shape
        return self.cut(0, 0, width, height)

    def cut(self, x: int, y: int, w: int, h: int) -> NDArray[np.int32]:
        """The labels of a part of the mask, (h, w)."""
        labels = np.zeros((h, w), np.int32)
        rows, columns = self._part.shape
        top, left = max(y, self._top), max(x, self._left)
        bottom, right = min(y + h, self._top + rows), min(x + w, self._left + columns)
        if top < bottom and left < right:
            labels[top - y : bottom - y, left - x : right - x] = self._part[
                top - self._top : bottom - self._top, left - self._left : right - self._left
            ]
        return labels


def connected(mask: NDArray[np.uint8]) -> Labels:
    """The pieces of an (H, W) mask, of whose time a small drawing on a large sheet needs little."""
    height, width = mask.shape
    x, y, w, h = cv2.boundingRect(mask)
    # OpenCV numbers by blocks of two pixels, and takes no empty picture.
    x, y, w, h = x & ~1, y & ~1, max(1, w + (x & 1)), max(1, h + (y & 1))
    part, stats = _label(mask[y : y + h, x : x + w])
    stats[:, cv2.CC_STAT_LEFT] += x
    stats[:, cv2.CC_STAT_TOP] += y
    stats[0] = (0, 0, width, height, width * height - int(stats[1:, AREA].sum()))
    return Labels((height, width), stats, part, x, y)


def _label(mask: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """OpenCV's labels and statistics; these take longest, and of one piece they are simple."""
    count, labels = cv2.connectedComponents(mask)
    if count > 2:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        return np.asarray(labels, np.int32), np.asarray(stats, np.int32)
    rows = [(0, 0, 0, 0, 0), (*cv2.boundingRect(mask), cv2.countNonZero(mask))]
    return np.asarray(labels, np.int32), np.array(rows[:count], np.int32)


@dataclass(frozen=True, eq=False)
class Component:
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


def label_ink(ink: Ink) -> Labels:
    """The connected pieces of the solid ink of an (H, W) map."""
    return connected((ink > SOLID).view(np.uint8))


def find_components(ink: Ink, pieces: Labels | None = None) -> list[Component]:
    """The connected pieces of an (H, W) ink map with their soft edges, largest first.

    `pieces` are those of `label_ink`, where they are known already.
    """
    pieces = pieces or label_ink(ink)
    sizes = pieces.stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    order = np.argsort(-sizes, kind="stable")[:MOST] + 1
    return [_mark(ink, pieces, int(label)) for label in order]


def whole(ink: Ink) -> Component | None:
    """All ink as one mark; None without ink."""
    x, y, w, h = cv2.boundingRect((ink != 0).view(np.uint8))
    if not w:
        return None
    return Component(ink[y : y + h, x : x + w], (x, y, w, h))


def in_image(box: Box, scale: float, left: int = 0, top: int = 0) -> Box:
    """A box on a reduced part of an image, which begins at `left` and `top`, on the image."""
    x, y, w, h = (round(edge * scale) for edge in box)
    return left + x, top + y, w, h


def join(marks: Sequence[Component]) -> Component:
    """Several marks as one."""
    if len(marks) == 1:
        return marks[0]
    x, y = min(m.left for m in marks), min(m.top for m in marks)
    w, h = max(m.right for m in marks) - x, max(m.bottom for m in marks) - y
    ink = np.zeros((h, w), np.float32)
    for m in marks:
        part = ink[m.top - y : m.bottom - y, m.left - x : m.right - x]
        np.maximum(part, m.ink, out=part)
    return Component(ink, (x, y, w, h))


def _mark(ink: Ink, pieces: Labels, label: int) -> Component:
    x, y, w, h = (int(v) for v in pieces.stats[label, :4])
    x, y, w, h = x - 1, y - 1, w + 2, h + 2  # with the soft edge around it
    x0, y0, x1, y1 = max(0, x), max(0, y), min(ink.shape[1], x + w), min(ink.shape[0], y + h)
    part = ink[y0:y1, x0:x1]
    own = (pieces.cut(x0, y0, x1 - x0, y1 - y0) == label).view(np.uint8)
    edge = cv2.dilate(own, np.ones((3, 3), np.uint8))
    faint = (part <= SOLID).view(np.uint8)  # else it is another mark's
    mark = whole(np.asarray(cv2.copyTo(part, own | edge & faint), np.float32))
    assert mark is not None  # noqa: S101  it has at least one solid pixel
    return Component(mark.ink, (mark.left + x0, mark.top + y0, mark.width, mark.height))
