"""What the corruptions of MNIST-C draw: fog, lines, edges, by the definitions named there."""

import itertools
import math
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from model.network.normalize import SIDE

FAR = 2.3  # pixels from the middle of a line, where its ink ends
LOW_EDGE, HIGH_EDGE = 0.1, 0.2  # strength of the gradient: of an edge, and where one starts


def plasma(random: Generator, decay: float) -> NDArray[np.float64]:
    """Return a height map of 256x256 in [0, 1] by the diamond-square algorithm (Fournier 1982)."""
    heights = np.zeros((256, 256))
    step, wobble = 256, 100.0

    def mean(total: NDArray[np.float64]) -> NDArray[np.float64]:
        return total / 4 + wobble * random.uniform(-wobble, wobble, total.shape)

    while step >= 2:
        half = step // 2
        corners = heights[::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=0)
        heights[half::step, half::step] = mean(pairs + np.roll(pairs, -1, axis=1))
        centres = heights[half::step, half::step]
        beside = centres + np.roll(centres, 1, axis=0) + corners + np.roll(corners, -1, axis=1)
        heights[::step, half::step] = mean(beside)
        above = centres + np.roll(centres, 1, axis=1) + corners + np.roll(corners, -1, axis=0)
        heights[half::step, ::step] = mean(above)
        step, wobble = half, wobble / decay
    heights -= heights.min()
    return np.asarray(heights / heights.max())


@cache
def line(start: tuple[float, float], end: tuple[float, float]) -> NDArray[np.float64]:
    """Return a soft line between two points (column, row) on 28x28, in [0, 1]."""
    (left, first), (right, last) = start, end
    columns, rows = np.arange(SIDE), np.arange(SIDE)[:, None]
    middle = first + (last - first) / (right - left) * (columns - left)
    distance = np.minimum(np.abs(rows - middle), FAR - 1e-10)
    ink = np.clip(np.log(1 - distance / FAR) + 1, 0, 1)
    return np.where((columns >= math.floor(left)) & (columns < math.ceil(right)), ink, 0.0)


@cache
def zigzag_line(row: int, rise: int) -> NDArray[np.float64]:
    """Return a zigzag line from column 2 at this row to column 25, `rise` rows lower."""
    width, height, left, right = 2.0, 2.0, 2, 25
    angle = math.atan(rise / (right - left))
    length = (right - left) / math.cos(angle)
    turns = int((length - width) // (2 * width)) + 1
    points = [(0.0, 0.0), *(((2 * i + 1) * width, (-1) ** i * height) for i in range(turns))]
    rest = length - 2 * width * (length // (2 * width))
    if rest:
        points.append((length, points[-1][1] / (2 * rest)))
    cos, sin = math.cos(angle), math.sin(angle)
    turned = [(left + cos * x - sin * y, row + sin * x + cos * y) for x, y in points]
    return np.asarray(np.sum([line(*ends) for ends in itertools.pairwise(turned)], axis=0))


def edges(images: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges of images, (N, 28, 28) in [0, 1], by Canny (1986) with a sigma of 1."""
    plane = (0, 1, 1)  # within each image
    inside = ndimage.gaussian_filter(np.ones((1, SIDE, SIDE)), plane, mode="constant")
    smooth = ndimage.gaussian_filter(images, plane, mode="constant") / inside
    strength, crests = _crests(_sobel(smooth, along=1, across=2), _sobel(smooth, along=2, across=1))
    neighbours = np.zeros((3, 3, 3), int)
    neighbours[1] = 1
    labels, count = ndimage.label(crests & (strength >= LOW_EDGE), neighbours)
    kept = np.zeros(count + 1)
    kept[labels[crests & (strength >= HIGH_EDGE)]] = 1
    return np.asarray(kept[labels])


def _sobel(images: NDArray[np.float64], along: int, across: int) -> NDArray[np.float64]:
    steps = ndimage.correlate1d(images, [-1, 0, 1], axis=along)
    return np.asarray(ndimage.correlate1d(steps, [1, 2, 1], axis=across))


def _crests(
    down: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the strength of a gradient, and where it is greatest along its own direction."""
    strength = np.hypot(down, right)
    around = np.pad(strength, ((0, 0), (1, 1), (1, 1)))
    every, rows, columns = np.ogrid[: len(down), 1 : SIDE + 1, 1 : SIDE + 1]
    steep = np.abs(down) >= np.abs(right)
    longer = np.maximum(np.abs(down), np.abs(right))
    shorter = np.minimum(np.abs(down), np.abs(right))
    diagonal = np.divide(shorter, longer, out=np.zeros_like(longer), where=longer > 0)
    y, x = np.sign(down).astype(int), np.sign(right).astype(int)
    crest = np.zeros(strength.shape, bool)
    crest[:, 1:-1, 1:-1] = True  # the border has no gradient of its own
    for sign in (1, -1):
        straight = around[
            every, rows + sign * np.where(steep, y, 0), columns + sign * np.where(steep, 0, x)
        ]
        corner = around[every, rows + sign * y, columns + sign * x]
        crest &= corner * diagonal + straight * (1 - diagonal) <= strength
    return strength, crest
