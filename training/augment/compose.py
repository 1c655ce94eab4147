"""Composition: glyphs side by side on a canvas, and a canvas as a 28x28 input of a network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.network.normalize import normalize
from training.augment.render import Ink, Random

VISIBLE_INK = 0.08  # share of the darkest ink below which a pixel counts as background
SHIFTED = 0.3  # chance that a 28x28 input lies a pixel beside its place
# Jitter: how much ink the edge of a stroke holds, and so how large its digit becomes, differs from
# source to source.
JITTER_SCALE = (0.9, 1.06)  # least and largest scale
JITTER_SHIFT = 0.5  # pixels, in each direction


def crop_to_ink(ink: Ink) -> Ink:
    """Return the part of an (h, w) canvas that holds visible ink, or (2, 2) ones without any."""
    visible = ink > VISIBLE_INK * ink.max()
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    if not rows.size:
        return np.ones((2, 2), np.float32)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def paste(canvas: Ink, glyph: Ink, top: int, left: int) -> None:
    """Put a glyph on a canvas, in place, as far as they overlap; the darker ink stays."""
    height = min(glyph.shape[0], canvas.shape[0] - top)
    width = min(glyph.shape[1], canvas.shape[1] - left)
    if height > 0 and width > 0:
        part = canvas[top : top + height, left : left + width]
        np.maximum(part, glyph[:height, :width], out=part)


def place_at_random(one: Ink, two: Ink, random: Random, least_width: float) -> Ink:
    """Return two glyphs side by side, touching or nearly so, each at some height.

    The gap is a share of the narrower glyph's width, which counts as `least_width` times the height
    at least.
    """
    height = max(one.shape[0], two.shape[0])
    unit = max(min(one.shape[1], two.shape[1]), least_width * height)
    gap = round(float(random.uniform(-0.15, 0.35)) * unit)
    tops = [int(random.integers(0, height - glyph.shape[0] + 1)) for glyph in (one, two)]
    return side_by_side(one, two, gap, *tops)


def side_by_side(one: Ink, two: Ink, gap: int, top: int = 0, other_top: int = 0) -> Ink:
    """Return two glyphs `gap` columns apart; they overlap where it is negative."""
    width = one.shape[1] + max(gap, 1 - one.shape[1]) + two.shape[1]
    canvas = np.zeros((max(one.shape[0], two.shape[0]), width), np.float32)
    paste(canvas, one, top, 0)
    paste(canvas, two, other_top, width - two.shape[1])
    return canvas


def to_input(ink: Ink, random: Random, jittered: float = 0.0) -> NDArray[np.uint8]:
    """Return the 28x28 input of an (h, w) canvas, 0 to 255, sometimes a pixel beside its place.

    A share `jittered` is scaled a little and moved by a part of a pixel as well.
    """
    return shift_input(normalize(crop_to_ink(ink)), random, jittered)


def shift_input(pixels: Ink, random: Random, jittered: float) -> NDArray[np.uint8]:
    """Return a (28, 28) input in [0, 1] as 0 to 255, moved as `to_input` says."""
    if random.random() < SHIFTED:
        down, right = random.integers(-1, 2, 2)
        pixels = np.roll(pixels, (int(down), int(right)), (0, 1))
    if jittered and random.random() < jittered:
        pixels = _jitter(pixels, random)
    return np.asarray(np.rint(pixels * 255), np.uint8)


def _jitter(pixels: Ink, random: Random) -> Ink:
    scale = random.uniform(*JITTER_SCALE)
    middle = (pixels.shape[0] - 1) / 2
    shift = random.uniform(-JITTER_SHIFT, JITTER_SHIFT, 2) + (1 - scale) * middle
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    return np.asarray(cv2.warpAffine(pixels, matrix, pixels.shape), np.float32)
