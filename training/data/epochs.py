"""Examples: the inputs and labels that a network learns from, epoch by epoch, or is tested on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.data.dataset import LabelledImages
from training.data.preprocess import preprocess_clean_image, preprocess_images

Targets = NDArray[np.float32]  # (n, 10) probabilities to learn


def one_hot(labels: NDArray[np.int64]) -> Targets:
    """Return targets (n, 10) of labels (n,)."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def as_inputs(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Return inputs (n, 28, 28) as Keras takes them: (n, 28, 28, 1) float32 in [0, 1]."""
    inputs = pixels[..., np.newaxis].astype(np.float32)
    if pixels.dtype == np.uint8:
        inputs /= 255
    return inputs


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs of a network and their labels."""

    pixels: NDArray[np.float32]  # (n, 28, 28) in [0, 1], ink bright
    labels: NDArray[np.int64]  # (n,)

    @classmethod
    def of(cls, digits: LabelledImages) -> "Examples":
        """Return the inputs of images; those not preprocessed yet hold nothing but a digit."""
        if digits.preprocessed:
            return cls(np.multiply(digits.images, 1 / 255, dtype=np.float32), digits.labels)
        pixels = preprocess_images(digits.images, preprocess_clean_image)
        return cls(pixels, digits.labels)

    @property
    def inputs(self) -> NDArray[np.float32]:
        """The inputs as Keras takes them, (n, 28, 28, 1)."""
        return self.pixels[..., np.newaxis]

    @property
    def one_hot(self) -> Targets:
        """The labels as targets, (n, 10)."""
        return one_hot(self.labels)


class EpochSource(Protocol):
    """Gives the examples of every epoch."""

    @property
    def count(self) -> int:
        """The number of examples an epoch."""

    def epoch(self, number: int) -> tuple[NDArray[Any], Targets]:
        """Return inputs (n, 28, 28) and targets (n, 10) of an epoch, counted from 0.

        They are shown in this order, which follows from the number, so that a training can resume
        at any epoch. uint8 inputs are in 0 to 255, others in 0 to 1.
        """


@dataclass(frozen=True, eq=False)
class ShuffledEpochs:
    """The training digits as they are, in every epoch in another order."""

    examples: Examples
    seed: int
    weights: NDArray[np.float64] | None = None  # (n,) how often each is shown; None: once
    balanced: bool = False  # ten examples in a row show the ten digits
    targets: Callable[[NDArray[np.int64]], Targets] = one_hot

    @property
    def count(self) -> int:
        """The number of training digits."""
        return len(self.examples.labels)

    def epoch(self, number: int) -> tuple[NDArray[np.float32], Targets]:
        """Return inputs and targets in the order of this epoch."""
        random = np.random.default_rng([self.seed, number])
        order = (self._balanced if self.balanced else self._plain)(random)
        labels = self.examples.labels[order]
        return self.examples.pixels[order], self.targets(labels)

    def _plain(self, random: np.random.Generator) -> NDArray[np.intp]:
        return self._draw(np.arange(self.count), self.count, random)

    def _balanced(self, random: np.random.Generator) -> NDArray[np.intp]:
        of_each = -(-self.count // CLASSES)
        places = [np.flatnonzero(self.examples.labels == digit) for digit in range(CLASSES)]
        drawn = np.stack([self._draw(p, of_each, random) for p in places if len(p)], axis=1)
        return random.permuted(drawn, axis=1).reshape(-1)[: self.count]

    def _draw(
        self, places: NDArray[np.intp], count: int, random: np.random.Generator
    ) -> NDArray[np.intp]:
        """Draw `count` of these places: by weight, else all equally often."""
        if self.weights is not None:
            shares = self.weights[places] / self.weights[places].sum()
            return random.choice(places, count, p=shares)
        repeats = -(-count // len(places))
        return np.concatenate([random.permutation(places) for _ in range(repeats)])[:count]
