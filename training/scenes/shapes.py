"""Shapes that are no digits: hearts, polygons, arcs, scribbles, blots, ticks and tally marks."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.augment.render import Random
from training.augment.stroke_templates import Stroke, smooth


def random_shape(random: Random) -> list[Stroke]:
    """Return the strokes of a shape that nobody takes for a digit, y downwards, about 1 high."""
    draw = SHAPES[int(random.integers(len(SHAPES)))]
    strokes = [np.asarray(stroke, np.float32) for stroke in draw(random)]
    return [stroke + random.normal(0, 0.015, stroke.shape).astype(np.float32) for stroke in strokes]


def _heart(_: Random) -> list[NDArray[np.floating]]:
    t = np.linspace(0, 2 * math.pi, 40)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return [np.stack([x, -y], axis=1) / 30]


def _polygon(random: Random) -> list[NDArray[np.floating]]:
    """A triangle or a square with sharp corners; four sides stand upright or on a corner."""
    sides = int(random.integers(3, 5))
    turn = random.choice([0.0, math.pi / sides])
    angles = turn + 2 * math.pi * np.arange(sides + 1) / sides - math.pi / 2
    return [np.stack([np.cos(angles), np.sin(angles)], axis=1) / 2]


def _star(_: Random) -> list[NDArray[np.floating]]:
    angles = 4 * math.pi * np.arange(6) / 5 - math.pi / 2
    return [np.stack([np.cos(angles), np.sin(angles)], axis=1) / 2]


def _arc_alone(random: Random) -> list[NDArray[np.floating]]:
    """A part of a circle that opens upwards or downwards, as of a smile or a bracket lying down."""
    middle = math.pi / 2 * random.choice([-1, 1]) + random.normal(0, 0.2)
    angles = middle + np.linspace(-1, 1, 14) * random.uniform(0.8, 1.5)
    return [np.stack([np.cos(angles), np.sin(angles)], axis=1)]


def _ringed_cross(_: Random) -> list[NDArray[np.floating]]:
    angles = np.linspace(0, 2 * math.pi, 24)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) / 2
    return [ring, np.array([(-0.3, -0.3), (0.3, 0.3)]), np.array([(-0.3, 0.3), (0.3, -0.3)])]


def _scrawl(random: Random) -> list[NDArray[np.floating]]:
    """Two to four smooth strokes through random points."""
    return [
        smooth(random.uniform(0, 1, (int(random.integers(5, 10)), 2)).astype(np.float32))
        for _ in range(int(random.integers(2, 5)))
    ]


def _blot(random: Random) -> list[NDArray[np.floating]]:
    """A filled area: lines to and fro, closer than a pen is wide."""
    count = int(random.integers(14, 26))
    y = np.repeat(np.linspace(0, 1, count), 2)
    half = 0.15 + 0.35 * np.sqrt(np.clip(1 - (2 * y - 1) ** 2, 0, 1)) * random.uniform(0.6, 1.3)
    x = half * np.tile([-1, 1], count) + random.normal(0, 0.04, 2 * count)
    return [np.stack([x, y * random.uniform(0.6, 1)], axis=1)]


def _tick(random: Random) -> list[NDArray[np.floating]]:
    return [np.array([(0, 0.6), (random.uniform(0.15, 0.3), 1), (random.uniform(0.7, 1.1), 0)])]


def _tally(random: Random) -> list[NDArray[np.floating]]:
    """Strokes in a row, crossed out by another one."""
    count = int(random.integers(3, 6))
    lines: list[NDArray[np.floating]] = [
        np.array([(0.25 * i + random.normal(0, 0.03), 0), (0.25 * i, 1)]) for i in range(count)
    ]
    return [*lines, np.array([(-0.2, 0.8), (0.25 * count, 0.2)])]


def _hash(_: Random) -> list[NDArray[np.floating]]:
    bars = [np.array([(x, 0), (x - 0.1, 1)]) for x in (0.3, 0.6)]
    return [*bars, *(np.array([(0, y), (0.9, y)]) for y in (0.35, 0.65))]


def _spiral(random: Random) -> list[NDArray[np.floating]]:
    t = np.linspace(0.1, random.uniform(2.5, 4), 50)
    return [np.stack([t * np.cos(2 * math.pi * t), t * np.sin(2 * math.pi * t)], axis=1) / 8]


def _wavy_line(random: Random) -> list[NDArray[np.floating]]:
    x = np.linspace(0, random.uniform(1.5, 3), 40)
    return [np.stack([x, 0.2 * np.sin(random.uniform(6, 14) * x)], axis=1)]


SHAPES: tuple[Callable[[Random], list[NDArray[np.floating]]], ...] = (
    _heart,
    _polygon,
    _polygon,
    _star,
    _arc_alone,
    _ringed_cross,
    _scrawl,
    _scrawl,
    _blot,
    _blot,
    _tick,
    _tick,
    _tally,
    _hash,
    _spiral,
    _wavy_line,
)
