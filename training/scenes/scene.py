"""Scenes: an image of numbers on paper, with what each pixel and each glyph is."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from training.augment.render import Random
from training.scenes.camera import CameraStyle, photograph
from training.scenes.corpus import Corpus
from training.scenes.forms import Field, FormStyle, add_form
from training.scenes.hand import Hand, HandStyle, Scribe
from training.scenes.layers import (
    Box,
    Layer,
    Range,
    Sheet,
    between,
    between_log,
    happens,
    overlay,
)
from training.scenes.numbers import TextStyle, random_text
from training.scenes.paper import PaperStyle, expose
from training.scenes.printing import PrintStyle, Typesetter, add_print
from training.scenes.view import ViewStyle, distort_view
from training.scenes.writing import (
    Glyph,
    LineStyle,
    Writing,
    change_afterwards,
    write_line,
)

PAPER, PEN, PRINT = 0, 1, 2  # what a pixel of the truth is
COVERED = 90  # of 255; coverage from which a pixel is pen or print


@dataclass(frozen=True)
class SceneStyle:
    """What scenes are made of. Lengths are shares of a digit's height unless noted."""

    heights: Range = (13, 80)  # pixels of a digit; all ratios equally likely
    fill: float = 0.8  # of the image's height, that a digit has at most
    printed: float = 0.1  # chance of a scene whose numbers are printed, which are then to be read
    empty: float = 0.07  # chance of no writing
    one_line: float = 0.6  # of the others, those with one line
    most_lines: int = 6
    pitch: Range = (1.15, 2.2)  # from one line to the next
    shortened: float = 0.25  # of the lines that are too long, those that are cut to fit
    neighbour: float = 0.08  # of the scenes of one line, those with a part of another line
    window: float = 0.05  # chance of a window's border around the image
    window_width: tuple[int, int] = (1, 3)  # pixels
    text: TextStyle = field(default_factory=TextStyle)
    hand: HandStyle = field(default_factory=HandStyle)
    line: LineStyle = field(default_factory=LineStyle)
    view: ViewStyle = field(default_factory=ViewStyle)
    form: FormStyle = field(default_factory=FormStyle)
    print: PrintStyle = field(default_factory=PrintStyle)
    paper: PaperStyle = field(default_factory=PaperStyle)
    camera: CameraStyle = field(default_factory=CameraStyle)


STYLE = SceneStyle()


@dataclass(frozen=True, eq=False)
class Scene:
    """An image of numbers on paper, and the truth about it."""

    image: NDArray[np.uint8]  # (h, w) grey levels
    truth: NDArray[np.uint8]  # (h, w) PAPER, PEN or PRINT
    glyphs: tuple[Glyph, ...]  # of all lines; boxes may stick out of the image
    texts: tuple[str, ...]  # of each line, as it is to be read, without spaces
    height: float  # of a digit, in pixels


def make_scene(
    random: Random,
    corpus: Corpus,
    shape: tuple[int, int],
    height: float | None = None,
    style: SceneStyle = STYLE,
) -> Scene:
    """Make a scene of `shape`, (h, w) in pixels; the same generator state gives the same one.

    `height` is that of a digit in pixels; without it, it is random.
    """
    rows, _ = shape
    height = min(height or between_log(random, style.heights), style.fill * rows)
    sheet = Sheet.blank(shape, height)
    is_printed = happens(random, style.printed)
    scribe: Scribe = (
        Typesetter(random, height) if is_printed else Hand(random, corpus, height, style.hand)
    )
    fields, pitch = _write_fields(sheet.pen, scribe, random, style)
    glyphs = tuple(glyph for place in fields for glyph in place.glyphs)
    places = fields or [Field(_empty_box(shape, random))]
    add_form(sheet, places, pitch, random, style.form)
    boxes = [place.box for place in fields]
    add_print(sheet, boxes, random, style.print, figures=not is_printed)
    sheet, glyphs = distort_view(sheet, glyphs, random, style.view)
    level, chalk = expose(sheet, random, style.paper)
    if happens(random, style.window):
        _add_window(level, sheet.printed, random, style)
    image = photograph(level, height, chalk, random, style.camera)
    texts = ["" for _ in fields]
    for glyph in glyphs:
        texts[glyph.line] += glyph.character
    return Scene(image, _truth(sheet), glyphs, tuple(texts), height)


