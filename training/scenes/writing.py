"""A line of writing: glyphs in a row on a baseline, and what people do to it afterwards."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from training.augment.render import Random
from training.scenes.hand import Scribe
from training.scenes.layers import (
    Box,
    Layer,
    Range,
    between,
    clipped_normal,
    draw_line,
    draw_path,
    happens,
    overlay,
)
from training.scenes.numbers import OTHER

VISIBLE = 77  # of 255; ink from which a pixel belongs to a glyph


@dataclass(frozen=True)
class Glyph:
    """A character of a scene: what it is, where its ink lies, and in which line."""

    character: str  # one of `0123456789.,-/:+=?`
    box: Box
    line: int = 0

    def moved(self, x: float, y: float, line: int) -> "Glyph":
        """Return the glyph moved by (x, y), in a line of this number."""
        left, top, right, bottom = self.box
        return Glyph(self.character, (left + x, top + y, right + x, bottom + y), line)


@dataclass(frozen=True, eq=False)
class Writing:
    """A line of writing on a layer of its own, which is just large enough."""

    ink: Layer
    glyphs: tuple[Glyph, ...]
    margin: int = 0  # pixels around the glyphs, for what was drawn around them afterwards


NOTHING = Writing(np.zeros((4, 4), np.uint8), ())


@dataclass(frozen=True)
class LineStyle:
    """How glyphs stand in a line. Lengths are shares of a digit's height."""

    gap: tuple[float, float, float, float] = (0.13, 0.19, -0.3, 1.0)  # mean, deviation, bounds
    glyph_gap: float = 0.05  # standard deviation of each gap from the line's
    least_gap: float = -0.35
    sign_gap: float = 0.03  # least gap beside a small sign, which would be lost in a digit
    space: Range = (0.5, 1.5)
    drift: float = 0.02  # standard deviation of the baseline's slope
    uneven: float = 0.05  # standard deviation of a digit's height above the baseline
    ligature: float = 0.04  # chance of a stroke from one glyph to the next
    joining: float = 0.1  # of the lines, those of a hand that hardly lifts the pen
    joining_ligature: float = 0.5
    joined: float = 0.6  # of words, those whose letters are joined
    joined_gap: Range = (-0.15, 0.05)
    joined_ligature: float = 0.8
    # Chances of what is done to a whole line.
    struck: float = 0.05
    ringed: float = 0.04
    underlined: float = 0.05


# How far below the baseline the foot of a sign comes, in heights of a digit.
SIGN_FEET: dict[str, Range] = {
    ":": (-0.25, -0.1),
    ",": (0.08, 0.22),
    ".": (-0.06, 0.06),
    "/": (0.0, 0.15),
}
MIDDLE_SIGNS, MIDDLE_HEIGHTS = "-+=", (0.4, 0.6)  # whose middle is so far above the baseline
SMALL_SIGNS = set(".,:-")


def write_line(text: str, scribe: Scribe, random: Random, style: LineStyle) -> Writing:
    """Write a text; a word of joined letters is one glyph."""
    joined = text.strip(OTHER) == "" and len(text) > 2 and happens(random, style.joined)
    if joined:
        gap, ligature = between(random, style.joined_gap), style.joined_ligature
    else:
        gap = clipped_normal(random, *style.gap[:2], style.gap[2:])
        joining = happens(random, style.joining)
        ligature = style.joining_ligature if joining else style.ligature
    placed = _place(text, scribe, random, style, gap)
    if not placed:
        return NOTHING
    left = min(x for _, (x, _), _ in placed)
    top = min(y for _, (_, y), _ in placed)
    width = max(x + ink.shape[1] for ink, (x, _), _ in placed) - left
    height = max(y + ink.shape[0] for ink, (_, y), _ in placed) - top
    layer = np.zeros((math.ceil(height) + 2, math.ceil(width) + 2), np.uint8)
    glyphs: list[Glyph] = []
    for ink, (x, y), glyph in placed:
        overlay(layer, ink, x - left, y - top)
        glyphs.append(glyph.moved(-left, -top, 0))
        if len(glyphs) > 1 and happens(random, ligature):
            _join(layer, glyphs[-2].box, glyphs[-1].box, scribe, random)
    return Writing(layer, _as_word(glyphs) if joined else tuple(glyphs))


def _place(
    text: str, scribe: Scribe, random: Random, style: LineStyle, gap: float
) -> list[tuple[Layer, tuple[float, float], Glyph]]:
    """The ink of each character, the place of its layer's corner, and its box.

    The baseline is at y = 0.
    """
    height, x, drift = scribe.height, 0.0, float(random.normal(0, style.drift))
    placed: list[tuple[Layer, tuple[float, float], Glyph]] = []
    for character in text:
        if character == " ":
            x += height * between(random, style.space)
            continue
        ink = scribe.glyph(character)
        rows = np.flatnonzero(ink.max(axis=1) > VISIBLE)
        columns = np.flatnonzero(ink.max(axis=0) > VISIBLE)
        if not rows.size:
            continue
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        left, right = int(columns[0]), int(columns[-1]) + 1
        foot = _foot(character, (bottom - top) / height, random, style) * height + drift * x
        if placed:
            step = max(gap + float(random.normal(0, style.glyph_gap)), style.least_gap)
            beside_sign = {character, placed[-1][2].character} & SMALL_SIGNS
            x += height * (max(step, style.sign_gap) if beside_sign else step)
        box = (x, foot - (bottom - top), x + right - left, foot)
        placed.append((ink, (x - left, foot - bottom), Glyph(character, box)))
        x += right - left
    return placed


