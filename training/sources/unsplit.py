"""Sources without a test set of their own: read, checked for missing digits, and split."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.errors import ImageError
from model.image.decode import decode
from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from model.settings import Limits
from training.data.dataset import Dataset, LabelledImages, fingerprint, split
from training.data.preprocess import Preprocess, to_bytes
from training.errors import DataError
from training.sources.guard import PARSER_ERRORS

TEST_SHARE = 0.15  # of such a source; the rest is split as MNIST's training digits are
FEWEST = 3  # images of a digit: one to train, one to validate and one to test on


@dataclass(frozen=True, eq=False)
class LabelledFile:
    """A file with the image of one digit, not read yet."""

    name: str
    label: int
    read: Callable[[int], bytes]  # that many bytes at most


@dataclass(frozen=True, eq=False)
class Collection:
    """All digits of a source that has no test set of its own."""

    name: str
    source: str
    licence: str
    sha256: str
    digits: LabelledImages  # preprocessed
    writers: NDArray[np.int64] | None = None  # (n,) if known
    notes: tuple[str, ...] = ()  # a sentence for each thing that was left out

    def split(self, *, validation_share: float, test_share: float, seed: int) -> Dataset:
        """Split by writer if they are known, so that no writer is in two parts, else by class.

        Raises DataError if a digit is missing or there are too few of it.
        """
        if self.writers is not None and len(np.unique(self.writers)) >= FEWEST:
            rest, test = self._by_writer(np.arange(len(self.digits)), test_share, seed)
            train, validation = self._by_writer(rest, validation_share, seed)
            take = self.digits.take
            return self._dataset(take(train), take(validation), take(test))
        check_classes(self.name, self.digits, FEWEST)
        most, test_part = split(self.digits, test_share, seed)
        return self._dataset(*split(most, validation_share, seed), test_part)

    def as_test(self) -> Dataset:
        """Return all of it as a test set."""
        nothing = self.digits.take(slice(0, 0))
        return self._dataset(nothing, nothing, self.digits)

    def _dataset(
        self, train: LabelledImages, validation: LabelledImages, test: LabelledImages
    ) -> Dataset:
        origin = (self.name, self.source, self.licence, self.sha256)
        return Dataset(*origin, train, validation, test, notes=self.notes)

    def _by_writer(
        self, places: NDArray[np.intp], share: float, seed: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Split places into those of most writers and those of the others, about `share`."""
        assert self.writers is not None  # noqa: S101  `split` has checked it
        writers = np.random.default_rng(seed).permutation(np.unique(self.writers[places]))
        share = share if share < 1 else share / len(places)
        count = min(max(1, round(share * len(writers))), len(writers) - 1)
        held_out = np.isin(self.writers[places], writers[:count])
        return places[~held_out], places[held_out]


def check_classes(name: str, digits: LabelledImages, fewest: int = 1) -> None:
    """Raise DataError if a digit from 0 to 9 is missing or there are too few of it."""
    counts = digits.per_class
    missing = [str(digit) for digit, n in enumerate(counts) if n == 0]
    if missing:
        raise DataError(
            f"{name} has no image of {enumerate_words(missing)}; it needs some of each digit."
        )
    scarce = min(range(CLASSES), key=lambda digit: counts[digit])
    if counts[scarce] < fewest:
        raise DataError(
            f"{name} has {counts[scarce]} images of {scarce}; it needs at least {fewest} of each "
            "digit, to train, to validate and to test on."
        )


def enumerate_words(words: Sequence[str]) -> str:
    """Return "one, two and three"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def read_images(
    name: str, files: Iterable[LabelledFile], preprocess: Preprocess
) -> tuple[LabelledImages, str, tuple[str, ...]]:
    """Return preprocessed images, their SHA-256, and a sentence for each file left out.

    The checksum is that of the contents and their labels, whatever the files are called. Raises
    DataError if none of the files of the source `name` can be read.
    """
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    names: list[str] = []
    checksums: list[str] = []
    fingerprints: list[int] = []
    notes: list[str] = []
    most = Limits.configured().max_bytes
    for file in files:
        try:
            content = file.read(most + 1)
        except PARSER_ERRORS as error:
            notes.append(f"{file.name} cannot be opened: {error}.")
            continue
        try:
            pixels = preprocess(decode(content, name=file.name))
        except ImageError as error:
            notes.append(str(error))
            continue
        if pixels is None:
            notes.append(f"{file.name} shows no ink.")
            continue
        images.append(to_bytes(pixels))
        labels.append(file.label)
        names.append(file.name)
        fingerprints.append(fingerprint(content))
        checksums.append(f"{file.label} {hashlib.sha256(content).hexdigest()}")
    if not images:
        raise DataError(f"None of the images in {name} can be read: {notes[0]}")
    checksum = hashlib.sha256("\n".join(sorted(checksums)).encode()).hexdigest()
    digits = replace(labelled(images, labels, fingerprints), names=np.array(names, np.str_))
    return digits, checksum, tuple(notes)


def labelled(
    images: list[NDArray[np.uint8]], labels: list[int], fingerprints: list[int]
) -> LabelledImages:
    """Return preprocessed images, (28, 28) each, as one array with labels."""
    stacked = np.stack(images) if images else np.zeros((0, SIDE, SIDE), np.uint8)
    return LabelledImages(
        stacked,
        np.array(labels, np.int64),
        preprocessed=True,
        fingerprints=np.array(fingerprints, np.uint64),
    )
