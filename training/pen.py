"""Digits as the strokes of a pen on a tablet, which can be drawn anew with any pen."""

import hashlib
import io
import json
import subprocess
import urllib.request
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.augment.skeletons import Stroke
from training.errors import DataError

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
MEMBER = "pendigits-orig.tra.Z"
TABLET = 500  # units; the file counts them upwards
LAST_TRAINING_WRITER = 24  # of 30; the others' digits validate
COUNT = 7494
SECONDS = 60  # without an answer


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
    records = [record for file in files for record in _read_json(file)] if files else _download()
    digits = PenDigits(
        [[np.array(stroke, np.float32) for stroke in r["strokes"]] for r in records],
        np.array([r["label"] for r in records], np.int64),
        np.array([r["writer"] for r in records], np.int64),
        _checksum(records),
    )
    train = digits.of(digits.writers <= LAST_TRAINING_WRITER)
    validation = digits.of(digits.writers > LAST_TRAINING_WRITER)
    if not len(train) or not len(validation):
        raise DataError(
            f"The strokes need writers up to {LAST_TRAINING_WRITER} to train on and later ones to "
            "validate on; name all files of the set."
        )
    return train, validation


def _checksum(records: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of labels, writers and strokes, whatever file they came in."""
    told = sorted(json.dumps([r["label"], r["writer"], r["strokes"]]) for r in records)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


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


def _download() -> list[dict[str, Any]]:
    try:
        with urllib.request.urlopen(URL, timeout=SECONDS) as answer:
            content = answer.read()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            packed = archive.read(MEMBER)
        # LZW of 1984, which no module of Python reads.
        unpacked = subprocess.run(["gzip", "-dc"], input=packed, capture_output=True, check=True)  # noqa: S607
    except (OSError, KeyError, zipfile.BadZipFile, subprocess.CalledProcessError) as error:
        raise DataError(
            "The pen strokes cannot be downloaded; check the network, or name local copies with "
            "--data mnist.npz strokes.json."
        ) from error
    records = parse_unipen(unpacked.stdout.decode("ascii"))
    if len(records) != COUNT:
        raise DataError(f"The download holds {len(records)} digits, not {COUNT}; try it again.")
    return records


def parse_unipen(text: str) -> list[dict[str, Any]]:
    """The digits of a UNIPEN file as the UCI repository keeps it.

    A digit begins with `.SEGMENT`; `.COMMENT` gives its label and writer; the lines after
    `.PEN_DOWN` are points with y upwards, which is turned over.
    """
    records: list[dict[str, Any]] = []
    strokes: list[list[list[int]]] = []
    drawing = False
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            strokes = []
            records.append({"strokes": strokes})
        elif words[0] == ".COMMENT" and len(words) == 4 and records:
            records[-1] |= {"label": int(words[1]), "writer": int(words[2])}
        elif words[0] == ".PEN_DOWN":
            strokes.append([])
        if words[0].startswith("."):
            drawing = words[0] == ".PEN_DOWN"
        elif drawing:
            strokes[-1].append([int(words[0]), TABLET - int(words[1])])
    return [record for record in records if "label" in record]
