"""One training example after the other: a digit, or a mark that is none."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.network.normalize import normalize
from model.network.runtime import CLASSES
from training.augment.degradations import damage
from training.augment.fonts import Typefaces
from training.augment.render import (
    FREE,
    LENGTH,
    NEAT,
    SIDE,
    Ink,
    Random,
    bend,
    draw,
    redraw,
    tie,
)
from training.augment.stroke_templates import (
    DIGITS,
    LATIN_DIGITS,
    NO_DIGITS,
    RARE_DIGITS,
    SWIFT_DIGITS,
    Stroke,
    smooth,
    strokes_of,
)

Target = NDArray[np.float32]  # (10,) probabilities to learn
NO_DIGIT: Target = np.full(CLASSES, 1 / CLASSES, np.float32)

VISIBLE = 0.08  # ink fainter than this share of the darkest counts as paper


@dataclass(frozen=True, eq=False)
class Sources:
    """Digits by real people: images, and strokes of a tablet."""

    images: NDArray[np.uint8]  # (n, 28, 28), ink bright
    labels: NDArray[np.int64]  # (n,)
    strokes: list[list[Stroke]]
    stroke_labels: NDArray[np.int64]


@dataclass(frozen=True)
class Mix:
    """How often each kind of example comes."""

    no_digit: float = 0.25
    image: float = 0.6  # of the digits; the others are strokes
    typeface: float = 0.0  # of the strokes and letters, those of a typeface
    skeleton: float = 0.15  # of the other strokes; the others are a real person's
    nib: float = 0.0  # of strokes and letters, by a pen that draws some directions thinner
    swift: float = 0.0  # of the skeletons
    latin: float = 0.0  # of the other skeletons
    rare: float = 0.0  # of the other skeletons
    neat: float = 0.4  # of the images, written with little freedom and not damaged
    own: float = 0.0  # of the neat ones, as sharp as they are
    bent: float = 0.0  # of these, by another hand
    moved: float = 0.0  # of all, a little larger or smaller and between the pixels
    neighbour: float = 0.15  # of the other digits, with a part of another one beside
    tied: float = 0.0  # of the zeros among them, with a stroke to what is beside
    letter: float = 0.34  # of the marks that are no digits
    pair: float = 0.22  # of them
    slim: float = 0.0  # of the pairs, those that are together as wide as one digit
    uneven: float = 0.0  # of the other pairs, a digit and a smaller one


class Maker:
    """Makes examples from sources; every draw comes from the generator that is handed in."""

    def __init__(self, sources: Sources, mix: Mix) -> None:
        self._sources = sources
        self._mix = mix
        self._skeletons, self._rare, self._latin, self._swift = (
            [(strokes_of(mark), label) for mark, label in marks]
            for marks in (DIGITS, RARE_DIGITS, LATIN_DIGITS, SWIFT_DIGITS)
        )
        self._others = [strokes_of(mark) for mark in NO_DIGITS]
        self._typefaces = Typefaces.load()
        self._no_digits: tuple[tuple[Callable[[Random], Ink], float], ...] = (
            (self._letter, mix.letter),
            (self._pair, mix.pair),
            (self._half, 0.12),
            (self._turned, 0.12),
            (_scribble, 0.12),
            (_dash_or_dot, 0.05),
            (_stain, 0.03),
        )

    def example(self, random: Random) -> tuple[NDArray[np.uint8], Target]:
        """A picture (28, 28) as a network sees it, and the probabilities to learn for it."""
        if random.random() < self._mix.no_digit:
            return self._no_digit(random), NO_DIGIT
        if random.random() < self._mix.image:
            at = int(random.integers(len(self._sources.labels)))
            image, label = self._sources.images[at], int(self._sources.labels[at])
            if random.random() < self._mix.neat:
                return self._neat(image, random), _one_hot(label)
            ink = redraw(image, random)
        else:
            ink, label = self._drawn(random)
        if label == 0 and self._mix.tied and random.random() < self._mix.tied:
            ink = tie(ink, random)
        target = _one_hot(label)
        if random.random() < self._mix.neighbour:
            ink, share = self._with_neighbour(ink, random)
            target = (1 - share) * target + share * NO_DIGIT
        return self._picture(damage(ink, random), random), target

    def _picture(self, ink: Ink, random: Random) -> NDArray[np.uint8]:
        return picture(ink, random, self._mix.moved)

    def _neat(self, image: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
        if not self._mix.own or random.random() >= self._mix.own:
            return self._picture(redraw(image, random, NEAT), random)
        if self._mix.bent and random.random() < self._mix.bent:
            return _placed(bend(image, random), random, self._mix.moved)
        return self._picture(np.asarray(image.astype(np.float32) / 255, np.float32), random)

    def _drawn(self, random: Random) -> tuple[Ink, int]:
        if self._of_typeface(random):
            digits = self._typefaces.digits
            at, label = int(random.integers(len(digits))), int(random.integers(CLASSES))
            return redraw(digits[at, label], random), label
        if random.random() < self._mix.skeleton:
            shapes = self._shapes(random)
            strokes, label = shapes[int(random.integers(len(shapes)))]
            return draw(strokes, random, nib=self._mix.nib), label
        at = int(random.integers(len(self._sources.strokes)))
        strokes, label = self._sources.strokes[at], int(self._sources.stroke_labels[at])
        return draw(strokes, random, nib=self._mix.nib), label

    def _of_typeface(self, random: Random) -> bool:
        return self._mix.typeface > 0 and random.random() < self._mix.typeface

    def _shapes(self, random: Random) -> list[tuple[list[Stroke], int]]:
        if self._mix.swift and random.random() < self._mix.swift:
            return self._swift
        if self._mix.latin and random.random() < self._mix.latin:
            return self._latin
        if self._mix.rare and random.random() < self._mix.rare:
            return self._rare
        return self._skeletons

    def _digit(self, random: Random) -> tuple[Ink, int]:
        """Any digit, whole and undamaged."""
        if random.random() < 0.5:
            return self._drawn(random)
        at = int(random.integers(len(self._sources.labels)))
        return redraw(self._sources.images[at], random), int(self._sources.labels[at])

    def _with_neighbour(self, ink: Ink, random: Random) -> tuple[Ink, float]:
        """A piece of another digit at one side, and how far that makes the mark doubtful."""
        other = _crop(self._digit(random)[0])
        turns = int(random.choice([0, 0, 2, 2, 1, 3]))  # mostly left or right
        ink, other = np.rot90(ink, turns), np.rot90(other, turns)
        share = float(random.uniform(0.05, 0.35))
        piece = other[:, : max(1, round(share * other.shape[1]))]
        right = int(np.flatnonzero((ink > VISIBLE).any(axis=0))[-1])
        left = right + round(float(random.uniform(-0.05, 0.25)) * LENGTH)
        piece = piece[:, : max(1, SIDE - left)]
        top = int(random.integers(0, max(1, SIDE - piece.shape[0])))
        ink = ink.copy()
        _paste(ink, piece, top, left)
        return np.ascontiguousarray(np.rot90(ink, -turns)), share

    def _no_digit(self, random: Random) -> NDArray[np.uint8]:
        makers, weights = zip(*self._no_digits, strict=True)
        maker = makers[int(random.choice(len(makers), p=weights))]
        return self._picture(damage(maker(random), random, share=0.7), random)

    def _letter(self, random: Random) -> Ink:
        if self._of_typeface(random):
            letters = self._typefaces.letters
            return redraw(letters[int(random.integers(len(letters)))], random)
        strokes = self._others[int(random.integers(len(self._others)))]
        return draw(strokes, random, nib=self._mix.nib)

    def _pair(self, random: Random) -> Ink:
        """Two digits, or a digit and a letter, that touch or nearly so."""
        # A 1 is slim, not what is left between it and the next digit.
        least = 0.3 if self._mix.slim else 0.0
        if self._mix.slim and random.random() < self._mix.slim:
            one, two = (_crop(self._slim(random)) for _ in range(2))
            return _beside(one, two, random, least)
        if self._mix.uneven and random.random() < self._mix.uneven:
            return self._uneven(random)
        one = _crop(self._digit(random)[0])
        two = _crop(self._letter(random) if random.random() < 0.15 else self._digit(random)[0])
        if random.random() < 0.25:  # most of the second one
            two = two[:, : max(2, round(float(random.uniform(0.5, 0.85)) * two.shape[1]))]
        if random.random() < 0.15:  # one above the other
            return np.ascontiguousarray(_beside(one.T, two.T, random, least).T)
        return _beside(one, two, random, least)

    def _slim(self, random: Random) -> Ink:
        """A digit that with another such beside it is as wide as one."""
        return self._one_of((0, 1, 7), random)

    def _uneven(self, random: Random) -> Ink:
        """A digit with a smaller one at its foot, as a low 0 behind a 6."""
        large = _crop(self._one_of(NO_STICKS, random))  # a stick and a low 0 may be a 6
        small = self._one_of((0,) if random.random() < 0.5 else NO_STICKS, random)
        small = _crop(tie(small, random) if random.random() < self._mix.tied else small)
        size = float(random.uniform(0.45, 0.85)) * large.shape[0] / max(small.shape)
        size = max(size, 1 / min(small.shape))
        small = cv2.resize(small, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        lower = round(float(random.uniform(-0.15, 0.3)) * small.shape[0])
        above = large.shape[0] - small.shape[0] - lower
        beside = np.zeros((max(large.shape[0], above + small.shape[0]), small.shape[1]), np.float32)
        _paste(beside, small, max(0, above), 0)
        one, two = (large, beside) if random.random() < 0.8 else (beside, large)
        gap = round(float(random.uniform(-0.25, 0.1)) * small.shape[1])
        return _abreast(one, two, gap)

    def _one_of(self, labels: tuple[int, ...], random: Random) -> Ink:
        while True:
            ink, label = self._digit(random)
            if label in labels:
                return ink

    def _half(self, random: Random) -> Ink:
        """A digit cut in two, where neither half is another digit."""
        while True:
            ink, label = self._digit(random)
            side = HALVES[label]
            if side:
                break
        ink = _crop(ink)
        height, width = ink.shape
        keep = random.uniform(0.3, 0.6)
        match side[int(random.integers(len(side)))]:
            case "left":
                return ink[:, : max(2, round(keep * width))]
            case "right":
                return ink[:, -max(2, round(keep * width)) :]
            case "top":
                return ink[: max(2, round(keep * height))]
            case _:
                return ink[-max(2, round(keep * height)) :]

    def _turned(self, random: Random) -> Ink:
        """A digit mirrored or turned, where that is no digit any more."""
        while True:
            ink, label = self._digit(random)
            ways = TURNS[label]
            if label == 9 and self._mix.latin:
                ways = tuple(way for way in ways if way != "mirror")
            if ways:
                break
        match ways[int(random.integers(len(ways)))]:
            case "mirror":
                return np.ascontiguousarray(ink[:, ::-1])
            case "flip":
                return np.ascontiguousarray(ink[::-1])
            case "half":
                return np.ascontiguousarray(ink[::-1, ::-1])
            case _:
                return np.ascontiguousarray(np.rot90(ink, random.choice([1, 3])))


NO_STICKS = (0, 2, 3, 4, 5, 6, 8, 9)

# The halves and turns of a digit that nobody takes for a digit.
HALVES: tuple[tuple[str, ...], ...] = (
    ("top", "bottom"),
    (),
    ("top", "left", "right"),
    ("left", "top", "bottom"),
    ("top", "left"),
    ("bottom", "left", "right"),
    ("left", "right"),
    ("left",),
    ("left",),
    ("left",),
)
TURNS: tuple[tuple[str, ...], ...] = (
    (),
    ("quarter",),
    ("quarter",),
    ("mirror", "half", "quarter"),
    ("half", "flip", "quarter"),
    ("quarter",),
    ("mirror", "quarter"),
    ("mirror", "half", "flip"),
    (),
    ("mirror", "flip", "quarter"),
)


def _one_hot(label: int) -> Target:
    return np.asarray(np.eye(CLASSES, dtype=np.float32)[label], np.float32)


def _crop(ink: Ink) -> Ink:
    seen = ink > VISIBLE * ink.max()
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        return np.ones((2, 2), np.float32)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def picture(ink: Ink, random: Random, moved: float = 0.0) -> NDArray[np.uint8]:
    """What `normalize` makes of a mark, sometimes a pixel beside its place.

    A share `moved` becomes larger or smaller besides, and lies between the pixels: how much of a
    stroke's edge counts as ink, and so how large its digit is in the picture, differs from source
    to source.
    """
    return _placed(normalize(_crop(ink)), random, moved)


def _placed(picture: Ink, random: Random, moved: float) -> NDArray[np.uint8]:
    if random.random() < 0.3:
        down, right = random.integers(-1, 2, 2)
        picture = np.roll(picture, (int(down), int(right)), (0, 1))
    if moved and random.random() < moved:
        picture = _moved(picture, random)
    return np.asarray(np.rint(picture * 255), np.uint8)


def _moved(picture: Ink, random: Random) -> Ink:
    scale = random.uniform(0.9, 1.06)
    shift = random.uniform(-0.5, 0.5, 2) + (1 - scale) * (picture.shape[0] - 1) / 2
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    return np.asarray(cv2.warpAffine(picture, matrix, picture.shape), np.float32)


def _paste(ink: Ink, piece: Ink, top: int, left: int) -> None:
    """Put a piece on a canvas where they overlap, keeping the darker ink."""
    height = min(piece.shape[0], ink.shape[0] - top)
    width = min(piece.shape[1], ink.shape[1] - left)
    if height > 0 and width > 0:
        part = ink[top : top + height, left : left + width]
        np.maximum(part, piece[:height, :width], out=part)


def _beside(one: Ink, two: Ink, random: Random, least: float) -> Ink:
    """Two marks beside each other; a width counts as `least` of the height at least."""
    height = max(one.shape[0], two.shape[0])
    unit = max(min(one.shape[1], two.shape[1]), least * height)
    gap = round(float(random.uniform(-0.15, 0.35)) * unit)
    tops = [int(random.integers(0, height - mark.shape[0] + 1)) for mark in (one, two)]
    return _abreast(one, two, gap, *tops)


def _abreast(one: Ink, two: Ink, gap: int, top: int = 0, other_top: int = 0) -> Ink:
    """Two marks with columns between them, or that they share where `gap` is negative."""
    width = one.shape[1] + max(gap, 1 - one.shape[1]) + two.shape[1]
    canvas = np.zeros((max(one.shape[0], two.shape[0]), width), np.float32)
    _paste(canvas, one, top, 0)
    _paste(canvas, two, other_top, width - two.shape[1])
    return canvas


def _scribble(random: Random) -> Ink:
    """One to four strokes through random points."""
    strokes = []
    for _ in range(random.integers(1, 5)):
        corners = random.uniform(0, 1, (int(random.integers(3, 9)), 2)).astype(np.float32)
        strokes.append(smooth(corners) if random.random() < 0.7 else corners)
    if len(strokes) == 1:  # too simple a curve may be a digit
        strokes.append(smooth(random.uniform(0, 1, (6, 2)).astype(np.float32)))
    return draw(strokes, random, FREE)


def _dash_or_dot(random: Random) -> Ink:
    canvas = np.zeros((SIDE, SIDE), np.float32)
    centre = (SIDE // 2, SIDE // 2)
    axes = (int(random.integers(3, 26)), int(random.integers(2, 7)))
    if random.random() < 0.5:
        axes = (axes[1], max(2, round(axes[1] * random.uniform(0.7, 1.2))))
    cv2.ellipse(canvas, centre, axes, float(random.normal(0, 8)), 0, 360, 1.0, -1, cv2.LINE_8)
    return canvas


def _stain(random: Random) -> Ink:
    """Blotches of no shape, as texture and shadow leave them."""
    noise = random.standard_normal((SIDE, SIDE), np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), random.uniform(1.5, 6))
    return np.asarray(
        np.clip((soft - random.uniform(0, 1) * soft.std()) / (2 * soft.std()), 0, 1), np.float32
    )
