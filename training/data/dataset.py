"""Sets of digits, and how they are split."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.errors import DataError


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images of one digit each, and which digit it is."""

    images: NDArray[np.uint8]  # (n, h, w) grey levels
    labels: NDArray[np.int64]  # (n,) 0 to 9
    prepared: bool = False  # the images are already 28x28 as a network sees them, ink bright
    weights: NDArray[np.float64] | None = None  # (n,) how often each is shown; None: all alike
    names: NDArray[np.str_] | None = None  # (n,) of the files that they came from, where known

    def __len__(self) -> int:
        """How many."""
        return len(self.labels)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "LabelledImages":
        """The digits at these places."""
        return replace(
            self,
            images=self.images[index],
            labels=self.labels[index],
            weights=None if self.weights is None else self.weights[index],
            names=None if self.names is None else self.names[index],
        )

    @property
    def per_class(self) -> list[int]:
        """How many of each digit, 0 to 9."""
        return [int(n) for n in np.bincount(self.labels, minlength=CLASSES)]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A named set of digits in three parts, with what its users must be told."""

    name: str
    source: str
    licence: str
    sha256: str
    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages
    weight: float | None = None  # its share of an epoch among the sources of a mixture
    notes: tuple[str, ...] = ()  # a sentence for each thing that was left out
    sources: tuple["Dataset", ...] = ()  # what a mixture was made of

    @property
    def described(self) -> list[dict[str, object]]:
        """Every source, as a card tells it."""
        if self.sources:
            return [told for source in self.sources for told in source.described]
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        told: dict[str, object] = {
            "name": self.name,
            "source": self.source,
            "licence": self.licence,
            "sha256": self.sha256,
            "counts": {name: len(part) for name, part in parts.items()},
            "per_class": {name: part.per_class for name, part in parts.items()},
        }
        if self.weight is not None:
            told["weight"] = self.weight
        return [told]


def split(digits: LabelledImages, share: float, seed: int) -> tuple[LabelledImages, LabelledImages]:
    """Hold out a share of every class: (the rest, the share held out), both shuffled.

    At least one of each is held out, unless it is the only one. A share of 1 or more is the number
    of digits to hold out. Raises DataError if there are fewer.
    """
    order = np.random.default_rng(seed).permutation(len(digits))
    labels = digits.labels[order]
    counts = np.bincount(labels, minlength=CLASSES)
    if share < 1:
        sizes = np.maximum(np.rint(share * counts).astype(np.int64), counts > 1)
    else:
        if share >= len(digits):
            raise DataError(
                f"{share:,.0f} digits shall be held out to validate on, "
                f"but there are only {len(digits):,}."
            )
        sizes = _with_total(counts * (share / len(digits)), round(share))
    held_out = np.zeros(len(digits), bool)
    for label, size in enumerate(sizes):
        held_out[np.flatnonzero(labels == label)[:size]] = True
    return digits.take(order[~held_out]), digits.take(order[held_out])


def _with_total(wanted: NDArray[Any], total: int) -> NDArray[np.int64]:
    """Whole numbers near the wanted ones with this sum, by largest remainders."""
    sizes: NDArray[np.int64] = np.floor(wanted).astype(np.int64)
    sizes[np.argsort(sizes - wanted, kind="stable")[: total - int(sizes.sum())]] += 1
    return sizes


def limit(dataset: Dataset, n: int) -> Dataset:
    """The first `n` digits to train on and as many to test on at most, for a quick try."""
    part = slice(0, n)
    return replace(
        dataset,
        name=f"{dataset.name}, first {n} of each part",
        train=dataset.train.take(part),
        validation=dataset.validation.take(part),
        test=dataset.test.take(part),
        sources=(),
    )
