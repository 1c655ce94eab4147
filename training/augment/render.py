"""Rendering: strokes and images of characters on a small canvas, in random writing styles."""

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

CANVAS_SIDE = 64  # pixels
CHARACTER_SIZE = 42  # pixels of a character's longer side on the canvas, before it is distorted
SUBPIXEL = 4  # bits behind the point that OpenCV draws with
PEN_WIDTHS = (1, 11)  # pixels of the canvas; chosen on a logarithmic scale, as most pens are thin
WARP_GAIN = 1.15  # makes up for the ink that interpolation takes from the edges of strokes


@dataclass(frozen=True)
class WritingStyle:
    """How far writing styles differ, as standard deviations."""

    turn: float = 8  # degrees
    slant: float = 0.18  # x moved per y
    aspect: float = 0.14  # logarithm of width by height
    wave: float = 1.3  # pixels of the canvas by which the smooth distortion moves a point
    largest: float = 2.5  # turn, slant and aspect are clipped at so many standard deviations


FREE_STYLE = WritingStyle()
MILD_STYLE = WritingStyle(turn=6, slant=0.1, aspect=0.07, wave=0.7)
WARP_STYLE = WritingStyle(turn=6, slant=0.12, aspect=0.09, wave=0.9)


def render_handwriting(
    strokes: list[Stroke], random: Random, style: WritingStyle = FREE_STYLE, *, nib: float = 0.0
) -> Ink:
    """Draw strokes on a canvas in a random style with a pen of random width.

    `strokes` are (n, 2) points each, x and y in any unit, y downwards. `nib` is the chance of a pen
    that draws some directions thinner and fainter.
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = CHARACTER_SIZE / max(float((high - low).max()), 1e-6)
    centred = (points - (low + high) / 2) * scale
    placed = _wave(centred @ _matrix(random, style).T, random, style) + CANVAS_SIDE / 2
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    if nib and random.random() < nib:
        return _render_with_nib(np.split(placed, ends), random)
    thinnest, thickest = map(math.log, PEN_WIDTHS)
    width = round(math.exp(random.uniform(thinnest, thickest)))
    canvas = np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
    for stroke in np.split(np.rint(placed * 2**SUBPIXEL).astype(np.int32), ends):
        cv2.polylines(canvas, [stroke], False, 255, width, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(canvas.astype(np.float32) / 255, np.float32)


def _render_with_nib(strokes: list[Stroke], random: Random) -> Ink:
    """Draw strokes with a nib: thick on the way down, or across one direction."""
    width, thin = random.uniform(3, 9), random.uniform(0.1, 0.5)
    faint, angle = random.uniform(0, 0.6), math.radians(random.uniform(20, 70))
    pressed = random.random() < 0.5
    canvas = np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.uint8)
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


def restyle(image: NDArray[np.uint8], random: Random, style: WritingStyle = FREE_STYLE) -> Ink:
    """Draw the image of a character, (h, w) in 0 to 255, on a canvas in a random style."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not rows.size:
        return np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.float32)
    height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    centre = np.array([columns[0] + columns[-1], rows[0] + rows[-1]], np.float32) / 2
    scale = CHARACTER_SIZE / max(height, width)
    inverse = np.linalg.inv(_matrix(random, style)) / scale
    source = _wave(_CANVAS_GRID, random, style) @ inverse.T.astype(np.float32) + centre
    maps = source.reshape(CANVAS_SIDE, CANVAS_SIDE, 2)
    drawn = cv2.remap(image, maps, None, cv2.INTER_CUBIC)
    return np.asarray(drawn.astype(np.float32) / 255, np.float32)


def add_ligature(ink: Ink, random: Random) -> Ink:
    """Add a stroke from the top of a digit to one side, as zeros in a row are joined.

    Returns the same canvas where there is no ink.
    """
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
    reach = abs(float(columns[outer] - columns[start]))
    reach += random.uniform(0.1, 0.5) * CHARACTER_SIZE
    end = origin + np.array([reach if to_right else -reach, random.uniform(-0.2, 0.25) * height])
    sag = (origin + end) / 2 + np.array([0, random.uniform(-0.15, 0.3) * height])
    t = np.linspace(0, 1, 9)[:, np.newaxis]  # along a quadratic Bézier curve
    curve = (1 - t) ** 2 * origin + 2 * t * (1 - t) * sag + t**2 * end
    stroke = np.zeros(ink.shape, np.uint8)
    points = np.rint(curve * 2**SUBPIXEL).astype(np.int32)
    cv2.polylines(stroke, [points], False, 255, width, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(np.maximum(ink, stroke.astype(np.float32) / 255), np.float32)


def warp(image: NDArray[np.uint8], random: Random, style: WritingStyle = WARP_STYLE) -> Ink:
    """Bend a 28x28 digit into another style; it stays as large and nearly as sharp as it was.

    Unlike `restyle`, this interpolates once, from input to input, without a canvas in between. The
    centre of mass comes to the centre of the result, (28, 28) in [0, 1], as in MNIST.
    """
    rows, columns = np.nonzero(image)
    if not rows.size:
        return np.zeros(image.shape, np.float32)
    inked = np.stack([columns, rows], axis=1).astype(np.float32)
    centre = np.average(inked, axis=0, weights=image[rows, columns]).astype(np.float32)
    matrix = _matrix(random, style)
    turned = (inked - centre) @ matrix.T
    scale = BOX / (float((turned.max(axis=0) - turned.min(axis=0)).max()) + 1)
    unit = CHARACTER_SIZE / BOX  # pixels of the canvas, which a style is measured in
    inverse = np.linalg.inv(matrix).T.astype(np.float32) / (scale * unit)
    source = _wave(unit * _INPUT_GRID, random, style) @ inverse + centre
    warped = cv2.remap(image, source.reshape(*image.shape, 2), None, cv2.INTER_CUBIC)
    return np.asarray(np.minimum(warped.astype(np.float32) * (WARP_GAIN / 255), 1), np.float32)


def _grid(side: int) -> NDArray[np.float32]:
    """The pixels of a square, (side * side, 2), relative to its centre."""
    axis = np.arange(side, dtype=np.float32) - side / 2
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


_CANVAS_GRID = _grid(CANVAS_SIDE)
_INPUT_GRID = _grid(normalize.SIDE)


def _matrix(random: Random, style: WritingStyle) -> NDArray[np.float32]:
    """A random (2, 2) matrix that turns, slants and stretches."""
    turn, slant, aspect = np.clip(random.standard_normal(3), -style.largest, style.largest)
    angle = math.radians(style.turn) * turn
    stretch = math.exp(style.aspect * aspect / 2)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(rotation @ [[stretch, style.slant * slant], [0, 1 / stretch]], np.float32)


def _wave(points: NDArray[np.float32], random: Random, style: WritingStyle) -> NDArray[np.float32]:
    """Move (n, 2) points smoothly, by two plane waves about as long as the canvas."""
    amplitude = random.normal(0, style.wave, (2, 2)).astype(np.float32)
    frequency = random.normal(0, 2 * math.pi / CANVAS_SIDE, (2, 2)).astype(np.float32)
    phase = random.uniform(0, 2 * math.pi, 2).astype(np.float32)
    return np.asarray(points + np.sin(points @ frequency + phase) @ amplitude, np.float32)
