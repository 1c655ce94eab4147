"""Read digits from the command line: `python -m model PATH...`."""

import argparse
import csv
import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.artifact import DEFAULT
from model.decode import SUFFIXES, printable
from model.errors import DigitReaderError, ImageNotFoundError, ModelError
from model.many import read_files
from model.reading import Digit, Reading, percent
from model.recognizer import Recognizer

EXIT_ALL_READ, EXIT_SOME_NOT_READ, EXIT_WRONG_USAGE = 0, 1, 2


@dataclass(frozen=True)
class Row:
    """What the command line tells about one file."""

    file: str
    reading: Reading | None
    error: str | None

    @property
    def status(self) -> str:
        """The reading's status, or "error" for a file that cannot be read."""
        return self.reading.status if self.reading else "error"

    @property
    def text(self) -> str:
        """What was read, empty if nothing was."""
        return self.reading.text if self.reading else ""

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits, none if nothing was read."""
        return self.reading.digits if self.reading else ()


def read_all(
    recognizer: Recognizer, model: Path, paths: list[Path], *, single: bool
) -> Iterator[Row]:
    """Read every file in order; a file that cannot be read gets its sentence and stops nothing."""
    found: list[Path | Row] = [entry for path in paths for entry in _images_or_error(path)]
    files = [entry for entry in found if isinstance(entry, Path)]
    outcomes = read_files(recognizer, model, files, single=single)
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
    """The images at and below a path, in sorted order; a file is taken whatever its name."""
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
    """`digit.png: 7 (99.9 %)`, or the sentence that says why not."""
    file = printable(row.file)
    if row.error:
        return f"{file}: {row.error}"
    if row.status == "blank":
        return f"{file}: blank"
    return f"{file}: {row.text} ({', '.join(_in_words(digit) for digit in row.digits)})"


def _in_words(digit: Digit) -> str:
    sure = percent(digit.confidence)
    return sure if digit.accepted else f"{digit.label} or {digit.runner_up}, {sure}"


def json_line(row: Row) -> str:
    """One object a line."""
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
    fields = {"file": row.file, "status": row.status, "text": row.text, "digits": digits}
    return json.dumps(fields | {"error": row.error})


def csv_line(row: Row) -> str:
    """One line of the table that `CSV_HEADER` heads; several digits' confidences in one cell."""
    confidences = " ".join(f"{digit.confidence:.4f}" for digit in row.digits)
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(
        [row.file, row.status, row.text, confidences, row.error or ""]
    )
    return line.getvalue()


LINES: dict[str, Callable[[Row], str]] = {"text": text_line, "json": json_line, "csv": csv_line}
CSV_HEADER = "file,status,text,confidence,error"


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty path")  # Path("") is the current folder
    return Path(text)


def parser() -> argparse.ArgumentParser:
    """The flags and their help."""
    p = argparse.ArgumentParser(
        prog="python -m model",
        description="Read handwritten digits from images.",
        epilog="Exit status: 0 all files read, 1 some could not be read, 2 wrong usage.",
    )
    p.add_argument("paths", nargs="+", type=_path, metavar="PATH", help="an image or a folder")
    p.add_argument("--single", action="store_true", help="each image is one digit")
    p.add_argument("--format", choices=LINES, default="text")
    p.add_argument("--model", type=Path, default=DEFAULT, metavar="FILE", help="a .keras file")
    return p


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    # A file name may hold bytes that the terminal cannot show.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # What Pillow warns of ends in an error of ours or does no harm.
    warnings.filterwarnings("ignore", module="PIL")
    arguments = parser().parse_args(argv)
    try:
        recognizer = Recognizer.load(arguments.model)
    except ModelError as error:
        print(error, file=sys.stderr)
        return EXIT_WRONG_USAGE
    if arguments.format == "csv":
        print(CSV_HEADER)
    status = EXIT_ALL_READ
    paths, model = arguments.paths, arguments.model
    for row in read_all(recognizer, model, paths, single=arguments.single):
        print(LINES[arguments.format](row), flush=True)
        if row.error:
            status = EXIT_SOME_NOT_READ
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_ALL_READ)
