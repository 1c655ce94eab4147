"""Marks on a small canvas: strokes and images of digits, each time by another hand and pen."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.network import normalize
from model.network.normalize import BOX
from training.augment.stroke_templates import Stroke

Ink = NDArray[np.float32]  # (h, w) in [0, 1], ink bright
Random = np.random.Generator

SIDE = 64  # pixels of the canvas
LENGTH = 42  # pixels of a mark's longer side on it, before it is distorted
SUBPIXEL = 4  # bits after the point that OpenCV draws with
FULL = 1.15  # times as much ink, at most all, since finding pixels between pixels has taken some


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
BENT = Hand(turn=6, slant=0.12, aspect=0.09, wave=0.9)


def draw(strokes: list[Stroke], random: Random, hand: Hand = FREE, *, nib: float = 0.0) -> Ink:
    """Draw strokes with a pen of any width, (n, 2) points each in any unit, y downwards.

    `nib` is the chance of a pen that draws some directions thinner and fainter.
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = LENGTH / max(float((high - low).max()), 1e-6)
    centred = (points - (low + high) / 2) * scale
    placed = _wave(centred @ _matrix(random, hand).T, random, hand) + SIDE / 2
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    if nib and random.random() < nib:
        return _with_nib(np.split(placed, ends), random)
    # A logarithmic choice: most pens are thin, some are markers.
    width = round(math.exp(random.uniform(math.log(1), math.log(11))))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    for stroke in np.split(np.rint(placed * 2**SUBPIXEL).astype(np.int32), ends):
        cv2.polylines(canvas, [stroke], False, 255, width, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)


def _with_nib(strokes: list[Stroke], random: Random) -> Ink:
    """Strokes on the canvas by a nib, pressed when it goes down or broad across one direction."""
    width, thin = random.uniform(3, 9), random.uniform(0.1, 0.5)
    faint, angle = random.uniform(0, 0.6), math.radians(random.uniform(20, 70))
    pressed = random.random() < 0.5
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    for stroke in strokes:
        steps = np.diff(stroke, axis=0, append=stroke[-1:])
        x, y = steps.T / np.maximum(np.hypot(*steps.T), 1e-6)
        across = np.clip(y, 0, 1) if pressed else np.abs(x * math.sin(angle) + y * math.cos(angle))
        force = thin + (1 - thin) * cv2.blur(across.astype(np.float32), (1, 3)).ravel()
        points = np.rint(np.append(stroke, stroke[-1:], axis=0) * 2**SUBPIXEL).astype(np.int32)
        for at in np.argsort(force):  # strong parts last, since they cover the ends of faint ones
            level = 255 * (1 - faint * (1 - float(force[at])))
            size = max(1, round(width * float(force[at])))
            cv2.line(canvas, points[at], points[at + 1], level, size, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)


def redraw(image: NDArray[np.uint8], random: Random, hand: Hand = FREE) -> Ink:
    """Put the image of a character, (h, w) ink bright, on the canvas as another hand writes it."""
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


def tie(ink: Ink, random: Random) -> Ink:
    """A stroke at the top of a mark to what is written beside it, as zeros in a row are tied."""
    depth = cv2.distanceTransform((ink > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    rows, columns = np.nonzero(depth)
    if not rows.size:
        return ink
    pen = 2 * float(np.percentile(depth[rows, columns], 90))
    width = max(1, round(pen * random.uniform(0.5, 1)))
    height = rows.max() - rows.min() + 1
    upper = np.flatnonzero(rows <= rows.min() + random.uniform(0.02, 0.3) * height)
    to_right = random.random() < 0.6
    outer = upper[np.argmax(columns[upper]) if to_right else np.argmin(columns[upper])]
    start = upper[int(random.integers(upper.size))] if random.random() < 0.5 else outer
    origin = np.array([columns[start], rows[start]], np.float32)
    reach = abs(float(columns[outer] - columns[start])) + random.uniform(0.1, 0.5) * LENGTH
    end = origin + np.array([reach if to_right else -reach, random.uniform(-0.2, 0.25) * height])
    sag = (origin + end) / 2 + np.array([0, random.uniform(-0.15, 0.3) * height])
    t = np.linspace(0, 1, 9)[:, np.newaxis]
    curve = (1 - t) ** 2 * origin + 2 * t * (1 - t) * sag + t**2 * end
    stroke = np.zeros(ink.shape, np.uint8)
    points = np.rint(curve * 2**SUBPIXEL).astype(np.int32)
    cv2.polylines(stroke, [points], False, 255, width, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(np.maximum(ink, stroke.astype(np.float32) / 255), np.float32)


def bend(image: NDArray[np.uint8], random: Random, hand: Hand = BENT) -> Ink:
    """A digit as another hand writes it, (28, 28) both, as large and nearly as sharp as it was.

    Its pixels are found between those of the image once, while `redraw` leads through a canvas.
    The centre of mass comes to the centre of the picture, as in MNIST.
    """
    rows, columns = np.nonzero(image)
    if not rows.size:
        return np.zeros(image.shape, np.float32)
    seen = np.stack([columns, rows], axis=1).astype(np.float32)
    centre = np.average(seen, axis=0, weights=image[rows, columns]).astype(np.float32)
    matrix = _matrix(random, hand)
    turned = (seen - centre) @ matrix.T
    scale = BOX / (float((turned.max(axis=0) - turned.min(axis=0)).max()) + 1)
    unit = LENGTH / BOX  # of the canvas, where the wave is at home
    inverse = np.linalg.inv(matrix).T.astype(np.float32) / (scale * unit)
    source = _wave(unit * _PICTURE, random, hand) @ inverse + centre
    moved = cv2.remap(image, source.reshape(*image.shape, 2), None, cv2.INTER_CUBIC)
    return np.asarray(np.minimum(moved.astype(np.float32) * (FULL / 255), 1), np.float32)


def _grid(side: int) -> NDArray[np.float32]:
    axis = np.arange(side, dtype=np.float32) - side / 2
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


_GRID = _grid(SIDE)
_PICTURE = _grid(normalize.SIDE)


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