def _foot(character: str, tall: float, random: Random, style: LineStyle) -> float:
    """How far the foot of a character of this height lies below the baseline."""
    if character in MIDDLE_SIGNS:
        return tall / 2 - between(random, MIDDLE_HEIGHTS)
    if character in SIGN_FEET:
        return between(random, SIGN_FEET[character])
    return float(random.normal(0, style.uneven))


def _join(layer: Layer, before: Box, after: Box, scribe: Scribe, random: Random) -> None:
    """Draw a stroke from the right of one glyph to the left of the next."""
    start = before[2], before[1] + (before[3] - before[1]) * random.uniform(0, 0.8)
    end = after[0] + 2, after[1] + (after[3] - after[1]) * random.uniform(0, 0.5)
    draw_line(layer, start, end, 0.7 * scribe.pen.width)


def _as_word(glyphs: list[Glyph]) -> tuple[Glyph, ...]:
    boxes = np.array([glyph.box for glyph in glyphs])
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (Glyph(OTHER, (float(left), float(top), float(right), float(bottom))),)


def change_afterwards(
    writing: Writing, scribe: Scribe, random: Random, style: LineStyle
) -> Writing:
    """Strike a line out, put a ring around it or underline it, each with its own chance.

    What is struck out is no digit any more, nor is a ring with one digit in it.
    """
    if not writing.glyphs:
        return writing
    if happens(random, style.struck):
        return _struck(writing, scribe, random)
    if happens(random, style.ringed):
        return _ringed(writing, scribe, random)
    if happens(random, style.underlined):
        return _underlined(writing, scribe, random)
    return writing


def _struck(writing: Writing, scribe: Scribe, random: Random) -> Writing:
    """Cross a line out by one stroke, two, a cross or a zigzag."""
    margin = round(0.2 * scribe.height)
    ink = np.pad(writing.ink, margin)
    height, width = ink.shape

    def at(low: float, high: float) -> float:
        return float(height * between(random, (low, high)))

    pen, kind = scribe.pen.width, random.random()
    if kind < 0.6:
        draw_line(ink, (0, at(0.35, 0.65)), (width, at(0.35, 0.65)), pen)
        if kind > 0.4:
            draw_line(ink, (0, at(0.35, 0.65)), (width, at(0.35, 0.65)), pen)
    elif kind < 0.8:
        draw_line(ink, (margin, at(0.1, 0.3)), (width - margin, at(0.7, 0.9)), pen)
        draw_line(ink, (margin, at(0.7, 0.9)), (width - margin, at(0.1, 0.3)), pen)
    else:
        count = max(4, round(width / max(2.0, scribe.height * between(random, (0.1, 0.3)))))
        x = np.linspace(margin, width - margin, count)
        y = height * (
            0.5 + random.uniform(0.1, 0.35, count) * np.where(np.arange(count) % 2, 1, -1)
        )
        draw_path(ink, np.stack([x, y], axis=1), pen)
    struck = tuple(replace(glyph, character=OTHER) for glyph in writing.glyphs)
    return _shifted(Writing(writing.ink, struck), ink, margin)


def _ringed(writing: Writing, scribe: Scribe, random: Random) -> Writing:
    margin = round(0.6 * scribe.height)
    ink = np.pad(writing.ink, margin)
    (height, width), size = ink.shape, scribe.height
    centre = (width // 2, height // 2)
    axes = (round(width / 2 - 0.15 * size), round(height / 2 - 0.15 * size))
    end, lean = between(random, (330, 380)), between(random, (-10, 10))
    thickness = max(1, round(scribe.pen.width))
    cv2.ellipse(ink, centre, axes, lean, 0, end, 255, thickness, cv2.LINE_AA)
    ringed = _shifted(writing, ink, margin)
    if len(writing.glyphs) > 1:
        return ringed
    ring = (centre[0] - axes[0], centre[1] - axes[1], centre[0] + axes[0], centre[1] + axes[1])
    return replace(ringed, glyphs=(Glyph(OTHER, ring),))


def _underlined(writing: Writing, scribe: Scribe, random: Random) -> Writing:
    margin = round(0.3 * scribe.height)
    ink = np.pad(writing.ink, margin)
    height, width = ink.shape
    foot = height - margin * between(random, (0.1, 1.0))
    slope = float(random.normal(0, 0.05)) * scribe.height
    draw_line(ink, (margin, foot), (width - margin, foot + slope), scribe.pen.width)
    return _shifted(writing, ink, margin)


def _shifted(writing: Writing, ink: Layer, margin: int) -> Writing:
    glyphs = tuple(glyph.moved(margin, margin, 0) for glyph in writing.glyphs)
    return Writing(ink, glyphs, margin)
