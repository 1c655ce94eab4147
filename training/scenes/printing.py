"""Printed things: words, numbers, guilloche and stamps."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.augment.render import Random
from training.scenes.layers import (
    Box,
    Layer,
    Range,
    Sheet,
    between,
    between_log,
    draw_path,
    happens,
    overlay,
)
from training.scenes.pens import Pen

FONTS = (
    "DejaVuSans.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSans-Bold.ttf",
    "STIXGeneral.ttf",
    "cmr10.ttf",
    "DejaVuSerif-Italic.ttf",
)
LEAST_SIZE = 5  # points; smaller letters are no shapes any more
DIGIT_SHARE = 0.72  # of a font's size, that a digit is high
LETTERS_PRINTED = "AEHKMNPRTXadefhkmnprtxy%$€#&"  # for marks that are no digits
WORDS = (  # noqa: SIM905  of forms in several languages; a list of them is a page long
    "Total Date No. Name Amount Sum Page Signature Class Room Item Qty Price Weight kg Kcs Lfd. "
    "Nr. Datum Betrag Fecha Importe Nombre Pay to the order of Rs. Nama Jumlah Suara Temp. max "
    "min Punkte Note Code Score Round Seite von bis Uhr Tel ID Year Month Day (a) (b) % $ EUR"
).split()
FIGURES = ["1.", "2.", "3.", "2024", "100", "12", "7", "0", "5", "10", "25", "1.50"]


@dataclass(frozen=True)
class PrintStyle:
    """How often printed things are on a sheet. Lengths are shares of a digit's height."""

    words: float = 0.3  # chance of any
    most_words: int = 4
    word_sizes: Range = (0.3, 1.0)
    figures: float = 0.25  # of the words, those that are numbers
    clear: float = 0.85  # of the words, those that keep away from the writing
    guilloche: float = 0.16
    parallel: float = 0.6  # of these, those whose waves are parallel, often crossed by others
    waves: tuple[int, int] = (3, 13)  # of a guilloche whose waves are not
    wave_distances: Range = (0.1, 0.5)  # of parallel waves
    stamp: float = 0.04


class Typesetter:
    """A press that sets all characters of a scene in one font: a `Scribe`."""

    def __init__(self, random: Random, height: float) -> None:
        self._random = random
        self.height = height
        self.pen = Pen(max(1.0, 0.1 * height))
        self._font = int(random.integers(len(FONTS)))

    def glyph(self, character: str) -> Layer:
        """Return a character as ink."""
        if character == "?":
            letters = LETTERS_PRINTED
            character = letters[int(self._random.integers(len(letters)))]
        return print_text(character, self.height / DIGIT_SHARE, self._font)


def print_text(text: str, size: float, font: int) -> Layer:
    """Return a text in the font of this number as ink with a margin; `size` is the font's."""
    face = _load_font(max(LEAST_SIZE, round(size)), font % len(FONTS))
    left, top, right, bottom = (round(side) for side in face.getbbox(text))
    picture = Image.new("L", (max(1, right - left + 4), max(1, bottom - top + 4)))
    ImageDraw.Draw(picture).text((2 - left, 2 - top), text, 255, font=face)
    return np.asarray(picture, np.uint8)


@cache
def _load_font(size: int, number: int) -> ImageFont.FreeTypeFont:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / FONTS[number]), size)


def add_print(
    sheet: Sheet, boxes: list[Box], random: Random, style: PrintStyle, *, figures: bool = True
) -> None:
    """Print words, guilloche and a stamp on a sheet, in place.

    `boxes` are those of the writing, which most words avoid; `figures` allows numbers among them.
    """
    if happens(random, style.words):
        for _ in range(int(random.integers(1, style.most_words + 1))):
            _add_words(sheet, boxes, random, style, figures)
    if happens(random, style.guilloche):
        _add_guilloche(sheet.faint, sheet.height, random, style)
    if happens(random, style.stamp):
        _add_stamp(sheet.faint, sheet.height, random)


def _add_words(
    sheet: Sheet, boxes: list[Box], random: Random, style: PrintStyle, figures: bool
) -> None:
    printed = sheet.printed
    known = FIGURES if figures and happens(random, style.figures) else WORDS
    words = " ".join(random.choice(known, int(random.integers(1, 4))))
    size = sheet.height * between_log(random, style.word_sizes)
    ink = print_text(words, size, int(random.integers(len(FONTS))))
    x = between(random, (-0.2, 1)) * printed.shape[1]
    y = between(random, (-0.1, 1)) * printed.shape[0]
    box = (x, y, x + ink.shape[1], y + ink.shape[0])
    if happens(random, style.clear) and any(_overlap(box, other) for other in boxes):
        return
    overlay(printed, ink, x, y)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _add_guilloche(faint: Layer, height: float, random: Random, style: PrintStyle) -> None:
    """Fine waves over the whole sheet, as on cheques and certificates."""
    rows = faint.shape[0]
    if not happens(random, style.parallel):
        for _ in range(int(random.integers(style.waves[0], style.waves[1] + 1))):
            _draw_waves(faint, height, [random.uniform(0, rows)], random.normal(0, 0.2), random)
        return
    for _ in range(int(random.integers(1, 3))):
        distance = max(3.0, height * between(random, style.wave_distances))
        starts = np.arange(-2.0 * rows, 3.0 * rows, distance)
        _draw_waves(faint, height, starts.tolist(), random.uniform(-0.7, 0.7), random)


def _draw_waves(
    faint: Layer, height: float, starts: list[float], slope: float, random: Random
) -> None:
    """Draw equal waves that begin at these heights of the left border, in place."""
    x = np.arange(-4, faint.shape[1] + 8, 4.0)
    amplitude, period = height * random.uniform(0.1, 1), height * random.uniform(0.3, 3)
    wave = amplitude * np.sin(x / period + random.uniform(0, 2 * math.pi)) + slope * x
    for start in starts:
        y = start + wave
        if y.max() > -4 and y.min() < faint.shape[0] + 4:
            draw_path(faint, np.stack([x, y], axis=1), max(1.0, 0.02 * height))


def _add_stamp(faint: Layer, height: float, random: Random) -> None:
    """A round stamp with a word in it, somewhere on the sheet."""
    rows, columns = faint.shape
    x, y = int(random.integers(columns)), int(random.integers(rows))
    radius = round(height * between(random, (0.8, 2)))
    thickness = max(1, round(0.05 * height))
    cv2.circle(faint, (x, y), radius, 255, thickness, cv2.LINE_AA)
    word = print_text(str(random.choice(WORDS)), 0.5 * height, int(random.integers(len(FONTS))))
    overlay(faint, word, x - word.shape[1] / 2, y - word.shape[0] / 2)
