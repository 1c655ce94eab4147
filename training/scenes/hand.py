"""One hand: where its shapes come from, and how it writes digits, signs and other marks."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from training.augment.render import Random
from training.augment.stroke_templates import Stroke
from training.scenes.corpus import Corpus, Places
from training.scenes.layers import (
    Layer,
    Point,
    Range,
    between,
    between_log,
    clipped_normal,
    happens,
)
from training.scenes.pens import LEAST_ASPECT, Nib, Pen, Pose, draw_image, draw_strokes
from training.scenes.shapes import random_shape

LETTERS_OF_A_FONT = 20  # neighbours in the list of letters, most of them of one font


class Scribe(Protocol):
    """Whatever writes characters: a hand or a press."""

    height: float  # pixels of a digit
    pen: Pen

    def glyph(self, character: str) -> Layer:
        """Return one of `0123456789.,-/:+=?` as ink; `?` is any mark that is none of the others."""
        ...


@dataclass(frozen=True)
class HandStyle:
    """How hands differ. Lengths are shares of a digit's height."""

    # How often the shapes of a hand come from MNIST, a tablet, templates and handwriting fonts.
    kinds: tuple[float, float, float, float] = (0.35, 0.35, 0.18, 0.12)
    slant: tuple[float, float, float, float] = (0.05, 0.14, -0.4, 0.45)  # mean, deviation, bounds
    turn: float = 2.0  # standard deviation in degrees, of a hand
    glyph_turn: float = 3.0  # the same, of each character
    glyph_slant: float = 0.04  # standard deviation, of each character
    pen: Range = (0.035, 0.2)  # width of most pens
    hairline: float = 0.08  # chance of a pen that is thinner
    hairline_pen: Range = (0.015, 0.035)
    marker: float = 0.1  # chance of a pen that is wider
    marker_pen: Range = (0.2, 0.32)
    nib: float = 0.12  # chance of a pen that draws some directions thinner
    edge_level: Range = (0.28, 0.55)  # where the edges of images lie: low ones are thick strokes
    uneven: Range = (0.0, 0.16)  # standard deviation of the digits' heights
    small_zeros: float = 0.25  # of the hands, those whose zeros are smaller than their digits
    zero_heights: Range = (0.4, 0.85)
    heights: Range = (0.6, 1.5)  # of single digits
    shape: float = 0.35  # of the other marks, those that are geometric shapes or scribbles
    letter: float = 0.35  # of the other marks, letters of a font; the rest are templates
    mark_heights: Range = (0.6, 1.15)  # of other marks
    sign_pen: Range = (0.9, 1.3)  # width of a sign's strokes, as a share of the pen's


