"""Examples for the line network: text lines cut out of scenes, with what each column shows."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.line.alphabet import BLANK, CHARACTERS, encode_text
from model.line.crop import resample_line
from model.line.features import LINE_HEIGHT, STRIDE, line_features
from training.augment.render import Random
from training.dense.task import Batch
from training.scenes.corpus import Corpus
from training.scenes.layers import Box, Range, between, between_log, happens
from training.scenes.numbers import OTHER
from training.scenes.scene import PAPER, PEN, Scene, make_scene
from training.scenes.writing import Glyph

LINE_WIDTH = 256  # pixels of an example
MOST_CHARACTERS = 24  # of an example


@dataclass(frozen=True)
class LineCrop:
    """How lines are cut out of scenes. Lengths are shares of the line's height unless noted."""

    heights: Range = (14, 48)  # pixels of a digit in the scene
    rows: Range = (1.6, 3.0)  # height of the scene
    columns: float = 10.0  # width of the scene
    beside: Range = (0.1, 0.7)  # left and right of the line
    above: Range = (0.0, 0.35)  # and below
    by_all: float = 0.4  # chance of a height by all glyphs, not by the tall ones alone
    least_height: float = 6.0  # pixels of a line in the scene
    outside: float = 0.1  # of a line's height, that may lie outside the scene
    cut: float = 0.15  # share of a glyph's width outside the scene, beyond which it is a mark
    core: float = 0.35  # half of the columns that show a glyph, as a share of its width
    least_core: float = 2.0  # the same in pixels of the example
    wrong_polarity: float = 0.03  # chance of bright ink, since the reader errs too


CROP = LineCrop()


class LineExample(NamedTuple):
    """A text line as the network sees it, and what it says."""

    pixels: NDArray[np.float32]  # (LINE_HEIGHT, w, 1), w at most LINE_WIDTH
    text: str
    columns: NDArray[np.int32]  # (LINE_WIDTH / STRIDE,) the class of each column


