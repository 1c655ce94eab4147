"""Connected components of ink, the atoms that digits are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink.binarize import Ink, InkLevels

Box: TypeAlias = tuple[int, int, int, int]  # x, y, width, height in pixels

# Of more components only the largest are kept; the others are specks. Greater than
# `Limits.max_components`, so that too many components are still noticed.
MAX_COMPONENTS = 1000

AREA = cv2.CC_STAT_AREA


@dataclass(frozen=True, eq=False)
class Labels:
    """The connected components of an (H, W) mask, with 8-connectivity.

    The same numbers in the same order as OpenCV's; label 0 is the background.
    """

    shape: tuple[int, int]  # H, W
    stats: NDArray[np.int32]  # (count, 5): left, top, width, height and area of each label
    _part: NDArray[np.int32]  # labels of the part of the mask that holds all components
    _left: int
    _top: int

    @property
    def count(self) -> int:
        """Labels: the number of components plus one."""
        return len(self.stats)

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """The label of every pixel, (H, W)."""
        height, width = self.shape
        return self.crop(0, 0, width, height)

    def crop(self, x: int, y: int, w: int, h: int) -> NDArray[np.int32]:
        """Return the labels of a part of the mask, (h, w)."""
        labels = np.zeros((h, w), np.int32)
        rows, columns = self._part.shape
        top, left = max(y, self._top), max(x, self._left)
        bottom, right = min(y + h, self._top + rows), min(x + w, self._left + columns)
        if top < bottom and left < right:
            labels[top - y : bottom - y, left - x : right - x] = self._part[
                top - self._top : bottom - self._top, left - self._left : right - self._left
            ]
        return labels


def label_components(mask: NDArray[np.uint8]) -> Labels:
    """Label the connected components of an (H, W) mask of 0 and 1.

    Only the bounding box of the ink is labelled, which is fast on mostly empty images.
    """
    height, width = mask.shape
    x, y, w, h = cv2.boundingRect(mask)
    # OpenCV numbers by blocks of two pixels, and refuses an empty image.
    x, y, w, h = x & ~1, y & ~1, max(1, w + (x & 1)), max(1, h + (y & 1))
    part, stats = _label(mask[y : y + h, x : x + w])
    stats[:, cv2.CC_STAT_LEFT] += x
    stats[:, cv2.CC_STAT_TOP] += y
    stats[0] = (0, 0, width, height, width * height - int(stats[1:, AREA].sum()))
    return Labels((height, width), stats, part, x, y)


def _label(mask: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return OpenCV's labels and statistics; the latter are slow, and simple for one component."""
    count, labels = cv2.connectedComponents(mask)
    if count > 2:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        return np.asarray(labels, np.int32), np.asarray(stats, np.int32)
    rows = [(0, 0, 0, 0, 0), (*cv2.boundingRect(mask), cv2.countNonZero(mask))]
    return np.asarray(labels, np.int32), np.array(rows[:count], np.int32)


@dataclass(frozen=True, eq=False)
class Component:
    """A connected component of ink, or several merged."""

    ink: NDArray[np.float32]  # (h, w) in [0, 1], ink bright, cropped to the component
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


@dataclass(frozen=True)
class Placement:
    """Where a map of an image, or of a part of it, lies on the image."""

    image: tuple[int, int]  # width, height of the image in pixels
    x_scale: float = 1.0  # pixels of the image by pixels of the map
    y_scale: float = 1.0
    left: int = 0  # of the map's origin, in pixels of the image
    top: int = 0

    def to_image(self, box: Box) -> Box:
        """Return a box of the map in pixels of the image, all of it within the image."""
        x, y, w, h = self._scaled(box, self.x_scale, self.y_scale)
        width, height = self.image
        x, y = min(self.left + x, width - 1), min(self.top + y, height - 1)
        return x, y, min(w, width - x), min(h, height - y)

    def to_map(self, box: Box) -> Box:
        """Return a box of the image in pixels of the map, whose origin is that of the image."""
        return self._scaled(box, 1 / self.x_scale, 1 / self.y_scale)

    def part(self, column: int, row: int) -> "Placement":
        """Return the placement of a part of the map that begins at this column and row."""
        left, top = round(self.x_scale * column), round(self.y_scale * row)
        return replace(self, left=left, top=top)

    def scaled(self, x: float, y: float) -> "Placement":
        """Return the placement of a copy of the map reduced by these factors."""
        return replace(self, x_scale=self.x_scale * x, y_scale=self.y_scale * y)

    @staticmethod
    def _scaled(box: Box, x_scale: float, y_scale: float) -> Box:
        x, y, w, h = box
        return round(x * x_scale), round(y * y_scale), round(w * x_scale), round(h * y_scale)


def label_ink(ink: Ink, levels: InkLevels = InkLevels()) -> Labels:
    """Label the connected components of the solid ink of an (H, W) map."""
    return label_components((ink > levels.ink_threshold).view(np.uint8))


def find_components(
    ink: Ink, labels: Labels | None = None, levels: InkLevels = InkLevels()
) -> list[Component]:
    """Return the connected components of an (H, W) ink map with their soft edges, largest first.

    `labels` are those of `label_ink`, if known already.
    """
    labels = labels or label_ink(ink, levels)
    return [cut_out(ink, labels, label, levels) for label in largest_labels(labels)]


def largest_labels(labels: Labels) -> list[int]:
    """Return the labels of the components that are kept, largest first."""
    sizes = labels.stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0)
    order = np.argsort(-sizes, kind="stable")[:MAX_COMPONENTS] + 1
    return [int(label) for label in order]


def all_ink(ink: Ink) -> Component | None:
    """Return all ink of an (H, W) map as one component; None without ink."""
    x, y, w, h = cv2.boundingRect((ink != 0).view(np.uint8))
    if not w:
        return None
    return Component(ink[y : y + h, x : x + w], (x, y, w, h))


def merged(components: Sequence[Component]) -> Component:
    """Return several components as one."""
    if len(components) == 1:
        return components[0]
    x, y = min(c.left for c in components), min(c.top for c in components)
    w, h = max(c.right for c in components) - x, max(c.bottom for c in components) - y
    ink = np.zeros((h, w), np.float32)
    for c in components:
        part = ink[c.top - y : c.bottom - y, c.left - x : c.right - x]
        np.maximum(part, c.ink, out=part)
    return Component(ink, (x, y, w, h))


def cut_out(ink: Ink, labels: Labels, label: int, levels: InkLevels = InkLevels()) -> Component:
    """Return one connected component of an (H, W) ink map with its soft edge."""
    x, y, w, h = (int(v) for v in labels.stats[label, :4])
    x, y, w, h = x - 1, y - 1, w + 2, h + 2  # with the soft edge around it
    x0, y0, x1, y1 = max(0, x), max(0, y), min(ink.shape[1], x + w), min(ink.shape[0], y + h)
    part = ink[y0:y1, x0:x1]
    own = (labels.crop(x0, y0, x1 - x0, y1 - y0) == label).view(np.uint8)
    edge = cv2.dilate(own, np.ones((3, 3), np.uint8))
    faint = (part <= levels.ink_threshold).view(np.uint8)  # solid ink is another component's
    found = all_ink(np.asarray(cv2.copyTo(part, own | edge & faint), np.float32))
    assert found is not None  # noqa: S101 - it has at least one solid pixel
    return Component(found.ink, (found.left + x0, found.top + y0, found.width, found.height))
