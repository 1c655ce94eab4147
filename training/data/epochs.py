"""What a network learns from, epoch by epoch, or is judged on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.data.dataset import LabelledImages
from training.data.preprocess import prepare

Targets = NDArray[np.float32]  # (n, 10) probabilities to learn


def one_hot(labels: NDArray[np.int64]) -> Targets:
    """(n,) labels to (n, 10)."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def as_inputs(pictures: NDArray[Any]) -> NDArray[np.float32]:
    """Pictures of a feed, (n, 28, 28), as Keras takes them: (n, 28, 28, 1) float32 in [0, 1]."""
    inputs = pictures[..., np.newaxis].astype(np.float32)
    if pictures.dtype == np.uint8:
        inputs /= 255
    return inputs


@dataclass(frozen=True, eq=False)
class Examples:
    """Pictures as a network sees them, and which digits they show."""

    pixels: NDArray[np.float32]  # (n, 28, 28) in [0, 1], ink bright
    labels: NDArray[np.int64]  # (n,)

    @classmethod
    def of(cls, digits: LabelledImages) -> "Examples":
        """Preprocess images with the stages of a reading, unless they are preprocessed already."""
        if digits.preprocessed:
            return cls(np.multiply(digits.images, 1 / 255, dtype=np.float32), digits.labels)
        return cls(prepare(digits.images), digits.labels)

    @property
    def inputs(self) -> NDArray[np.float32]:
        """(n, 28, 28, 1), as Keras takes them."""
        return self.pixels[..., np.newaxis]

    @property
    def one_hot(self) -> Targets:
        """(n, 10)."""
        return one_hot(self.labels)


class EpochSource(Protocol):
    """Where an epoch's examples come from."""

    @property
    def count(self) -> int:
        """How many examples an epoch has."""

    def epoch(self, number: int) -> tuple[NDArray[Any], Targets]:
        """Pictures (n, 28, 28) and targets (n, 10) of epoch `number`, counted from 0.

        They are shown in this order, which the number decides, so that a training can be taken up
        at any epoch. uint8 pictures are in 0 to 255, others in 0 to 1.
        """


@dataclass(frozen=True, eq=False)
class ShuffledEpochs:
    """The plain way: the training digits again and again, each time in another order."""

    examples: Examples
    seed: int
    weights: NDArray[np.float64] | None = None  # (n,) how often each is shown
    balanced: bool = False  # every ten examples in a row show ten digits
    targets: Callable[[NDArray[np.int64]], Targets] = one_hot

    @property
    def count(self) -> int:
        """As many as there are."""
        return len(self.examples.labels)

    def epoch(self, number: int) -> tuple[NDArray[np.float32], Targets]:
        """The digits in the order of this epoch."""
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
        """`count` of these places: by weight, else each as often as another."""
        if self.weights is not None:
            shares = self.weights[places] / self.weights[places].sum()
            return random.choice(places, count, p=shares)
        rounds = -(-count // len(places))
        return np.concatenate([random.permutation(places) for _ in range(rounds)])[:count]
