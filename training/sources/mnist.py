"""MNIST: as Keras's npz, as the four IDX files of its authors, or downloaded."""

import gzip
import hashlib
import io
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from model.network.load import import_keras
from training.data.dataset import Dataset, LabelledImages, split
from training.errors import DataError
from training.sources.guard import read_at_most, readable

KEYS = ("x_train", "y_train", "x_test", "y_test")
# SHA-256 of the four arrays' bytes in this order: file formats differ, MNIST does not.
SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
IDX = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
UNSIGNED_BYTES = 8  # the third byte of an IDX file
MAX_ARRAY_BYTES = 60_000 * 28 * 28 + 10_000  # of one array with its header


def load_mnist(path: Path | None, *, validation_share: float, seed: int) -> Dataset:
    """Load MNIST from an npz with Keras's keys, from a folder of IDX files, or by a download.

    A part of the 60,000 training digits is held out; the 10,000 test digits are MNIST's own.
    Raises DataError if there is no file, no network, or another data set than MNIST.
    """
    digits, test = read_mnist(path)
    train, validation = split(digits, validation_share, seed)
    return mnist_dataset(train, validation, test)


def mnist_dataset(
    train: LabelledImages, validation: LabelledImages, test: LabelledImages
) -> Dataset:
    """Return MNIST in three parts, with its origin."""
    return Dataset(
        name="MNIST",
        source="LeCun, Cortes and Burges, The MNIST database of handwritten digits",
        licence="CC BY-SA 3.0",
        sha256=SHA256,
        train=train,
        validation=validation,
        test=test,
    )


def read_mnist(path: Path | None) -> tuple[LabelledImages, LabelledImages]:
    """Return the 60,000 training and the 10,000 test digits in their own order.

    From the files that `load_mnist` takes; raises DataError as it does.
    """
    arrays = _read_arrays(path)
    checksum = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
    if checksum != SHA256:
        raise DataError(
            f"{path.name if path else 'The download'} is not MNIST: the SHA-256 of its arrays is "
            f"{checksum[:12]}..., MNIST's is {SHA256[:12]}...; get mnist.npz again."
        )
    x_train, y_train, x_test, y_test = arrays
    return (
        LabelledImages(x_train, y_train.astype(np.int64)),
        LabelledImages(x_test, y_test.astype(np.int64)),
    )


def idx_files(folder: Path) -> list[Path]:
    """Return the four IDX files in a folder, packed or not, in the order of `KEYS`, or none."""
    found = [_idx_file(folder, name) for name in IDX]
    return [file for file in found if file] if all(found) else []


def _idx_file(folder: Path, name: str) -> Path | None:
    # Some copies have a dot before idx, as if that were a suffix.
    names = [n + end for n in (name, name.replace("-idx", ".idx")) for end in ("", ".gz")]
    return next((folder / n for n in names if (folder / n).is_file()), None)


def _read_arrays(path: Path | None) -> Sequence[NDArray[np.uint8]]:
    if path is None:
        return _download()
    return [_read_idx(file) for file in idx_files(path)] if path.is_dir() else _read_npz(path)


def _read_npz(file: Path) -> list[NDArray[np.uint8]]:
    what = f"an mnist.npz as Keras publishes it, with the arrays {', '.join(KEYS)}"
    with readable(file, what), zipfile.ZipFile(file) as archive:
        return [_read_npy(archive, f"{key}.npy") for key in KEYS]


def _read_npy(archive: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    """An array of bytes; the header is checked before memory is taken for what it promises."""
    with archive.open(name) as member:
        content = read_at_most(member, MAX_ARRAY_BYTES)
    stream = io.BytesIO(content)
    read_header = (
        npy.read_array_header_1_0 if npy.read_magic(stream) == (1, 0) else npy.read_array_header_2_0
    )
    shape, is_fortran, dtype = read_header(stream)
    if dtype != np.uint8 or is_fortran or min(shape, default=0) < 0:
        raise ValueError("another type")
    return np.frombuffer(content, np.uint8, math.prod(shape), stream.tell()).reshape(shape)


def _read_idx(file: Path) -> NDArray[np.uint8]:
    """An array of bytes: two zeros, the type, the number of axes, their lengths, the bytes."""
    with readable(file, "an IDX file of MNIST"):
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            content = read_at_most(stream, MAX_ARRAY_BYTES)
        if content[:3] != bytes((0, 0, UNSIGNED_BYTES)):
            raise ValueError("another type")
        axes = content[3]
        shape = np.frombuffer(content, ">u4", axes, offset=4)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(tuple(shape))


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
