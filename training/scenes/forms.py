"""Forms: frames, combs, tables, ruled and squared paper, guides under the number."""

import itertools
from dataclasses import dataclass, field

import numpy as np

from training.augment.render import Random
from training.scenes.layers import (
    Box,
    Layer,
    Range,
    Sheet,
    between,
    between_log,
    clipped_normal,
    draw_line,
    happens,
)
from training.scenes.writing import Glyph


@dataclass(frozen=True)
class FormStyle:
    """How often each form comes, and its measures as shares of a digit's height."""

    frame: float = 0.2
    comb: float = 0.18
    table: float = 0.17
    paper: float = 0.13  # ruled or squared
    guide: float = 0.08  # a line under the number; what is left has no form
    line: Range = (0.012, 0.09)  # width of printed lines
    dashed: float = 0.12
    dash: Range = (0.05, 0.25)  # period of dashes
    margin: tuple[float, float, float, float] = (0.22, 0.25, -0.2, 1.2)  # mean, deviation, bounds
    side: float = 0.93  # chance of each side of a frame
    faint: float = 0.6  # of ruled paper, that with faint lines


@dataclass(frozen=True, eq=False)
class Field:
    """Where a line of writing stands on the sheet; an empty field has no glyphs."""

    box: Box
    glyphs: tuple[Glyph, ...] = ()


@dataclass(frozen=True, eq=False)
class _Press:
    """What draws the lines of one form, all alike."""

    layer: Layer
    height: float  # of a digit, pixels
    width: float  # of lines, pixels
    dash: float  # period, pixels; 0: solid
    random: Random
    style: FormStyle = field(default_factory=FormStyle)

    def line(self, x0: float, y0: float, x1: float, y1: float, wider: float = 1.0) -> None:
        draw_line(self.layer, (x0, y0), (x1, y1), self.width * wider, self.dash)

    def margin(self) -> float:
        mean, deviation, *bounds = self.style.margin
        low, high = bounds
        return self.height * clipped_normal(self.random, mean, deviation, (low, high))

    def up_to(self, low: float, high: float) -> float:
        """A length between two shares of a digit's height."""
        return self.height * between(self.random, (low, high))


def add_form(
    sheet: Sheet, fields: list[Field], pitch: float, random: Random, style: FormStyle
) -> None:
    """Print a form, or none, around the writing, in place; `pitch` is from one line to the next.

    The writing often touches or crosses the lines of the form.
    """
    height = sheet.height
    width = max(1.0, height * between_log(random, style.line))
    dash = height * between(random, style.dash) if happens(random, style.dashed) else 0.0
    press = _Press(sheet.printed, height, width, dash, random, style)
    kind = random.random()
    for chance, draw in ((style.frame, _add_frames), (style.comb, _add_combs)):
        if kind < chance:
            draw(press, fields)
            return
        kind -= chance
    if kind < style.table:
        _add_table(press, fields[0].box, pitch if len(fields) > 1 else 0.0)
    elif kind < style.table + style.paper:
        layer = sheet.faint if happens(random, style.faint) else sheet.printed
        _add_paper_lines(_Press(layer, height, 0.6 * width, 0.0, random, style))
    elif kind < style.table + style.paper + style.guide:
        _add_guides(press, fields)


def _add_frames(press: _Press, fields: list[Field]) -> None:
    """A frame around each line, some without one side."""
    for place in fields:
        left, top, right, bottom = place.box
        left, top = left - press.margin(), top - press.margin()
        right, bottom = right + press.margin(), bottom + press.margin()
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            if happens(press.random, press.style.side):
                press.line(*start, *end)


def _add_combs(press: _Press, fields: list[Field]) -> None:
    """A box for each character, joined in a row; some are open above."""
    random, height = press.random, press.height
    for place in fields:
        if place.glyphs:
            boxes = [glyph.box for glyph in place.glyphs]
            top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
            edges = [boxes[0][0] - max(1.0, press.margin())]
            edges += [
                (one[2] + other[0]) / 2 + random.normal(0, 0.03) * height
                for one, other in itertools.pairwise(boxes)
            ]
            edges.append(boxes[-1][2] + max(1.0, press.margin()))
        else:
            left, top, _, bottom = place.box
            edges = [left + press.up_to(0.7, 1.3) * n for n in range(int(random.integers(2, 7)))]
        if happens(random, 0.4):  # empty boxes behind the number
            step = float(np.mean(np.diff(edges)))
            edges += [edges[-1] + step * n for n in range(1, int(random.integers(2, 5)))]
        top, bottom = top - press.margin(), bottom + press.margin()
        is_open = happens(random, 0.2)
        upper = bottom - press.up_to(0.2, 0.5) if is_open else top
        for edge in edges:
            press.line(edge, upper, edge, bottom)
        press.line(edges[0], bottom, edges[-1], bottom)
        if not is_open:
            press.line(edges[0], top, edges[-1], top)


def _add_table(press: _Press, box: Box, pitch: float) -> None:
    """Rows and mostly columns over the whole sheet, one cell around the writing."""
    random, (rows, columns) = press.random, press.layer.shape
    cell = max(box[2] - box[0] + 2 * abs(press.margin()), press.up_to(0.8, 4))
    high = pitch or press.up_to(1.1, 2.2)
    left, top = box[0] - 0.6 * abs(press.margin()), box[1] - 0.6 * press.margin()
    lean = float(random.normal(0, 0.012))
    if happens(random, 0.85):
        reach = 4 if happens(random, 0.8) else 2
        for n in range(1 - reach, reach):
            start = -5 if happens(random, 0.9) else top
            press.line(left + cell * n, start, left + cell * n + lean * rows, rows + 5)
    for n in range(-8, 12):
        y, wider = top + high * n, 1.0 if happens(random, 0.9) else 1.7
        press.line(-5, y - 5 * lean, columns + 5, y + lean * columns, wider)


def _add_paper_lines(press: _Press) -> None:
    """Lines of ruled or squared paper over the whole sheet."""
    random, (rows, columns) = press.random, press.layer.shape
    step = press.up_to(0.9, 1.8) if happens(random, 0.55) else press.up_to(0.25, 0.6)
    step, first, lean = max(4.0, step), between(random, (0, step)), float(random.normal(0, 0.02))
    for n in range(int(rows / step) + 2):
        press.line(-2, first + n * step, columns + 2, first + n * step + lean * columns)
    if step < 0.7 * press.height or happens(random, 0.15):
        for n in range(int(columns / step) + 2):
            press.line(first + n * step, -2, first + n * step - lean * rows, rows + 2)


def _add_guides(press: _Press, fields: list[Field]) -> None:
    """A line under each number, and sometimes an upright one beside it."""
    random, height = press.random, press.height
    for place in fields:
        left, top, right, bottom = place.box
        y = bottom + height * random.normal(-0.02, 0.1)
        slope = height * random.normal(0, 0.03)
        press.line(left - press.up_to(-0.3, 2), y, right + press.up_to(-0.3, 2), y + slope)
        if happens(random, 0.25):
            x = (left if happens(random, 0.5) else right) + height * random.normal(0, 0.3)
            press.line(x, top - press.up_to(0, 2), x, bottom + press.up_to(0, 3))
