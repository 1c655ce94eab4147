"""Layers of a scene: what pen and press leave on a sheet, and small helpers to draw on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.render import SUBPIXEL, Random

Layer = NDArray[np.uint8]  # (h, w) coverage of each pixel, 0 to 255
Point = tuple[float, float]  # x, y in pixels
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels; right, bottom outside
Range = tuple[float, float]  # least, greatest

DRAWN_SHARE = 0.45  # of a dash's period that is drawn


@dataclass(frozen=True, eq=False)
class Sheet:
    """What lies on a sheet, a layer each; all have one shape."""

    height: float  # of a digit, in pixels
    pen: Layer
    printed: Layer
    faint: Layer  # printed so faintly that writing covers it
    outside: Layer  # 255 where the sheet ends and the table begins

    @classmethod
    def blank(cls, shape: tuple[int, int], height: float) -> "Sheet":
        """Return an empty sheet of (h, w) pixels."""
        return cls(height, *(np.zeros(shape, np.uint8) for _ in range(4)))


def happens(random: Random, chance: float) -> bool:
    """Return True with this chance."""
    return bool(random.random() < chance)


def between(random: Random, bounds: Range) -> float:
    """Return a number between two bounds, all equally likely."""
    return float(random.uniform(*bounds))


def between_log(random: Random, bounds: Range) -> float:
    """Return a number between two positive bounds, all ratios equally likely."""
    return math.exp(random.uniform(math.log(bounds[0]), math.log(bounds[1])))


def clipped_normal(random: Random, mean: float, deviation: float, bounds: Range) -> float:
    """Return a normally distributed number, clipped to two bounds."""
    return min(max(float(random.normal(mean, deviation)), bounds[0]), bounds[1])


def draw_line(layer: Layer, start: Point, end: Point, width: float, dash: float = 0.0) -> None:
    """Draw a line on a layer, in place; dashed with the period `dash` in pixels where it is not 0.

    Parts outside the layer are left out.
    """
    if not dash:
        draw_path(layer, (start, end), width)
        return
    count = max(2, int(math.dist(start, end) / dash))
    steps = (np.arange(count)[:, np.newaxis] + (0.0, DRAWN_SHARE)) / count
    points = np.array(start) + steps[..., np.newaxis] * (np.array(end) - np.array(start))
    dashes = list(_subpixels(points))
    cv2.polylines(layer, dashes, False, 255, max(1, round(width)), cv2.LINE_AA, SUBPIXEL)


def draw_path(layer: Layer, points: Sequence[Point] | NDArray[np.floating], width: float) -> None:
    """Draw a line through n points on a layer, in place, with round ends."""
    thickness = max(1, round(width))
    corners = _subpixels(np.asarray(points, np.float64))
    cv2.polylines(layer, [corners], False, 255, thickness, cv2.LINE_AA, SUBPIXEL)


def overlay(layer: Layer, mark: Layer, x: float, y: float) -> None:
    """Lay a mark on a layer, in place, its corner at (x, y); what sticks out is cut off."""
    left, top = round(x), round(y)
    (height, width), (rows, columns) = layer.shape, mark.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + columns), min(height, top + rows)
    if x0 < x1 and y0 < y1:
        part = layer[y0:y1, x0:x1]
        np.maximum(part, mark[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


def _subpixels(points: NDArray[np.floating]) -> NDArray[np.int32]:
    return np.asarray(np.rint(points * 2**SUBPIXEL), np.int32)
