"""Digits as the strokes of a pen on a tablet, which can be drawn anew with any pen."""

import hashlib
import io
import json
import re
import subprocess
import urllib.request
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.strokes import Stroke as PenStroke
from model.strokes import draw
from training.augment.skeletons import Stroke
from training.errors import DataError
from training.prepare import Prepare
from training.sources.collection import Collection, as_bytes, labelled

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
MEMBER = "pendigits-orig.tra.Z"
LZW = b"\x1f\x9d"  # how a file packed by compress begins
UCI_NAME = re.compile(r"pendigits.*\.(tra|tes)(\.Z)?$|pen.based.recognition.*\.zip$", re.IGNORECASE)
TABLET = 500  # units; the file counts them upwards
LAST_TRAINING_WRITER = 24  # of 30; the others' digits validate
COUNT = 7494
SECONDS = 60  # without an answer
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
    records = [record for file in files for record in _read(file)] if files else _download()
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
    ink, _ = draw(placed, (int(width), int(height)))
    picture = prepare(255 - as_bytes(ink))
    assert picture is not None  # noqa: S101  every digit has a stroke
    return as_bytes(picture)


def _checksum(records: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of labels, writers and strokes, whatever file they came in."""
    told = sorted(json.dumps([r["label"], r["writer"], r["strokes"]]) for r in records)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def is_pen_file(file: Path) -> bool:
    """Whether a file is one of strokes, by its name."""
    return file.suffix == ".json" or bool(UCI_NAME.search(file.name))


def _read(file: Path) -> list[dict[str, Any]]:
    return _read_json(file) if file.suffix == ".json" else _read_uci(file)


def _read_uci(file: Path) -> list[dict[str, Any]]:
    """A file of the repository: its zip, its packed or unpacked UNIPEN file, or eight points."""
    try:
        content = file.read_bytes()
        if file.suffix == ".zip":
            content = _member(content)
        text = (_unpack(content) if content[:2] == LZW else content).decode("ascii")
        records = parse_unipen(text) or _parse_points(text)
    except FileNotFoundError:
        raise DataError(f"{file} does not exist.") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, subprocess.SubprocessError) as error:
        raise DataError(
            f"{file.name} cannot be read as pen strokes of the UCI repository."
        ) from error
    if not records:
        raise DataError(f"{file.name} holds no pen strokes of the UCI repository.")
    return records


def _member(archive: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(MEMBER)


def _unpack(content: bytes) -> bytes:
    # LZW of 1984, which no module of Python reads.
    return subprocess.run(["gzip", "-dc"], input=content, capture_output=True, check=True).stdout  # noqa: S607


def _parse_points(text: str) -> list[dict[str, Any]]:
    """Lines of x, y eight times, in 0 to 100 with y upwards, and the digit."""
    records = []
    for line in text.splitlines():
        *points, label = (int(word) for word in line.split(","))
        if len(points) != 16 or label not in range(10):
            raise ValueError(line)
        stroke = [[x, 100 - y] for x, y in zip(points[::2], points[1::2], strict=True)]
        records.append({"label": label, "writer": 1, "strokes": [stroke]})
    return records


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
        unpacked = _unpack(_member(content))
    except (OSError, KeyError, zipfile.BadZipFile, subprocess.CalledProcessError) as error:
        raise DataError(
            "The pen strokes cannot be downloaded; check the network, or name local copies with "
            "--data mnist.npz strokes.json."
        ) from error
    records = parse_unipen(unpacked.decode("ascii"))
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
