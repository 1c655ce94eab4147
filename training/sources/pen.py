"""Pen strokes on a tablet, which can be rendered with any pen."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from model.strokes import Stroke as PenStroke
from model.strokes import render_strokes
from training.augment.stroke_templates import Stroke
from training.data.dataset import fingerprint
from training.data.preprocess import Preprocess, to_bytes
from training.errors import DataError
from training.sources import uci_pen_digits
from training.sources.guard import read_at_most, readable
from training.sources.unsplit import Collection, labelled

LAST_TRAINING_WRITER = 24  # of 30; the digits of the later ones validate
# As images the strokes are drawn this long, with a pen that gives the width of MNIST's strokes.
IMAGE_LENGTH, PEN_WIDTH, MARGIN = 120, 14, 20  # pixels
MAX_PEN_BYTES = 100_000_000  # of a file
MAX_WRITER, MAX_COORDINATE = 2**31, 1e6


@dataclass(frozen=True, eq=False)
class PenDigits:
    """Strokes of one digit each, their labels and writers."""

    strokes: list[list[Stroke]]
    labels: NDArray[np.int64]  # (n,) 0 to 9
    writers: NDArray[np.int64]  # (n,)
    sha256: str = ""
    name: str = "Pen-Based Recognition of Handwritten Digits, original strokes"
    source: str = "Alpaydin and Alimoglu, UCI Machine Learning Repository"
    licence: str = "CC BY 4.0"

    def __len__(self) -> int:
        """Return the number of digits."""
        return len(self.labels)

    def identify(self) -> NDArray[np.uint64]:
        """Return the fingerprints (n,) of the strokes, however they are rendered."""
        contents = [
            b"|".join(np.asarray(stroke, np.float32).tobytes() for stroke in strokes)
            for strokes in self.strokes
        ]
        return np.array([fingerprint(content) for content in contents], np.uint64)

    def of(self, chosen: NDArray[np.bool_]) -> "PenDigits":
        """Return the digits where `chosen`, (n,), is true."""
        places = np.flatnonzero(chosen)
        strokes = [self.strokes[place] for place in places]
        return PenDigits(strokes, self.labels[places], self.writers[places], self.sha256)


def load_pen(files: Sequence[Path]) -> tuple[PenDigits, PenDigits]:
    """Load digits to train on and, by other writers, to validate on.

    From JSON files, lists of `{"label", "writer", "strokes": [[[x, y], ...], ...]}` with y
    downwards, or without any downloaded from the UCI repository. Raises DataError if that fails.
    """
    digits = read_pen(files)
    train = digits.of(digits.writers <= LAST_TRAINING_WRITER)
    validation = digits.of(digits.writers > LAST_TRAINING_WRITER)
    if not len(train) or not len(validation):
        raise DataError(
            f"The strokes need writers up to {LAST_TRAINING_WRITER} to train on and later ones to "
            "validate on; name all files of the set."
        )
    return train, validation


def read_pen(files: Sequence[Path]) -> PenDigits:
    """Read all digits of JSON files or of files of the UCI repository; without any, download them.

    The repository's file with eight points a digit does not separate strokes or writers. Raises
    DataError if a file is missing or damaged.
    """
    records = (
        [record for file in files for record in _read_records(file)]
        if files
        else uci_pen_digits.download()
    )
    return PenDigits(
        [[np.array(stroke, np.float32) for stroke in r["strokes"]] for r in records],
        np.array([r["label"] for r in records], np.int64),
        np.array([r["writer"] for r in records], np.int64),
        _checksum(records),
    )


def render_pen_digits(pen: PenDigits, preprocess: Preprocess) -> Collection:
    """Render the strokes with one pen, for recipes that learn from images."""
    images = [_render(strokes, preprocess) for strokes in pen.strokes]
    return Collection(
        name=pen.name,
        source=pen.source,
        licence=pen.licence,
        sha256=pen.sha256,
        digits=labelled(images, pen.labels.tolist(), pen.identify().tolist()),
        writers=pen.writers,
    )


def _render(strokes: list[Stroke], preprocess: Preprocess) -> NDArray[np.uint8]:
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = IMAGE_LENGTH / max(float((high - low).max()), 1e-6)
    placed = [PenStroke((stroke - low) * scale + MARGIN, PEN_WIDTH) for stroke in strokes]
    width, height = np.ceil((high - low) * scale).astype(int) + 2 * MARGIN
    ink, _ = render_strokes(placed, (int(width), int(height)))
    pixels = preprocess(255 - to_bytes(ink))
    assert pixels is not None  # noqa: S101  every digit has a stroke
    return to_bytes(pixels)


def _checksum(records: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of labels, writers and strokes, whatever file they came in."""
    lines = sorted(json.dumps([r["label"], r["writer"], r["strokes"]]) for r in records)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def is_pen_file(file: Path) -> bool:
    """Return whether a file is one of strokes, by its name."""
    return file.suffix == ".json" or bool(uci_pen_digits.FILE_NAME.search(file.name))


def _read_records(file: Path) -> list[dict[str, Any]]:
    if file.suffix != ".json":
        records, what = uci_pen_digits.read_uci(file), "pen strokes of the UCI repository"
    else:
        what = "a list of digits with label, writer and strokes"
        with readable(file, what):
            with file.open("rb") as content:
                records = json.loads(read_at_most(content, MAX_PEN_BYTES))
            records = list(records)
    with readable(file, what):
        for record in records:
            _check_record(record)
    return records


def _check_record(record: dict[str, Any]) -> None:
    """Raise one of `PARSER_ERRORS` for what is not a digit with label, writer and strokes."""
    label, writer, strokes = record["label"], record["writer"], record["strokes"]
    if type(label) is not int or label not in range(CLASSES):
        raise ValueError(label)
    if type(writer) is not int or not 0 <= writer <= MAX_WRITER or not strokes:
        raise ValueError(writer)
    for stroke in strokes:
        points = np.array(stroke, np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise ValueError(stroke)
        if not (np.abs(points) <= MAX_COORDINATE).all():  # "not <=" because it may be NaN
            raise ValueError(stroke)
