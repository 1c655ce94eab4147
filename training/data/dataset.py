"""Labelled images of digits, and sets of them in three parts: train, validation and test."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.card import Source
from model.network.runtime import CLASSES
from training.errors import DataError

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images of one digit each, and their labels."""

    images: NDArray[np.uint8]  # (n, h, w) grey levels
    labels: NDArray[np.int64]  # (n,) 0 to 9
    preprocessed: bool = False  # the images are 28x28 inputs of a network already, ink bright
    weights: NDArray[np.float64] | None = None  # (n,) how often each is shown; None: equally often
    names: NDArray[np.str_] | None = None  # (n,) of the files that they came from, if known
    fingerprints: NDArray[np.uint64] | None = None  # (n,) of what they were made of, if not images

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "LabelledImages":
        """Return the images at these places."""
        return replace(
            self,
            images=self.images[index],
            labels=self.labels[index],
            weights=None if self.weights is None else self.weights[index],
            names=None if self.names is None else self.names[index],
            fingerprints=None if self.fingerprints is None else self.fingerprints[index],
        )

    def identify(self) -> NDArray[np.uint64]:
        """Return the fingerprints (n,) by which the digits are recognised in other sources."""
        if self.fingerprints is not None:
            return self.fingerprints
        return np.array([fingerprint(image.tobytes()) for image in self.images], np.uint64)

    @property
    def per_class(self) -> list[int]:
        """The number of images of each digit from 0 to 9."""
        return [int(n) for n in np.bincount(self.labels, minlength=CLASSES)]


def fingerprint(content: bytes) -> int:
    """Return the first 8 bytes of the SHA-256 as a number."""
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "little")


@dataclass(frozen=True, eq=False)
class Dataset:
    """A named set of digits in three parts, with its origin."""

    name: str
    source: str
    licence: str
    sha256: str
    train: LabelledImages
    validation: LabelledImages
    test: LabelledImages
    weight: float | None = None  # share of an epoch among the sources of a mixture
    notes: tuple[str, ...] = ()  # a sentence for each thing that was left out
    sources: tuple["Dataset", ...] = ()  # of a mixture

    @property
    def card_sources(self) -> tuple[Source, ...]:
        """The entries of a model card: one for each source."""
        if self.sources:
            return tuple(entry for source in self.sources for entry in source.card_sources)
        parts: dict[str, LabelledImages] = {name: getattr(self, name) for name in PARTS}
        return (
            Source(
                name=self.name,
                source=self.source,
                licence=self.licence,
                sha256=self.sha256,
                counts={name: len(part) for name, part in parts.items()},
                per_class={name: tuple(part.per_class) for name, part in parts.items()},
                weight=self.weight,
            ),
        )


def split(digits: LabelledImages, share: float, seed: int) -> tuple[LabelledImages, LabelledImages]:
    """Hold out a share of every class; return the rest and the held-out images, both shuffled.

    At least one image of each class is held out, unless it is the only one. A share of 1 or more is
    the number of images to hold out. Raises DataError if there are fewer.
    """
    order = np.random.default_rng(seed).permutation(len(digits))
    labels = digits.labels[order]
    counts = np.bincount(labels, minlength=CLASSES)
    if share < 1:
        sizes = np.maximum(np.rint(share * counts).astype(np.int64), counts > 1)
    else:
        if share >= len(digits):
            raise DataError(
                f"{share:,.0f} digits cannot be held out to validate on: there are only "
                f"{len(digits):,}."
            )
        sizes = _with_total(counts * (share / len(digits)), round(share))
    held_out = np.zeros(len(digits), bool)
    for label, size in enumerate(sizes):
        held_out[np.flatnonzero(labels == label)[:size]] = True
    return digits.take(order[~held_out]), digits.take(order[held_out])


def _with_total(wanted: NDArray[Any], total: int) -> NDArray[np.int64]:
    """Round the wanted numbers so that they sum to `total`, by largest remainders."""
    sizes: NDArray[np.int64] = np.floor(wanted).astype(np.int64)
    sizes[np.argsort(sizes - wanted, kind="stable")[: total - int(sizes.sum())]] += 1
    return sizes


def limit(dataset: Dataset, n: int) -> Dataset:
    """Return a set with at most `n` images of each part, for a quick try.

    Every class keeps its share of a part, and one image at least.
    """
    return replace(
        dataset,
        name=f"{dataset.name}, {n} of each part",
        train=sample(dataset.train, n),
        validation=sample(dataset.validation, n),
        test=sample(dataset.test, n),
        sources=(),
    )


def sample(digits: LabelledImages, n: int) -> LabelledImages:
    """Return the first images of every class, `n` in all, in proportion to the classes.

    Every class has one at least if `n` allows. Their order stays.
    """
    if n >= len(digits):
        return digits
    counts = np.array(digits.per_class)
    least = (counts > 0) * (n >= np.count_nonzero(counts))
    wanted = (counts - least) * ((n - least.sum()) / max(1, len(digits) - least.sum()))
    sizes = least + _with_total(wanted, n - int(least.sum()))
    places = [np.flatnonzero(digits.labels == label)[:size] for label, size in enumerate(sizes)]
    return digits.take(np.sort(np.concatenate(places)))
