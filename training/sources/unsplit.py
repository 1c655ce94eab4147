"""Digits that come as one heap: read, judged for gaps, and parted for training and testing."""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from model.errors import ImageError
from model.image.decode import decode
from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from model.settings import Limits
from training.data.dataset import Dataset, LabelledImages, split
from training.data.preprocess import Preprocess
from training.errors import DataError

TEST_SHARE = 0.15  # of a heap; what remains is parted as MNIST's training digits are
FEWEST = 3  # of a digit: one to learn from, one to validate and one to test on


@dataclass(frozen=True, eq=False)
class LabelledFile:
    """A file with the image of one digit, which is read when its turn comes."""

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
    writers: NDArray[np.int64] | None = None  # (n,) where that is known
    notes: tuple[str, ...] = ()  # a sentence for each thing that was left out

    def part(self, *, validation_share: float, test_share: float, seed: int) -> Dataset:
        """Split it: nobody's digits on two sides where the writers are known, else every class.

        Raises DataError where a digit is missing or there are too few of it.
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
        """All of it to test on."""
        nothing = self.digits.take(slice(0, 0))
        return self._dataset(nothing, nothing, self.digits)

    def _dataset(
        self, train: LabelledImages, validation: LabelledImages, test: LabelledImages
    ) -> Dataset:
        told = (self.name, self.source, self.licence, self.sha256)
        return Dataset(*told, train, validation, test, notes=self.notes)

    def _by_writer(
        self, places: NDArray[np.intp], share: float, seed: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        assert self.writers is not None  # noqa: S101  `part` has seen to it
        writers = np.random.default_rng(seed).permutation(np.unique(self.writers[places]))
        share = share if share < 1 else share / len(places)
        count = min(max(1, round(share * len(writers))), len(writers) - 1)
        apart = np.isin(self.writers[places], writers[:count])
        return places[~apart], places[apart]


def check_classes(name: str, digits: LabelledImages, fewest: int = 1) -> None:
    """Raise DataError where a digit from 0 to 9 is missing or there are too few of it."""
    counts = digits.per_class
    missing = [str(digit) for digit, n in enumerate(counts) if n == 0]
    if missing:
        raise DataError(f"{name} has no image of {in_words(missing)}; it needs some of each digit.")
    scarce = min(range(CLASSES), key=lambda digit: counts[digit])
    if counts[scarce] < fewest:
        raise DataError(
            f"{name} has {counts[scarce]} images of {scarce}; it needs at least {fewest} of each "
            "digit, to learn from, to validate and to test on."
        )


def in_words(words: list[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def read_images(
    files: Iterable[LabelledFile], prepare: Preprocess
) -> tuple[LabelledImages, str, tuple[str, ...]]:
    """Prepared pictures, the SHA-256 of what was read, and a sentence for each file left out.

    The checksum is that of the contents and their labels, whatever the files are called.
    """
    pictures: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    names: list[str] = []
    contents: list[str] = []
    notes: list[str] = []
    for file in files:
        try:
            content = file.read(Limits.configured().max_bytes + 1)
            picture = prepare(decode(content, name=file.name))
        except ImageError as error:
            notes.append(str(error))
            continue
        except (OSError, BadZipFile, zlib.error) as error:
            notes.append(f"{file.name} cannot be opened: {error}.")
            continue
        if picture is None:
            notes.append(f"{file.name} shows no ink.")
            continue
        pictures.append(as_bytes(picture))
        labels.append(file.label)
        names.append(file.name)
        contents.append(f"{file.label} {hashlib.sha256(content).hexdigest()}")
    checksum = hashlib.sha256("\n".join(sorted(contents)).encode()).hexdigest()
    digits = replace(labelled(pictures, labels), names=np.array(names, np.str_))
    return digits, checksum, tuple(notes)


def labelled(pictures: list[NDArray[np.uint8]], labels: list[int]) -> LabelledImages:
    """Prepared pictures as one array."""
    stacked = np.stack(pictures) if pictures else np.zeros((0, SIDE, SIDE), np.uint8)
    return LabelledImages(stacked, np.array(labels, np.int64), preprocessed=True)


def as_bytes(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Pictures in [0, 1] as grey levels."""
    return np.rint(255 * pixels).astype(np.uint8)
