"""How well rapidocr, a general reader of text, reads the same sets by the same rule.

`python -m benchmark.peer FOLDER PYTHON` asks it in the environment of that Python, where
requirements-bench.txt is installed. Its answers count without anything but digits, on one thread.
A set of lone digits and single text lines is recognised as it is. Where an image has several text
lines, both ways are measured, with and without finding them first, and the better one counts.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from benchmark.scoring import judged, store
from benchmark.sets import Case, load_sets
from benchmark.speed.browser import ROOT

Way: TypeAlias = Literal["line", "page"]
DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class PeerAnswers:
    """What the peer answers to images, in their order; None where it could not read one."""

    versions: dict[str, str]  # of its packages
    texts: list[str | None]


def ask(python: Path, images: Sequence[Case], way: Way) -> PeerAnswers:
    """Return what the peer reads in the environment of a Python."""
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(images):
            (Path(folder) / f"{number:06}").write_bytes(case.content)
        done = subprocess.run(
            [python, "-m", "benchmark.apps.rapidocr_folder", folder, way],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    answer = json.loads(done.stdout.splitlines()[-1])
    texts = answer["answers"]
    return PeerAnswers(answer["versions"], [texts[name] for name in sorted(texts)])


def digits_in(text: str | None) -> str | None:
    """Return the digits of a text alone; None stays."""
    return None if text is None else "".join(c for c in text if c in DIGITS)


def measure_peer(name: str, images: Sequence[Case], python: Path) -> dict[str, Any]:
    """Return how the peer reads a set, the better way if there are two, and its versions."""
    ways: tuple[Way, ...] = ("line", "page") if any(c.lines > 1 for c in images) else ("line",)
    rows = []
    for way in ways:
        answers = ask(python, images, way)
        result = judged(images, [digits_in(text) for text in answers.texts])
        rows.append({"set": name, "way": way, "versions": answers.versions} | result)
    return max(rows, key=lambda row: row["right"]["share"])


def main(folder: Path, python: Path) -> None:
    """Measure, print and store."""
    rows = []
    for name, images in load_sets(folder).items():
        row = measure_peer(name, images, python)
        versions = row.pop("versions")
        rows.append(row)
        shares = [f"{100 * row[verdict]['share']:.1f}%" for verdict in ("right", "stated_wrong")]
    print(name, row["n"], *shares, versions, flush=True)
    store("peer", "make bench", versions=versions, sets=rows)


if __name__ == "__main__":
    # absolute() and not resolve(), which would lead out of the environment.
    main(Path(sys.argv[1]), Path(sys.argv[2]).absolute())