def _truth(sheet: Sheet) -> NDArray[np.uint8]:
    truth = np.full(sheet.pen.shape, PAPER, np.uint8)
    truth[np.maximum(sheet.printed, sheet.faint) >= COVERED] = PRINT
    truth[sheet.pen >= COVERED] = PEN
    return truth


def _empty_box(shape: tuple[int, int], random: Random) -> Box:
    rows, columns = shape
    x0, y0 = random.uniform(0, 0.5, 2) * (columns, rows)
    x1, y1 = random.uniform(0.5, 1, 2) * (columns, rows)
    return float(x0), float(y0), float(x1), float(y1)


def _write_fields(
    pen: Layer, scribe: Scribe, random: Random, style: SceneStyle
) -> tuple[list[Field], float]:
    """Write one line or several below each other, in place; return them and their pitch."""
    rows, columns = pen.shape
    height = scribe.height
    if happens(random, style.empty):
        return [], 0.0
    pitch = height * between(random, style.pitch)
    count = 1
    if not happens(random, style.one_line):
        count = int(np.clip(rows / pitch, 1, style.most_lines))
    if count == 1:
        writing = _line_that_fits(columns, scribe, random, style)
        fields = [_put(pen, writing, *_place_of_one(writing, pen.shape, random), 0)]
        if happens(random, style.neighbour):
            fields.append(_cut_neighbour(pen, fields[0].box, scribe, random, style))
        return fields, pitch
    y = between(random, (-0.1, 1)) * max(1.0, rows - count * pitch) + 0.2 * height
    column = between(random, (-0.05, 0.5)) * columns
    fields = []
    for number in range(count):
        writing = _line_that_fits(columns, scribe, random, style)
        x = column + float(random.normal(0, 0.1)) * height
        fields.append(_put(pen, writing, x, y, number))
        y += pitch
    return fields, pitch


def _line_that_fits(columns: int, scribe: Scribe, random: Random, style: SceneStyle) -> Writing:
    text = random_text(random, style.text)
    writing = write_line(text, scribe, random, style.line)
    width = writing.ink.shape[1]
    if width > columns and happens(random, style.shortened):
        text = text[: max(1, int(len(text) * columns / width))]
        writing = write_line(text, scribe, random, style.line)
    return change_afterwards(writing, scribe, random, style.line)


def _place_of_one(writing: Writing, shape: tuple[int, int], random: Random) -> tuple[float, float]:
    """Where the only line goes: mostly inside, sometimes cut by a border of the image."""
    (rows, columns), (height, width) = shape, writing.ink.shape
    if columns > width:
        x = between(random, (-0.12, 1.12)) * (columns - width)
    else:
        x = between(random, (-0.3, 0.1)) * columns
    return x, between(random, (-0.05, 1.05)) * max(1, rows - height)


def _cut_neighbour(
    pen: Layer, box: Box, scribe: Scribe, random: Random, style: SceneStyle
) -> Field:
    """Another line above or below, of which the image shows a part only."""
    writing = _line_that_fits(pen.shape[1], scribe, random, style)
    rows = writing.ink.shape[0]
    x = box[0] + scribe.height * float(random.normal(0, 1))
    shown = between(random, (0.1, 0.6)) * rows
    above = box[1] > pen.shape[0] - box[3]
    return _put(pen, writing, x, shown - rows if above else pen.shape[0] - shown, 1)


def _put(pen: Layer, writing: Writing, x: float, y: float, line: int) -> Field:
    """Lay a line of writing on the pen's layer, in place."""
    left, top = round(x) - writing.margin, round(y) - writing.margin
    overlay(pen, writing.ink, left, top)
    rows, columns = writing.ink.shape
    box = (float(left), float(top), float(left + columns), float(top + rows))
    return Field(box, tuple(glyph.moved(left, top, line) for glyph in writing.glyphs))


def _add_window(
    level: NDArray[np.float32], printed: Layer, random: Random, style: SceneStyle
) -> None:
    """Draw the border of a window at all sides, in place, as on a screenshot."""
    width = int(random.integers(style.window_width[0], style.window_width[1] + 1))
    for layer, value in ((level, between(random, (0, 120))), (printed, 255)):
        layer[:width] = layer[-width:] = value
        layer[:, :width] = layer[:, -width:] = value
