"""Drawings that the app has exported: `labels.csv` with the columns file and text, and `images/`.

The text is what was drawn; only rows of a single digit are taken.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from training.data.preprocess import Preprocess
from training.errors import DataError
from training.sources.unsplit import Collection, LabelledFile, read_images

LABELS, IMAGES = "labels.csv", "images"
MOST_BYTES = 100_000_000  # of labels.csv


def load_export(file: Path, archive: zipfile.ZipFile, prepare: Preprocess) -> Collection:
    """The single digits of an export. Raises DataError where it has none or is damaged."""
    rows = _rows(file, archive)
    digits = [(name, text) for name, text in rows if text in tuple("0123456789")]
    if not digits:
        raise DataError(f"{file.name} has no row of a single digit in {LABELS}.")
    pictures, checksum, notes = read_images(_files(archive, digits), prepare)
    if not len(pictures):
        raise DataError(f"None of the images in {file.name} can be read: {notes[0]}")
    if len(digits) < len(rows):
        others = len(rows) - len(digits)
        notes = (f"{others} of the {len(rows)} rows of {file.name} are no single digit.", *notes)
    return Collection(
        name=file.name,
        source="drawings with their labels",
        licence="not known",
        sha256=checksum,
        digits=pictures,
        notes=notes,
    )


def _rows(file: Path, archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    try:
        with archive.open(LABELS) as content:
            text = content.read(MOST_BYTES).decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text))
        if not {"file", "text"} <= set(table.fieldnames or ()):
            raise ValueError("other columns")
        return [(row["file"] or "", row["text"] or "") for row in table]
    except (KeyError, ValueError, csv.Error, zipfile.BadZipFile) as error:
        raise DataError(
            f"{file.name} has no {LABELS} with the columns file and text that can be read."
        ) from error


def _files(archive: zipfile.ZipFile, digits: list[tuple[str, str]]) -> Iterator[LabelledFile]:
    for name, text in digits:
        yield LabelledFile(name, int(text), partial(_read, archive, f"{IMAGES}/{name}"))


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as content:
            return content.read(most)
    except KeyError as error:
        raise OSError("it is not in the archive") from error
