"""Drawings that the app exported: `labels.csv` with the columns file and text, and `images/`.

The text is what was drawn; only rows of a single digit are used.
"""

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from training.data.preprocess import Preprocess
from training.errors import DataError
from training.sources.guard import read_at_most, readable
from training.sources.unsplit import Collection, LabelledFile, read_images

LABELS, IMAGES = "labels.csv", "images"
MAX_LABELS_BYTES, MAX_LABELS_ROWS = 10_000_000, 100_000  # of labels.csv


def load_drawings(file: Path, archive: zipfile.ZipFile, preprocess: Preprocess) -> Collection:
    """Load the single digits of an export. Raises DataError if it has none or is damaged."""
    rows = _rows(file, archive)
    digits = [(name, text) for name, text in rows if text in tuple("0123456789")]
    if not digits:
        raise DataError(f"{file.name} has no row of a single digit in {LABELS}.")
    images, checksum, notes = read_images(file.name, _files(archive, digits), preprocess)
    if len(digits) < len(rows):
        others = len(rows) - len(digits)
        notes = (f"{others} of the {len(rows)} rows of {file.name} are not single digits.", *notes)
    return Collection(
        name=file.name,
        source="drawings with their labels",
        licence="not known",
        sha256=checksum,
        digits=images,
        notes=notes,
    )


def _rows(file: Path, archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    what = f"drawings of the app: it needs a {LABELS} with the columns file and text"
    with readable(file, what):
        with archive.open(LABELS) as content:
            text = read_at_most(content, MAX_LABELS_BYTES).decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text))
        if not {"file", "text"} <= set(table.fieldnames or ()):
            raise ValueError("other columns")
        rows = list(itertools.islice(table, MAX_LABELS_ROWS + 1))
        if len(rows) > MAX_LABELS_ROWS:
            raise DataError(f"{file.name} has more than {MAX_LABELS_ROWS:,} rows in {LABELS}.")
        return [(row["file"] or "", row["text"] or "") for row in rows]


def _files(archive: zipfile.ZipFile, digits: list[tuple[str, str]]) -> Iterator[LabelledFile]:
    for name, text in digits:
        yield LabelledFile(name, int(text), partial(_read_drawing, archive, f"{IMAGES}/{name}"))


def _read_drawing(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as content:
            return content.read(most)
    except KeyError as error:
        raise OSError("it is not in the archive") from error