class Hand:
    """A person who writes all characters of a scene in one style."""

    def __init__(
        self, random: Random, corpus: Corpus, height: float, style: HandStyle | None = None
    ) -> None:
        """`height` is that of a digit in pixels."""
        self._random, self._corpus = random, corpus
        self._style = style = style or HandStyle()
        self.height = height
        self._writes = _choose_digits(random, corpus, style)
        self._slant = clipped_normal(random, *style.slant[:2], style.slant[2:])
        self._turn = float(random.normal(0, style.turn))
        self.pen = _choose_pen(random, height, style)
        self._level = between(random, style.edge_level)
        self._uneven = between(random, style.uneven)
        small = happens(random, style.small_zeros)
        self._zero = between(random, style.zero_heights) if small else 1.0
        self._first_letter = int(random.integers(max(1, len(corpus.letters) - LETTERS_OF_A_FONT)))

    def glyph(self, character: str) -> Layer:
        """Return a character as ink with a margin: see `Scribe`."""
        if character.isdigit():
            return self._digit(int(character))
        return self._other() if character == "?" else self._sign(character)

    def _pose(self, wave: float, share: float = 1.0) -> Pose:
        random, style = self._random, self._style
        uneven = clipped_normal(random, 1, self._uneven, style.heights)
        return Pose(
            height=self.height * uneven * share,
            slant=self._slant + float(random.normal(0, style.glyph_slant)),
            turn=self._turn + float(random.normal(0, style.glyph_turn)),
            wave=wave,
        )

    def _digit(self, label: int) -> Layer:
        random, corpus = self._random, self._corpus
        kind, places = self._writes
        own = places[label] if places else []
        share = self._zero if label == 0 else 1.0
        if kind == "image":
            pool = own or corpus.by_label[label]
            if len(pool):
                image = corpus.images[int(pool[int(random.integers(len(pool)))])]
                return draw_image(image, self._pose(0, share), self._level)
        if kind == "stroke" and own:
            strokes = corpus.strokes[own[int(random.integers(len(own)))]]
            return draw_strokes(strokes, self.pen, self._pose(0.012, share), random)
        if kind == "font":
            return draw_image(corpus.faces[own[0], label], self._pose(0, share), self._level)
        templates = corpus.templates[label]
        strokes = templates[int(random.integers(len(templates)))]
        return draw_strokes(strokes, self.pen, self._pose(0.03, share), random)

    def _other(self) -> Layer:
        random, corpus, style = self._random, self._corpus, self._style
        kind, pose = random.random(), self._pose(0.03, between(random, style.mark_heights))
        if kind < style.shape:
            return draw_strokes(random_shape(random), self.pen, pose, random)
        if kind < style.shape + style.letter and len(corpus.letters):
            place = self._first_letter + int(random.integers(LETTERS_OF_A_FONT))
            return draw_image(corpus.letters[place % len(corpus.letters)], pose, self._level)
        strokes = corpus.non_digits[int(random.integers(len(corpus.non_digits)))]
        return draw_strokes(strokes, self.pen, pose, random)

    def _sign(self, character: str) -> Layer:
        random = self._random
        strokes = _sign_strokes(character, random)
        width, height = np.ptp(np.concatenate(strokes), axis=0).tolist()
        uneven = clipped_normal(random, 1, self._uneven, self._style.heights)
        size = max(1.0, self.height * uneven * max(height, LEAST_ASPECT * width))
        pen = Pen(self.pen.width * between(random, self._style.sign_pen), self.pen.nib)
        return draw_strokes(strokes, pen, Pose(size, 0.5 * self._slant), random)


def _choose_digits(random: Random, corpus: Corpus, style: HandStyle) -> tuple[str, Places]:
    """Where a hand's digits come from, and the places of its writer's among them."""
    found = {
        "image": len(corpus.image_writers),
        "stroke": len(corpus.stroke_writers),
        "template": 1,
        "font": len(corpus.faces),
    }
    chances = np.array(style.kinds) * [n > 0 for n in found.values()]
    kind = str(random.choice(list(found), p=chances / chances.sum()))
    writer = int(random.integers(found[kind]))
    if kind == "image":
        return kind, corpus.image_writers[writer]
    if kind == "stroke":
        return kind, corpus.stroke_writers[writer]
    return kind, [[writer] for _ in range(10)]


def _choose_pen(random: Random, height: float, style: HandStyle) -> Pen:
    kind = random.random()
    share = style.pen
    if kind < style.hairline:
        share = style.hairline_pen
    elif kind < style.hairline + style.marker:
        share = style.marker_pen
    nib: Nib = "round"
    if happens(random, style.nib):
        nib = "pressed" if happens(random, 0.5) else "broad"
    return Pen(max(0.5, height * between_log(random, share)), nib)


def _sign_strokes(character: str, random: Random) -> list[Stroke]:
    """The strokes of a sign in heights of a digit, y downwards."""
    x, y = random.normal(0, 0.02, 2).tolist()
    strokes: list[list[Point]] = {
        ".": [[(0, 0), (x, y)]],
        ",": [[(0, 0), (0.03, 0.12), (-0.08, 0.3)]],
        "-": [[(0, 0), (random.uniform(0.25, 0.9), 2 * y)]],
        "/": [[(random.uniform(0.2, 0.5), 0), (0, 1.1)]],
        ":": [[(0, 0), (x, y)], [(0, 0.4), (0.01, 0.41)]],
        "+": [[(0, 0.25), (0.5, 0.25)], [(0.25, 0), (0.25, 0.5)]],
        "=": [[(0, 0), (0.45, 0.02)], [(0, 0.2), (0.45, 0.22)]],
    }[character]
    exact = [np.array(stroke, np.float32) for stroke in strokes]
    return [s + random.normal(0, 0.015, s.shape).astype(np.float32) for s in exact]