def make_line_batch(corpus: Corpus, count: int, random: Random) -> Batch:
    """Make `count` lines.

    The targets are the classes of their characters (n, most), their number (n,), the class of each
    column (n, columns), and how many columns each line has (n,).
    """
    inputs = np.zeros((count, LINE_HEIGHT, LINE_WIDTH, 1), np.float32)
    labels = np.zeros((count, MOST_CHARACTERS), np.int32)
    lengths, widths = np.zeros(count, np.int32), np.zeros(count, np.int32)
    columns = np.zeros((count, LINE_WIDTH // STRIDE), np.int32)
    for place in range(count):
        example = make_line(random, corpus)
        width, classes = example.pixels.shape[1], encode_text(example.text)
        inputs[place, :, :width] = example.pixels
        labels[place, : len(classes)], lengths[place] = classes, len(classes)
        columns[place], widths[place] = example.columns, math.ceil(width / STRIDE)
    return Batch(inputs, (labels, lengths, columns, widths))


def make_line(random: Random, corpus: Corpus, crop: LineCrop = CROP) -> LineExample:
    """Make a scene and cut one of its lines out; an empty field is a line without characters."""
    while True:
        height = between_log(random, crop.heights)
        shape = int(height * between(random, crop.rows)), int(height * crop.columns)
        scene = make_scene(random, corpus, shape, height)
        example = _cut_line(scene, random, crop)
        if example:
            return example


def _cut_line(scene: Scene, random: Random, crop: LineCrop) -> LineExample | None:
    """One line of a scene at random; None if it is cut off, too long or too small."""
    box: Box | None
    if scene.texts:
        glyphs = glyphs_of_line(scene, int(random.integers(len(scene.texts))), crop)
        box = _line_box(scene, glyphs, random, crop) if glyphs else None
    else:
        glyphs, box = [], _empty_line_box(scene, random)
    if box is None:
        return None
    left, top, right, bottom = box
    size = bottom - top
    beside = [size * between(random, crop.beside) for _ in range(2)]
    above = [size * between(random, crop.above) for _ in range(2)]
    left, top, bottom = left - beside[0], top - above[0], bottom + above[1]
    scale = LINE_HEIGHT / (bottom - top)
    width = math.ceil((right + beside[1] - left) * scale)
    if width > LINE_WIDTH or len(glyphs) > MOST_CHARACTERS:
        return None
    grey = resample_line(scene.image, left, top, scale, width)
    if _is_bright(scene) != happens(random, crop.wrong_polarity):
        grey = 255 - grey
    text = "".join(glyph.character for glyph in glyphs)
    return LineExample(line_features(grey), text, _columns(glyphs, left, scale, crop))


def glyphs_of_line(scene: Scene, line: int, crop: LineCrop = CROP) -> list[Glyph]:
    """The glyphs of a line that are at least half within the scene, from left to right.

    What the border cuts off is no digit any more.
    """
    columns, found = scene.image.shape[1], []
    for glyph in scene.glyphs:
        left, top, right, bottom = glyph.box
        if glyph.line != line or not 1 < (left + right) / 2 < columns - 1:
            continue
        spare = crop.cut * (right - left)
        whole = left >= -spare and right <= columns + spare
        found.append(glyph if whole else Glyph(OTHER, (left, top, right, bottom), line))
    return sorted(found, key=lambda glyph: glyph.box[0] + glyph.box[2])


def _line_box(scene: Scene, glyphs: list[Glyph], random: Random, crop: LineCrop) -> Box | None:
    """The box of a line by its tall glyphs, or by all; None if the scene does not show it whole."""
    tall = [glyph for glyph in glyphs if glyph.character.isdigit() or glyph.character == OTHER]
    boxes = np.array([glyph.box for glyph in glyphs])
    counted = boxes
    if tall and not happens(random, crop.by_all):
        counted = np.array([glyph.box for glyph in tall])
    top, bottom = float(counted[:, 1].min()), float(counted[:, 3].max())
    if not tall:  # a sign alone: as high as a digit
        middle = (top + bottom) / 2
        top, bottom = middle - scene.height / 2, middle + scene.height / 2
    spare = crop.outside * (bottom - top)
    if bottom - top < crop.least_height or top < -spare or bottom > len(scene.image) + spare:
        return None
    return float(boxes[:, 0].min()), top, float(boxes[:, 2].max()), bottom


def _empty_line_box(scene: Scene, random: Random) -> Box:
    """Some part of an empty scene, about as large as a short number."""
    rows, columns = scene.image.shape
    size = min(scene.height, rows / 2)
    left, top = random.uniform(0, columns / 2), random.uniform(0, rows - size)
    return float(left), float(top), float(left + size * random.uniform(0.5, 4)), float(top + size)


def _is_bright(scene: Scene) -> bool:
    """Whether the ink is brighter than the paper; of a scene without a pen, the print."""
    paper, pen = scene.image[scene.truth == PAPER], scene.image[scene.truth == PEN]
    ink = pen if pen.size else scene.image[scene.truth != PAPER]
    if not ink.size or not paper.size:
        return bool(np.median(scene.image) < 128)
    return bool(np.median(ink) >= np.median(paper))


def _columns(glyphs: list[Glyph], left: float, scale: float, crop: LineCrop) -> NDArray[np.int32]:
    """The class of each column: a glyph's own around its middle, blank elsewhere."""
    columns = np.full(LINE_WIDTH // STRIDE, BLANK, np.int32)
    for glyph in glyphs:
        start, end = ((side - left) * scale for side in (glyph.box[0], glyph.box[2]))
        middle, half = (start + end) / 2, max(crop.least_core, crop.core * (end - start))
        first = max(0, int((middle - half) / STRIDE))
        columns[first : max(0, int((middle + half) / STRIDE + 1))] = CHARACTERS.index(
            glyph.character
        )
    return columns
