"""Training examples, one after the other: 28x28 inputs of digits and non-digits with targets."""

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.augment.characters import CharacterSource, Mixture, WritingSamples
from training.augment.compose import VISIBLE_INK, crop_to_ink, paste, shift_input, to_input
from training.augment.degradations import degrade
from training.augment.non_digits import NonDigitGenerator
from training.augment.render import (
    CANVAS_SIDE,
    CHARACTER_SIZE,
    MILD_STYLE,
    Ink,
    Random,
    add_ligature,
    restyle,
    warp,
)

Target = NDArray[np.float32]  # (10,) probabilities to learn
NON_DIGIT_TARGET: Target = np.full(CLASSES, 1 / CLASSES, np.float32)
NON_DIGIT_DEGRADATION = 0.7  # chance of a degradation, relative to that of a digit


class ExampleGenerator:
    """Generates examples from writing samples; all chance comes from the generator handed in."""

    def __init__(self, samples: WritingSamples, mixture: Mixture) -> None:
        self._mixture = mixture
        self._characters = CharacterSource(samples, mixture)
        self._non_digits = NonDigitGenerator(self._characters, mixture)

    def example(self, random: Random) -> tuple[NDArray[np.uint8], Target]:
        """Return a 28x28 input, 0 to 255 with bright ink, and the (10,) target to learn for it."""
        if random.random() < self._mixture.non_digit:
            ink = degrade(self._non_digits.draw(random), random, share=NON_DIGIT_DEGRADATION)
            return self._input(ink, random), NON_DIGIT_TARGET
        if random.random() < self._mixture.image:
            image, label = self._characters.image(random)
            if random.random() < self._mixture.mild:
                return self._mild(image, random), _one_hot(label)
            ink = restyle(image, random)
        else:
            ink, label = self._characters.stroke_digit(random)
        if label == 0 and self._mixture.ligature and random.random() < self._mixture.ligature:
            ink = add_ligature(ink, random)
        target = _one_hot(label)
        if random.random() < self._mixture.neighbour:
            ink, share = self._with_neighbour(ink, random)
            target = (1 - share) * target + share * NON_DIGIT_TARGET
        return self._input(degrade(ink, random), random), target

    def _input(self, ink: Ink, random: Random) -> NDArray[np.uint8]:
        return to_input(ink, random, self._mixture.jittered)

    def _mild(self, image: NDArray[np.uint8], random: Random) -> NDArray[np.uint8]:
        """The input of a digit that is restyled little or not at all, and not degraded."""
        mixture = self._mixture
        if not mixture.raw or random.random() >= mixture.raw:
            return self._input(restyle(image, random, MILD_STYLE), random)
        if mixture.warped and random.random() < mixture.warped:
            return shift_input(warp(image, random), random, mixture.jittered)
        return self._input(np.asarray(image.astype(np.float32) / 255, np.float32), random)

    def _with_neighbour(self, ink: Ink, random: Random) -> tuple[Ink, float]:
        """Add a part of another digit at one side; how much of the target becomes a non-digit."""
        other = crop_to_ink(self._characters.digit(random)[0])
        turns = int(random.choice([0, 0, 2, 2, 1, 3]))  # mostly left or right
        ink, other = np.rot90(ink, turns), np.rot90(other, turns)
        share = float(random.uniform(0.05, 0.35))
        part = other[:, : max(1, round(share * other.shape[1]))]
        right = int(np.flatnonzero((ink > VISIBLE_INK).any(axis=0))[-1])
        left = right + round(float(random.uniform(-0.05, 0.25)) * CHARACTER_SIZE)
        part = part[:, : max(1, CANVAS_SIDE - left)]
        top = int(random.integers(0, max(1, CANVAS_SIDE - part.shape[0])))
        ink = ink.copy()
        paste(ink, part, top, left)
        return np.ascontiguousarray(np.rot90(ink, -turns)), share


def _one_hot(label: int) -> Target:
    return np.asarray(np.eye(CLASSES, dtype=np.float32)[label], np.float32)
