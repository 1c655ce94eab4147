"""Paper: ink of some darkness on a sheet, in uneven light, with creases, specks and edges."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.render import Random
from training.scenes.layers import (
    Layer,
    Point,
    Range,
    Sheet,
    between,
    draw_line,
    happens,
)

Light = NDArray[np.float32]  # (h, w) grey levels, 0 to 255, or factors of them


@dataclass(frozen=True)
class PaperStyle:
    """Chances and ranges; levels are grey levels from 0 to 255, shares from 0 to 1."""

    grey: float = 0.2  # chance of grey paper
    white_levels: Range = (150, 255)
    grey_levels: Range = (90, 200)
    faint: float = 0.25  # chance of faint writing
    contrast: Range = (0.25, 1.0)  # of the ink against the paper
    faint_contrast: Range = (0.1, 0.4)
    darker: float = 0.6  # chance of ink darker than the contrast asks for
    print_contrast: Range = (0.15, 1.1)  # of print, relative to the pen
    as_dark: float = 0.15  # chance of print as dark as the pen
    faint_print: Range = (0.05, 0.45)  # contrast of faint print, relative to the pen
    fading: float = 0.3  # chance of writing that is weaker in places
    fading_least: Range = (0.45, 0.9)  # share of the ink that is left there
    grain: float = 0.12  # chance of a pencil or a crayon
    grain_depth: Range = (0.1, 0.3)
    chalk: float = 0.03  # chance of chalk: coarse grain, bright on dark
    chalk_depth: Range = (0.25, 0.5)
    table_levels: Range = (20, 240)  # of what lies beyond the sheet
    gradient: float = 0.5  # chance of light from one side
    gradient_loss: Range = (0.0, 0.5)  # share of the light that is lost on the other side
    shadow: float = 0.15
    shadow_loss: Range = (0.15, 0.6)
    shadow_width: Range = (1, 30)  # pixels of its edge
    crease: float = 0.08
    crease_depth: Range = (-0.35, 0.25)
    specks: float = 0.1
    most_specks: int = 7
    speck_size: Range = (0.0, 0.05)  # radius as a share of a digit's height


def expose(sheet: Sheet, random: Random, style: PaperStyle) -> tuple[Light, bool]:
    """Return the sheet as (h, w) grey levels without noise, and whether it is chalk on a board."""
    bounds = style.grey_levels if happens(random, style.grey) else style.white_levels
    paper = between(random, bounds)
    faint = happens(random, style.faint)
    contrast = between(random, style.faint_contrast if faint else style.contrast)
    ink = paper * (1 - contrast)
    if happens(random, style.darker):
        ink *= random.random()
    depth = 1 - ink / paper
    chalk = happens(random, style.chalk)
    pen = _uneven_ink(sheet.pen, sheet.height, chalk, random, style)
    as_dark = happens(random, style.as_dark)
    printed_depth = depth * (1 if as_dark else between(random, style.print_contrast))
    faint_depth = depth * between(random, style.faint_print)
    printed = np.maximum(
        sheet.printed.astype(np.float32) * np.float32(min(printed_depth, 0.97) / 255),
        sheet.faint.astype(np.float32) * np.float32(faint_depth / 255),
    )
    level = np.float32(paper) * (1 - pen * np.float32(depth)) * (1 - printed)
    if sheet.outside.any():
        level = _beyond(level, sheet.outside, random, style)
    level = _lit(level, random, style)
    if happens(random, style.crease):
        level = _creased(level, random, style)
    if happens(random, style.specks):
        _add_dirt(level, sheet.height, paper, random, style)
    return level, chalk


def _uneven_ink(pen: Layer, height: float, chalk: bool, random: Random, style: PaperStyle) -> Light:
    """The pen's coverage, in [0, 1], weaker in places."""
    cover = pen.astype(np.float32) * np.float32(1 / 255)
    rows, columns = pen.shape
    if happens(random, style.fading):
        size = max(2, int(2 * rows / height)), max(2, int(2 * columns / height))
        field = random.uniform(between(random, style.fading_least), 1, size).astype(np.float32)
        weaker = cv2.resize(field, (columns, rows), interpolation=cv2.INTER_CUBIC)
        cover *= np.clip(weaker, 0, 1)
    if chalk or happens(random, style.grain):
        depth = between(random, style.chalk_depth if chalk else style.grain_depth)
        cover *= 1 - depth * 0.4 + depth * smooth_noise(pen.shape, (0.5, 1.2), random)
        np.clip(cover, 0, 1, out=cover)
    return cover


def smooth_noise(shape: tuple[int, int], sigma: Range, random: Random) -> Light:
    """Return noise with a standard deviation of 1, blurred by a random `sigma` in pixels."""
    noise = random.standard_normal(shape, np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), between(random, sigma))
    return np.asarray(noise / (noise.std() + np.float32(1e-6)), np.float32)


def _beyond(level: Light, outside: Layer, random: Random, style: PaperStyle) -> Light:
    """The table around the sheet, plain or with a texture."""
    share = outside.astype(np.float32) * np.float32(1 / 255)
    table = np.full(level.shape, between(random, style.table_levels), np.float32)
    if happens(random, 0.5):
        depth = np.float32(between(random, (2, 14)))
        table += depth * smooth_noise(level.shape, (1, 8), random)
    return np.asarray(level * (1 - share) + table * share, np.float32)


def _lit(level: Light, random: Random, style: PaperStyle) -> Light:
    rows, columns = level.shape
    if happens(random, style.gradient):
        slope = _slope(rows, columns, (0.5, 0.5), random)
        span = abs(float(slope[0, 0])) + abs(float(slope[-1, 0])) + 1e-3
        loss = np.float32(between(random, style.gradient_loss))
        level = level * (1 - loss * np.clip(slope / span + 0.5, 0, 1))
    if happens(random, style.shadow):
        place = float(random.random()), float(random.random())
        width = between(random, style.shadow_width)
        along = np.clip(_slope(rows, columns, place, random) / np.float32(width), -30, 30)
        loss = np.float32(between(random, style.shadow_loss))
        level = level * (1 - loss / (1 + np.exp(-along)))
    return level


def _slope(rows: int, columns: int, place: Point, random: Random) -> Light:
    """How far each pixel lies from a line through a place, in pixels, at a random angle."""
    angle = random.uniform(0, 2 * math.pi)
    x = (np.arange(columns, dtype=np.float32) - place[0] * columns) * np.float32(math.cos(angle))
    y = (np.arange(rows, dtype=np.float32) - place[1] * rows) * np.float32(math.sin(angle))
    return np.asarray(x + y[:, np.newaxis], np.float32)


def _creased(level: Light, random: Random, style: PaperStyle) -> Light:
    rows, columns = level.shape
    crease = np.zeros(level.shape, np.uint8)
    start, end = between(random, (-0.2, 1)) * columns, between(random, (0, 1.2)) * columns
    draw_line(crease, (start, -3), (end, rows + 3), between(random, (1, 3)))
    soft = cv2.GaussianBlur(crease, (0, 0), between(random, (0.7, 2)))
    depth = np.float32(between(random, style.crease_depth) / 255)
    return np.asarray(level * (1 + depth * soft.astype(np.float32)), np.float32)


def _add_dirt(level: Light, height: float, paper: float, random: Random, style: PaperStyle) -> None:
    rows, columns = level.shape
    for _ in range(int(random.integers(1, style.most_specks + 1))):
        centre = int(random.integers(columns)), int(random.integers(rows))
        radius = int(between(random, style.speck_size) * height)
        cv2.circle(level, centre, radius, paper * between(random, (0, 0.8)), -1)
