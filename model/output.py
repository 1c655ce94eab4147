"""Output of the command line: one record a file, as text, JSON or CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.batch import read_files
from model.errors import DigitReaderError, ImageNotFoundError
from model.image.decode import SUFFIXES, printable
from model.options import ReadOptions
from model.reading import Digit, Reading, percent
from model.recognizer import Recognizer


@dataclass(frozen=True)
class Row:
    """What the command line reports about one file."""

    file: str
    reading: Reading | None
    error: str | None

    @property
    def status(self) -> str:
        """The reading's status, or "error" for a file that cannot be read."""
        return self.reading.status if self.reading else "error"

    @property
    def text(self) -> str:
        """The text of the reading, empty if there is none; text lines are joined by newlines."""
        return self.reading.text if self.reading else ""

    @property
    def written(self) -> str:
        """The text with its signs."""
        return self.reading.written if self.reading else ""

    @property
    def confidence(self) -> float | None:
        """The probability that the text is right; None for a file that cannot be read."""
        return self.reading.confidence if self.reading else None

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits of the reading, none if there is none."""
        return self.reading.digits if self.reading else ()


def read_paths(
    recognizer: Recognizer, model: Path, paths: list[Path], options: ReadOptions = ReadOptions()
) -> Iterator[Row]:
    """Read every file in order; a file that cannot be read has an error and stops nothing."""
    found: list[Path | Row] = [entry for path in paths for entry in _images_or_error(path)]
    files = [entry for entry in found if isinstance(entry, Path)]
    outcomes = read_files(recognizer, model, files, options)
    for entry in found:
        if isinstance(entry, Row):
            yield entry
            continue
        outcome = next(outcomes)
        if isinstance(outcome, Reading):
            yield Row(str(entry), outcome, None)
        else:
            yield Row(str(entry), None, str(outcome))


def _images_or_error(path: Path) -> Sequence[Path | Row]:
    try:
        return images_in(path)
    except DigitReaderError as error:
        return [Row(str(path), None, str(error))]


def images_in(path: Path) -> list[Path]:
    """Return the images at and below a path, in sorted order; a file counts whatever its name.

    Raises ImageNotFoundError for a folder that holds no image or cannot be opened.
    """
    try:
        if not path.is_dir():
            return [path]
        files = sorted(file for file in path.rglob("*") if _is_image(file.relative_to(path), file))
    except OSError as error:
        raise ImageNotFoundError(f"{path.name} cannot be opened: {error.strerror}.") from error
    if not files:
        raise ImageNotFoundError(f"{path.name or path} holds no image.")
    return files


def _is_image(below: Path, file: Path) -> bool:
    hidden = any(part.startswith(".") for part in below.parts)
    return file.suffix.lower() in SUFFIXES and not hidden and file.is_file()


def text_line(row: Row) -> str:
    """Return `digit.png: 7 (99.9%)`, or the error. Text lines of one image are joined by ` / `."""
    file = printable(row.file)
    if row.error:
        return f"{file}: {row.error}"
    if row.status == "blank":
        return f"{file}: blank"
    text = row.text.replace("\n", " / ")
    return f"{file}: {text} ({', '.join(_describe(digit) for digit in row.digits)})"


def _describe(digit: Digit) -> str:
    confidence = percent(digit.confidence)
    return confidence if digit.accepted else f"{digit.label} or {digit.runner_up}, {confidence}"


def json_line(row: Row) -> str:
    """Return one JSON object on one line."""
    digits = [
        {
            "label": digit.label,
            "confidence": digit.confidence,
            "accepted": digit.accepted,
            "probabilities": digit.probabilities.tolist(),
            "box": list(digit.box),
        }
        for digit in row.digits
    ]
    return json.dumps(
        {
            "file": row.file,
            "status": row.status,
            "text": row.text,
            "written": row.written,
            "confidence": row.confidence,
            "digits": digits,
            "error": row.error,
        }
    )


def csv_line(row: Row) -> str:
    """Return one record of the table with `CSV_HEADER`.

    The confidences of several digits share a cell. A text of several lines is quoted, its newlines
    are kept.
    """
    of_digits = " ".join(f"{digit.confidence:.4f}" for digit in row.digits)
    of_text = "" if row.confidence is None else f"{row.confidence:.4f}"
    line = io.StringIO()
    # With an empty terminator Python 3.11 would not quote newlines.
    csv.writer(line, lineterminator="\n").writerow(
        [row.file, row.status, row.text, row.written, of_text, of_digits, row.error or ""]
    )
    return line.getvalue().removesuffix("\n")


LINES: dict[str, Callable[[Row], str]] = {"text": text_line, "json": json_line, "csv": csv_line}
CSV_HEADER = "file,status,text,written,confidence,digits,error"
