"""The sets of labelled images, and work on them on all cores.

A set is `NAME-dev.zip` with `labels.csv` (file,text and perhaps kind) and `images/`; an image whose
text is empty has no digits. MNIST's test digits come from `mnist.npz`.
"""

import csv
import io
import signal
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark.table import SETS
from training.sources.mnist import KEYS as MNIST_KEYS

MNIST_FILE = "mnist.npz"

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Case:
    """One image and the digits on it."""

    content: bytes
    text: str  # of all its text lines, one behind the other
    kind: str = ""  # of image, in a set of several kinds
    lines: int = 1  # text lines


def cases(file: Path) -> list[Case]:
    """Return the images of a zipped set."""
    with zipfile.ZipFile(file) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        return [
            Case(
                archive.read(f"images/{row['file']}"),
                row["text"].replace("\n", ""),
                row.get("kind", ""),
                1 + row["text"].count("\n"),
            )
            for row in rows
        ]


def mnist_digits(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return MNIST's test digits, (10,000, 28, 28), and their labels, (10,000,)."""
    with np.load(folder / MNIST_FILE, allow_pickle=False) as npz:
        return npz[MNIST_KEYS[2]], npz[MNIST_KEYS[3]]


def mnist_cases(folder: Path) -> list[Case]:
    """Return MNIST's test digits as PNG files."""
    return [
        Case(png(image), str(label)) for image, label in zip(*mnist_digits(folder), strict=True)
    ]


def png(image: NDArray[np.uint8]) -> bytes:
    """Return a grey image, (H, W), as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def zipped_sets(folder: Path) -> dict[str, Path]:
    """Return the file of every set that the folder holds, in the order of the tables."""
    files = {name: folder / f"{name}.zip" for name in SETS}
    return {name: file for name, file in files.items() if file.exists()}


def load_sets(folder: Path) -> dict[str, list[Case]]:
    """Return MNIST's test digits and the images of every zipped set.

    Raises FileNotFoundError for a folder that lacks MNIST or all others.
    """
    files = zipped_sets(folder)
    if not files or not (folder / MNIST_FILE).exists():
        raise FileNotFoundError(f"{folder} holds no {MNIST_FILE} and sets *-dev.zip.")
    zipped = {name: cases(file) for name, file in files.items()}
    return {"mnist-test": mnist_cases(folder)} | zipped


def on_all_cores(work: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Yield what `work`, a function of a module, makes of each item, in order."""
    # Spawned, since a forked process would inherit locks held by other threads.
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_begin) as pool:
        yield from pool.map(work, items)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that prints
    cv2.setNumThreads(1)  # the other cores have processes of their own
