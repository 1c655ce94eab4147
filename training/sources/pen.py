"""Digits as the strokes of a pen on a tablet, which can be drawn anew with any pen."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.strokes import Stroke as PenStroke
from model.strokes import render_strokes
from training.augment.stroke_templates import Stroke
from training.data.preprocess import Prepare
from training.errors import DataError
from training.sources import uci
from training.sources.unsplit import Collection, as_bytes, labelled

LAST_TRAINING_WRITER = 24  # of 30; the others' digits validate
# As pictures the strokes are drawn this long with a pen that gives the width of MNIST's strokes.
LENGTH, PEN, MARGIN = 120, 14, 20  # pixels


@dataclass(frozen=True, eq=False)
class PenDigits:
    """Strokes of one digit each, who wrote it, and which digit it is."""

    strokes: list[list[Stroke]]
    labels: NDArray[np.int64]  # (n,) 0 to 9
    writers: NDArray[np.int64]  # (n,)
    sha256: str = ""
    name: str = "Pen-Based Recognition of Handwritten Digits, original strokes"
    source: str = "Alpaydin and Alimoglu, UCI Machine Learning Repository"
    licence: str = "CC BY 4.0"

    def __len__(self) -> int:
        """How many digits."""
        return len(self.labels)

    def of(self, chosen: NDArray[np.bool_]) -> "PenDigits":
        """The digits where `chosen`, (n,), is true."""
        places = np.flatnonzero(chosen)
        strokes = [self.strokes[place] for place in places]
        return PenDigits(strokes, self.labels[places], self.writers[places], self.sha256)


def load_pen(files: Sequence[Path]) -> tuple[PenDigits, PenDigits]:
    """Digits to train on and, by other writers, to validate on.

    From JSON files, lists of `{"label", "writer", "strokes": [[[x, y], ...], ...]}` with y
    downwards, or without any downloaded from the UCI repository. Raises DataError where that fails.
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
    """All digits of JSON files or of files of the UCI repository; without any, downloaded.

    The repository's file with eight points a digit has no strokes to tell apart, and no writers.
    """
    records = [record for file in files for record in _read(file)] if files else uci.download()
    return PenDigits(
        [[np.array(stroke, np.float32) for stroke in r["strokes"]] for r in records],
        np.array([r["label"] for r in records], np.int64),
        np.array([r["writer"] for r in records], np.int64),
        _checksum(records),
    )


def as_pictures(pen: PenDigits, prepare: Prepare) -> Collection:
    """The strokes drawn with one pen, for recipes that learn from pictures."""
    return Collection(
        name=pen.name,
        source=pen.source,
        licence=pen.licence,
        sha256=pen.sha256,
        digits=labelled([_picture(digit, prepare) for digit in pen.strokes], pen.labels.tolist()),
        writers=pen.writers,
    )


def _picture(strokes: list[Stroke], prepare: Prepare) -> NDArray[np.uint8]:
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = LENGTH / max(float((high - low).max()), 1e-6)
    placed = [PenStroke((stroke - low) * scale + MARGIN, PEN) for stroke in strokes]
    width, height = np.ceil((high - low) * scale).astype(int) + 2 * MARGIN
    ink, _ = render_strokes(placed, (int(width), int(height)))
    picture = prepare(255 - as_bytes(ink))
    assert picture is not None  # noqa: S101  every digit has a stroke
    return as_bytes(picture)


def _checksum(records: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of labels, writers and strokes, whatever file they came in."""
    told = sorted(json.dumps([r["label"], r["writer"], r["strokes"]]) for r in records)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def is_pen_file(file: Path) -> bool:
    """Whether a file is one of strokes, by its name."""
    return file.suffix == ".json" or bool(uci.NAME.search(file.name))


def _read(file: Path) -> list[dict[str, Any]]:
    return _read_json(file) if file.suffix == ".json" else uci.read_uci(file)


def _read_json(file: Path) -> list[dict[str, Any]]:
    try:
        records = json.loads(file.read_text("utf-8"))
        for record in records:
            if not (record["label"] in range(10) and int(record["writer"]) and record["strokes"]):
                raise ValueError(record)
            for stroke in record["strokes"]:
                points = np.array(stroke, np.float32)
                if points.ndim != 2 or points.shape[1] != 2 or not len(points):
                    raise ValueError(stroke)
    except FileNotFoundError:
        raise DataError(f"{file} does not exist.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{file.name} cannot be read as a list of digits with label, writer and strokes."
        ) from error
    return list(records)
