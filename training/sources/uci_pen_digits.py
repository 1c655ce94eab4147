"""Pen strokes as the UCI repository publishes them: a zip with packed UNIPEN files."""

import io
import re
import subprocess
import tempfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from training.errors import DataError
from training.sources.guard import PARSER_ERRORS, read_at_most, readable

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
MEMBER = "pendigits-orig.tra.Z"
LZW = b"\x1f\x9d"  # how a file packed by compress begins
FILE_NAME = re.compile(
    r"pendigits.*\.(tra|tes)(\.Z)?$|pen.based.recognition.*\.zip$", re.IGNORECASE
)
TABLET_HEIGHT = 500  # units; the file counts them upwards
COUNT = 7494  # digits of the training file
TIMEOUT = 60  # seconds without an answer
MAX_UCI_BYTES = 50_000_000  # of a file, packed or not; the repository's own have 5 million


def read_uci(file: Path) -> list[dict[str, Any]]:
    """Return the digits of a file of the repository, `{"label", "writer", "strokes"}` each.

    y counts downwards. The file is the zip, a UNIPEN file, packed or not, or one of eight points a
    digit. Raises DataError if it is missing or another one.
    """
    with readable(file, "pen strokes of the UCI repository"):
        with file.open("rb") as stream:
            content = read_at_most(stream, MAX_UCI_BYTES)
        if file.suffix == ".zip":
            content = _member(content)
        text = (_unpack(content) if content[:2] == LZW else content).decode("ascii")
        records = parse_unipen(text) or _parse_points(text)
    if not records:
        raise DataError(f"{file.name} holds no pen strokes of the UCI repository.")
    return records


def _member(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(MEMBER) as member:
        return read_at_most(member, MAX_UCI_BYTES)


def _unpack(content: bytes) -> bytes:
    """Unpack LZW of 1984 by gzip; no module of Python reads it, nor a package in common use."""
    with tempfile.TemporaryFile() as packed:
        packed.write(content)
        packed.seek(0)
        try:
            gzip = subprocess.Popen(
                ["gzip", "-dc"],  # noqa: S607
                stdin=packed,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise DataError(
                "gzip is not installed, which unpacks the pen strokes of the UCI repository; "
                "install it, or unpack them elsewhere."
            ) from error
        with gzip:
            assert gzip.stdout is not None  # noqa: S101  it is a pipe
            try:
                unpacked = read_at_most(gzip.stdout, MAX_UCI_BYTES)
            except ValueError:
                gzip.kill()
                raise
    if gzip.returncode:
        raise ValueError("damaged")
    return unpacked


def _parse_points(text: str) -> list[dict[str, Any]]:
    """Lines of x, y eight times, in 0 to 100 with y upwards, and the digit."""
    records = []
    for line in text.splitlines():
        *points, label = (int(word) for word in line.split(","))
        if len(points) != 16:
            raise ValueError(line)
        stroke = [[x, 100 - y] for x, y in zip(points[::2], points[1::2], strict=True)]
        records.append({"label": label, "writer": 1, "strokes": [stroke]})
    return records


def download() -> list[dict[str, Any]]:
    """Download the digits of the training file. Raises DataError if that fails."""
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as answer:
            content = read_at_most(answer, MAX_UCI_BYTES)
        text = _unpack(_member(content)).decode("ascii")
    except PARSER_ERRORS as error:
        raise DataError(
            "The pen strokes cannot be downloaded; check the network, or name local copies with "
            "--data mnist.npz strokes.json."
        ) from error
    records = parse_unipen(text)
    if len(records) != COUNT:
        raise DataError(f"The download holds {len(records)} digits, not {COUNT}; try it again.")
    return records


def parse_unipen(text: str) -> list[dict[str, Any]]:
    """Return the digits of a UNIPEN file as the UCI repository keeps it.

    A digit begins with `.SEGMENT`; `.COMMENT` gives its label and writer; the lines after
    `.PEN_DOWN` are points with y upwards, which is turned over. Raises ValueError or IndexError if
    it is damaged.
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
            strokes[-1].append([int(words[0]), TABLET_HEIGHT - int(words[1])])
    return [record for record in records if "label" in record and record["strokes"]]
