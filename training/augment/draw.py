"""Marks on a small canvas: strokes and images of digits, each time by another hand and pen."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.skeletons import Stroke

Ink = NDArray[np.float32]  # (h, w) in [0, 1], ink bright
Random = np.random.Generator

SIDE = 64  # pixels of the canvas
LENGTH = 42  # pixels of a mark's longer side on it, before it is distorted
SUBPIXEL = 4  # bits after the point that OpenCV draws with


@dataclass(frozen=True)
class Hand:
    """How far hands differ: standard deviations."""

    turn: float = 8  # degrees
    slant: float = 0.18  # x moved per y
    aspect: float = 0.14  # logarithm of width by height
    wave: float = 1.3  # pixels of the canvas that a point is moved by
    largest: float = 2.5  # how many standard deviations there are at most


FREE = Hand()
NEAT = Hand(turn=6, slant=0.1, aspect=0.07, wave=0.7)


def draw(strokes: list[Stroke], random: Random, hand: Hand = FREE) -> Ink:
    """Draw strokes with a pen of any width, (n, 2) points each in any unit, y downwards."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = LENGTH / max(float((high - low).max()), 1e-6)
    centred = (points - (low + high) / 2) * scale
    placed = _wave(centred @ _matrix(random, hand).T, random, hand) + SIDE / 2
    # A logarithmic choice: most pens are thin, some are markers.
    width = round(math.exp(random.uniform(math.log(1), math.log(11))))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    for stroke in np.split(np.rint(placed * 2**SUBPIXEL).astype(np.int32), ends):
        cv2.polylines(canvas, [stroke], False, 255, width, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)


def redraw(image: NDArray[np.uint8], random: Random, hand: Hand = FREE) -> Ink:
    """Put the image of a digit, (28, 28) ink bright, on the canvas as another hand writes it."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not rows.size:
        return np.zeros((SIDE, SIDE), np.float32)
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    centre = np.array([columns[0] + columns[-1], rows[0] + rows[-1]], np.float32) / 2
    scale = LENGTH / max(height, width)
    inverse = np.linalg.inv(_matrix(random, hand)) / scale
    source = _wave(_GRID, random, hand) @ inverse.T.astype(np.float32) + centre
    maps = source.reshape(SIDE, SIDE, 2)
    moved = cv2.remap(image, maps, None, cv2.INTER_CUBIC)
    return np.asarray(moved.astype(np.float32) / 255, np.float32)


def _grid() -> NDArray[np.float32]:
    axis = np.arange(SIDE, dtype=np.float32) - SIDE / 2
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


_GRID = _grid()


def _matrix(random: Random, hand: Hand) -> NDArray[np.float32]:
    turn, slant, aspect = np.clip(random.standard_normal(3), -hand.largest, hand.largest)
    angle = math.radians(hand.turn) * turn
    stretch = math.exp(hand.aspect * aspect / 2)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(rotation @ [[stretch, hand.slant * slant], [0, 1 / stretch]], np.float32)


def _wave(points: NDArray[np.float32], random: Random, hand: Hand) -> NDArray[np.float32]:
    """Move points by two plane waves of one to two canvas widths or less, a smooth distortion."""
    amplitude = random.normal(0, hand.wave, (2, 2)).astype(np.float32)
    frequency = random.normal(0, 2 * math.pi / SIDE, (2, 2)).astype(np.float32)
    phase = random.uniform(0, 2 * math.pi, 2).astype(np.float32)
    return np.asarray(points + np.sin(points @ frequency + phase) @ amplitude, np.float32)
