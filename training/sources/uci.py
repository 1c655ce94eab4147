"""Pen strokes as the UCI repository publishes them: a zip with packed UNIPEN files."""

import io
import re
import subprocess
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from training.errors import DataError

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
MEMBER = "pendigits-orig.tra.Z"
LZW = b"\x1f\x9d"  # how a file packed by compress begins
NAME = re.compile(r"pendigits.*\.(tra|tes)(\.Z)?$|pen.based.recognition.*\.zip$", re.IGNORECASE)
TABLET = 500  # units; the file counts them upwards
COUNT = 7494
SECONDS = 60  # without an answer


def read_uci(file: Path) -> list[dict[str, Any]]:
    """The digits of a file of the repository: `{"label", "writer", "strokes"}` each, y downwards.

    It is the zip, a UNIPEN file, packed or not, or a file of eight points a digit. Raises DataError
    where it is missing or another one.
    """
    try:
        content = file.read_bytes()
        if file.suffix == ".zip":
            content = _member(content)
        text = (_unpack(content) if content[:2] == LZW else content).decode("ascii")
        records = parse_unipen(text) or _parse_points(text)
        if any(record["label"] not in range(10) for record in records):
            raise ValueError("another label")
    except FileNotFoundError:
        raise DataError(f"{file} does not exist.") from None
    except (
        OSError,
        ValueError,
        LookupError,
        zipfile.BadZipFile,
        subprocess.SubprocessError,
    ) as error:
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


def download() -> list[dict[str, Any]]:
    """The digits of the training file, fetched anew. Raises DataError where that fails."""
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
    return [record for record in records if "label" in record and record["strokes"]]
