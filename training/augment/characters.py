"""Characters to compose examples of: real digits, stroke templates and handwriting fonts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.augment.fonts import HandwritingFonts
from training.augment.render import Ink, Random, render_handwriting, restyle
from training.augment.stroke_templates import (
    DIGIT_TEMPLATES,
    LATIN_TEMPLATES,
    NON_DIGIT_TEMPLATES,
    ONE_STROKE_TEMPLATES,
    RARE_TEMPLATES,
    Stroke,
    parse_strokes,
)


@dataclass(frozen=True, eq=False)
class WritingSamples:
    """Digits that real people wrote: images, and strokes on a tablet."""

    images: NDArray[np.uint8]  # (n, 28, 28) in 0 to 255, ink bright
    labels: NDArray[np.int64]  # (n,)
    strokes: list[list[Stroke]]
    stroke_labels: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None  # (n,) how often each image is drawn; None: equally


@dataclass(frozen=True)
class Mixture:
    """How often each kind of example comes, as chances."""

    non_digit: float = 0.25
    image: float = 0.6  # of the digits, those from images; the others are strokes
    font: float = 0.0  # of the strokes and letters, those of a handwriting font
    template: float = 0.15  # of the other strokes; the others are a real person's
    nib: float = 0.0  # of strokes and letters, by a pen that draws some directions thinner
    one_stroke: float = 0.0  # of the templates
    latin: float = 0.0  # of the other templates
    rare: float = 0.0  # of the other templates
    mild: float = 0.4  # of the images, restyled a little and not degraded
    raw: float = 0.0  # of the mild ones, as sharp as they are
    warped: float = 0.0  # of the raw ones, bent into another writing style
    jittered: float = 0.0  # of all, a little larger or smaller and between the pixels
    neighbour: float = 0.15  # of the other digits, with a part of another one beside them
    ligature: float = 0.0  # of the zeros among them, with a stroke to what is beside them
    letter: float = 0.34  # of the non-digits
    pair: float = 0.22  # of the non-digits
    narrow_pair: float = 0.0  # of the pairs, those that are together as wide as one digit
    uneven_pair: float = 0.0  # of the other pairs, a digit and a smaller one


class CharacterSource:
    """Draws whole, undegraded characters as a mixture asks for them."""

    def __init__(self, samples: WritingSamples, mixture: Mixture) -> None:
        self._samples = samples
        self._mixture = mixture
        self._common, self._rare, self._latin, self._one_stroke = (
            [(parse_strokes(template), label) for template, label in templates]
            for templates in (
                DIGIT_TEMPLATES,
                RARE_TEMPLATES,
                LATIN_TEMPLATES,
                ONE_STROKE_TEMPLATES,
            )
        )
        self._non_digits = [parse_strokes(template) for template in NON_DIGIT_TEMPLATES]
        self._fonts = HandwritingFonts.load()
        self._ends: NDArray[np.float64] | None = None  # of the images, on a line from 0 to 1
        if samples.weights is not None:
            self._ends = np.cumsum(samples.weights) / samples.weights.sum()

    def image(self, random: Random) -> tuple[NDArray[np.uint8], int]:
        """Return a real image of a digit, (28, 28) in 0 to 255, and its label."""
        if self._ends is None:
            place = int(random.integers(len(self._samples.labels)))
        else:
            found = np.searchsorted(self._ends, random.random(), side="right")
            place = min(int(found), len(self._ends) - 1)
        return self._samples.images[place], int(self._samples.labels[place])

    def stroke_digit(self, random: Random) -> tuple[Ink, int]:
        """Return a digit of a font, a template or a tablet on a canvas, and its label."""
        if self._takes_font(random):
            digits = self._fonts.digits
            font, label = int(random.integers(len(digits))), int(random.integers(CLASSES))
            return restyle(digits[font, label], random), label
        if random.random() < self._mixture.template:
            templates = self._templates(random)
            strokes, label = templates[int(random.integers(len(templates)))]
        else:
            place = int(random.integers(len(self._samples.strokes)))
            strokes = self._samples.strokes[place]
            label = int(self._samples.stroke_labels[place])
        return render_handwriting(strokes, random, nib=self._mixture.nib), label

    def digit(self, random: Random) -> tuple[Ink, int]:
        """Return any digit on a canvas, and its label."""
        if random.random() < 0.5:
            return self.stroke_digit(random)
        image, label = self.image(random)
        return restyle(image, random), label

    def digit_among(self, labels: tuple[int, ...], random: Random) -> Ink:
        """Return any digit with one of these labels."""
        while True:
            ink, label = self.digit(random)
            if label in labels:
                return ink

    def letter(self, random: Random) -> Ink:
        """Return a letter or sign that hardly anyone writes like a digit."""
        if self._takes_font(random):
            letters = self._fonts.letters
            return restyle(letters[int(random.integers(len(letters)))], random)
        strokes = self._non_digits[int(random.integers(len(self._non_digits)))]
        return render_handwriting(strokes, random, nib=self._mixture.nib)

    def _takes_font(self, random: Random) -> bool:
        return self._mixture.font > 0 and random.random() < self._mixture.font

    def _templates(self, random: Random) -> list[tuple[list[Stroke], int]]:
        mixture = self._mixture
        for templates, chance in (
            (self._one_stroke, mixture.one_stroke),
            (self._latin, mixture.latin),
            (self._rare, mixture.rare),
        ):
            if chance and random.random() < chance:
                return templates
        return self._common
