"""Views: a sheet seen from a side, and its edge with a table beyond."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.render import Random
from training.scenes.layers import Layer, Sheet, between, happens
from training.scenes.numbers import OTHER
from training.scenes.writing import Glyph


@dataclass(frozen=True)
class ViewStyle:
    """How a sheet is seen, as chances and shares."""

    edge: float = 0.12  # chance of a sheet that ends within the image
    perspective: float = 0.5
    corner_shift: float = 0.02  # standard deviation of each corner, as a share of the image's side
    # Shares of a glyph's box on the sheet, above which it is whole and below which it is gone;
    # between them it is another mark.
    whole: float = 0.9
    gone: float = 0.3


def distort_view(
    sheet: Sheet, glyphs: tuple[Glyph, ...], random: Random, style: ViewStyle
) -> tuple[Sheet, tuple[Glyph, ...]]:
    """See the sheet from a side, and perhaps its edge with a table beyond."""
    shape = sheet.pen.shape
    if happens(random, style.edge):
        sheet.outside[:] = _beyond_an_edge(shape, random)
    if happens(random, style.perspective):
        matrix = _random_perspective(shape, random, style)
        sheet, glyphs = _seen(sheet, matrix), tuple(_seen_glyph(g, matrix) for g in glyphs)
    if sheet.outside.any():
        inside = sheet.outside < 128
        pen, printed, faint = (
            np.where(inside, layer, np.uint8(0))
            for layer in (sheet.pen, sheet.printed, sheet.faint)
        )
        sheet = Sheet(sheet.height, pen, printed, faint, sheet.outside)
        seen = (_cut_by_edge(glyph, inside, style) for glyph in glyphs)
        glyphs = tuple(glyph for glyph in seen if glyph)
    return sheet, glyphs


def _beyond_an_edge(shape: tuple[int, int], random: Random) -> Layer:
    rows, columns = shape
    angle = random.uniform(0, 2 * math.pi)
    x = (np.arange(columns) - columns / 2) * math.cos(angle)
    y = (np.arange(rows) - rows / 2) * math.sin(angle)
    reach = abs(math.cos(angle)) * columns / 2 * between(random, (0.7, 1))
    reach += abs(math.sin(angle)) * rows / 2 * between(random, (0.7, 1))
    return np.asarray(np.clip(x + y[:, np.newaxis] - reach, 0, 1) * 255, np.uint8)


def _cut_by_edge(glyph: Glyph, inside: NDArray[np.bool_], style: ViewStyle) -> Glyph | None:
    """What is left of a glyph at the sheet's edge: all of it, another mark, or nothing."""
    left, top, right, bottom = (max(0, round(side)) for side in glyph.box)
    part = inside[top:bottom, left:right]
    share = float(part.mean()) if part.size else 1.0
    if share > style.whole:
        return glyph
    return replace(glyph, character=OTHER) if share > style.gone else None


def _random_perspective(
    shape: tuple[int, int], random: Random, style: ViewStyle
) -> NDArray[np.float64]:
    rows, columns = shape
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    shifts = random.normal(0, style.corner_shift, (4, 2)) * (columns, rows)
    return np.asarray(cv2.getPerspectiveTransform(corners, (corners + shifts).astype(np.float32)))


def _seen(sheet: Sheet, matrix: NDArray[np.float64]) -> Sheet:
    size = sheet.pen.shape[::-1]
    pen, printed, faint = (
        cv2.warpPerspective(layer, matrix, size) if layer.any() else layer
        for layer in (sheet.pen, sheet.printed, sheet.faint)
    )
    outside = cv2.warpPerspective(sheet.outside, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return Sheet(sheet.height, pen, printed, faint, outside)


def _seen_glyph(glyph: Glyph, matrix: NDArray[np.float64]) -> Glyph:
    x0, y0, x1, y1 = glyph.box
    corners = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float32)
    (points,) = cv2.perspectiveTransform(corners, matrix)
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Glyph(glyph.character, (left, top, right, bottom), glyph.line)
