"""Data sets: where digits to learn from come from, and how they are split."""

import hashlib
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.engine import CLASSES, import_keras
from training.errors import DataError

MNIST_KEYS = ("x_train", "y_train", "x_test", "y_test")
# SHA-256 of the four arrays' bytes in this order: file formats differ, MNIST does not.
MNIST_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Images of one digit each, and which digit it is."""

    images: NDArray[np.uint8]  # (n, h, w) grey levels
    labels: NDArray[np.int64]  # (n,) 0 to 9

    def __len__(self) -> int:
        """How many."""
        return len(self.labels)

    def take(self, index: NDArray[np.intp] | slice) -> "LabelledImages":
        """The digits at these places."""
        return LabelledImages(self.images[index], self.labels[index])


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


def load_mnist(file: Path | None, *, validation_share: float, seed: int) -> Dataset:
    """MNIST, from `file` (an npz with Keras's keys) or downloaded by Keras, a part held out.

    Raises DataError where there is no file, no network, or another data set than MNIST.
    """
    arrays = _read_npz(file) if file else _download()
    checksum = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
    if checksum != MNIST_SHA256:
        raise DataError(
            f"{file.name if file else 'The download'} is not MNIST: the SHA-256 of its arrays is "
            f"{checksum[:12]}..., MNIST's is {MNIST_SHA256[:12]}...; get mnist.npz again."
        )
    x_train, y_train, x_test, y_test = arrays
    everything = LabelledImages(x_train, y_train.astype(np.int64))
    train, validation = split(everything, validation_share, seed)
    return Dataset(
        name="MNIST",
        source="LeCun, Cortes and Burges, The MNIST database of handwritten digits",
        licence="CC BY-SA 3.0",
        sha256=checksum,
        train=train,
        validation=validation,
        test=LabelledImages(x_test, y_test.astype(np.int64)),
    )


def split(digits: LabelledImages, share: float, seed: int) -> tuple[LabelledImages, LabelledImages]:
    """Hold out a share of every class: (the rest, the share held out), both shuffled."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(digits))
    held_out = np.zeros(len(digits), bool)
    for label in range(CLASSES):
        places = order[digits.labels[order] == label]
        held_out[places[: round(share * len(places))]] = True
    return digits.take(order[~held_out[order]]), digits.take(order[held_out[order]])


def limit(dataset: Dataset, n: int) -> Dataset:
    """The first `n` digits to train on and as many to test on at most, for a quick try."""
    part = slice(0, n)
    return replace(
        dataset,
        name=f"{dataset.name}, first {n} of each part",
        train=dataset.train.take(part),
        validation=dataset.validation.take(part),
        test=dataset.test.take(part),
    )


def _read_npz(file: Path) -> list[NDArray[np.uint8]]:
    try:
        with file.open("rb") as content, np.load(content, allow_pickle=False) as npz:
            return [npz[key] for key in MNIST_KEYS]
    except FileNotFoundError:
        raise DataError(
            f"{file} does not exist; --data takes an mnist.npz as Keras publishes it."
        ) from None
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        TypeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise DataError(
            f"{file.name} cannot be read as an mnist.npz with the arrays {', '.join(MNIST_KEYS)}."
        ) from error


def _download() -> list[NDArray[np.uint8]]:
    import_keras()
    from keras.datasets import mnist

    try:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    except Exception as error:  # what Keras raises for a failed download
        raise DataError(
            "MNIST cannot be downloaded; check the network, or name a local copy with "
            "--data mnist.npz."
        ) from error
    return [x_train, y_train, x_test, y_test]
