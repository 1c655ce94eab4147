"""How well and how fast digits are read, beside the usual design on the same images.

`python -m benchmark.reading FOLDER` measures every set `*-dev.zip` in the folder, and MNIST's test
digits from its `mnist.npz`; prints the table and stores it in benchmark/results. A set holds
`labels.csv` (file,text) and `images/`; where the text is empty there is no digit to be found.
"""

import csv
import io
import json
import statistics
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark.table import table
from model import Digit, Reading, Recognizer
from model.image.decode import decode, open_image
from model.image.grayscale import to_grey
from model.ink.binarize import InkLevels, extract_ink
from model.network.artifact import DEFAULT, Artifact, calibration_of
from model.network.load import load_runtime
from model.network.normalize import SIDE, normalize
from model.segment.digits import find_digits
from training.evaluation.metrics import auroc, calibration_error, wilson_interval
from training.provenance import provenance
from training.sources.mnist import KEYS as MNIST_KEYS

RESULT = Path(__file__).parent / "results" / "reading.json"
USUAL = DEFAULT.parent / "zoo" / "streamlit.keras"
ROUNDS = 50  # of each timing; the median counts
PHOTO = (4000, 3000)  # pixels, 12 megapixels

Picture = NDArray[np.float32]  # (28, 28) as a network takes it


@dataclass(frozen=True)
class Case:
    """One image and what stands on it."""

    content: bytes
    text: str


def cases(file: Path) -> list[Case]:
    """The images of a zipped set."""
    with zipfile.ZipFile(file) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        return [Case(archive.read(f"images/{row['file']}"), row["text"]) for row in rows]


def mnist_cases(file: Path) -> list[Case]:
    """MNIST's test digits as PNG files."""
    with np.load(file, allow_pickle=False) as npz:
        images, labels = npz[MNIST_KEYS[2]], npz[MNIST_KEYS[3]]
    return [Case(_png(image), str(label)) for image, label in zip(images, labels, strict=True)]


def _png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def resized(content: bytes) -> Picture | None:
    """What the usual design hands its network: the whole image at 28x28."""
    grey = decode(content)
    return np.asarray(
        cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / 255, np.float32
    )


def normalised(content: bytes) -> Picture | None:
    """What a careful one does: the border tells the paper, all else is centred as in MNIST."""
    grey = decode(content).astype(np.float32)
    paper = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    ink = np.abs(grey - paper)
    ink[ink < InkLevels().noise_floor * ink.max()] = 0
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return None
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return normalize(box / box.max())


def labels_of(reading: Reading) -> str:
    """The likeliest digits, accepted or not."""
    return "".join(str(digit.label) for digit in reading.digits)


def measure(name: str, images: Sequence[Case], recognizer: Recognizer) -> dict[str, Any]:
    """How a set is read: every figure with its n and 95 % interval."""
    found = [recognizer.read(case.content) for case in images]
    result: dict[str, Any] = {"set": name, "n": len(images)}
    if not any(case.text for case in images):
        return result | {"refused": share([not any(d.accepted for d in r.digits) for r in found])}
    pairs = list(zip(images, found, strict=True))
    result["exact"] = share([r.text.replace("\n", "") == case.text for case, r in pairs])
    if any(len(case.text) > 1 for case in images):
        return result
    single = [recognizer.read(case.content, single=True) for case in images]
    right = np.array([labels_of(r) == case.text for case, r in zip(images, single, strict=True)])
    accepted = np.array([r.status == "read" for r in single])
    return result | {
        "single": share(right),
        "accepted": share(accepted),
        "accepted_right": share(right[accepted]),
        "calibration_error": round(_calibration_error(single, images), 5),
    }


def confidences(images: Sequence[Case], recognizer: Recognizer) -> NDArray[np.float32]:
    """How sure the reader is that each image is one digit, (n,)."""
    readings = [recognizer.read(case.content, single=True) for case in images]
    return np.array(
        [max((d.confidence for d in r.digits), default=0) for r in readings], np.float32
    )


def _calibration_error(single: Sequence[Reading], images: Sequence[Case]) -> float:
    digits: list[tuple[Digit, int]] = [
        (r.digits[0], int(case.text)) for r, case in zip(single, images, strict=True) if r.digits
    ]
    probabilities = np.stack([digit.probabilities for digit, _ in digits])
    return calibration_error(probabilities, np.array([label for _, label in digits]))


def measure_usual(
    images: Sequence[Case], prepare: Callable[[bytes], Picture | None]
) -> dict[str, Any]:
    """How the recipe `streamlit` reads the digits of a set behind another preparation."""
    artifact = Artifact(USUAL)
    runtime = load_runtime(artifact)
    calibration = calibration_of(artifact.usable_card())
    pictures = [prepare(case.content) for case in images]
    blank = np.zeros((SIDE, SIDE), np.float32)
    inputs = np.stack([blank if picture is None else picture for picture in pictures])
    probabilities = calibration.apply(runtime.run(inputs))
    if not any(case.text for case in images):
        return {"refused": share(probabilities.max(axis=1) < calibration.threshold)}
    answers = probabilities.argmax(axis=1)
    return {"single": share([str(a) == case.text for a, case in zip(answers, images, strict=True)])}


def share(hits: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    """A share with its n and 95 % interval."""
    n, count = len(hits), int(np.sum(hits))
    low, high = wilson_interval(count, n)
    return {"share": round(count / n, 5), "n": n, "interval_95": [round(low, 5), round(high, 5)]}


def stages(content: bytes, recognizer: Recognizer) -> dict[str, float]:
    """Median milliseconds of each stage of a reading, and of a whole one."""
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, seconds in _one_reading(content, recognizer):
            times.setdefault(name, []).append(1000 * seconds)
    return {name: round(statistics.median(values), 2) for name, values in times.items()}


def _one_reading(content: bytes, recognizer: Recognizer) -> Iterator[tuple[str, float]]:
    start = time.perf_counter()
    grey = to_grey(open_image(content))
    yield "decode", time.perf_counter() - start
    start = time.perf_counter()
    ink = extract_ink(grey).ink
    yield "find ink", time.perf_counter() - start
    start = time.perf_counter()
    find_digits(ink, recognizer.score)
    yield "find and read digits", time.perf_counter() - start
    start = time.perf_counter()
    recognizer.read(content)
    yield "all", time.perf_counter() - start


def photo_of(drawing: bytes) -> bytes:
    """A 12-megapixel photo of a drawing: uneven light, grain, JPEG."""
    random = np.random.default_rng(1)
    page = cv2.resize(255 - decode(drawing), PHOTO, interpolation=cv2.INTER_LINEAR)
    y, x = np.mgrid[0 : 1 : PHOTO[1] * 1j, 0 : 1 : PHOTO[0] * 1j].astype(np.float32)
    level = (60 + page * 0.6) * (1 - 0.3 * x * y)
    noisy = level + random.normal(0, 3, level.shape).astype(np.float32)
    file = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
    return file.getvalue()


def main(folder: Path) -> int:
    """Measure, print and store."""
    recognizer = Recognizer.load()
    files = sorted(folder.glob("*-dev.zip"))
    if not files or not (folder / "mnist.npz").exists():
        print(f"{folder} holds no mnist.npz and sets *-dev.zip.", file=sys.stderr)
        return 2
    sets = {"mnist-test": mnist_cases(folder / "mnist.npz")}
    sets |= {file.stem: cases(file) for file in files}
    rows = []
    for name, images in sets.items():
        row = measure(name, images, recognizer)
        if all(len(case.text) <= 1 for case in images):
            row["usual, resized"] = measure_usual(images, resized)
            row["usual, normalised"] = measure_usual(images, normalised)
        rows.append(row)
        print(table([row]).splitlines()[-1], flush=True)
    if {"pen-dev", "letters-dev"} <= set(sets):
        of = {name: confidences(sets[name], recognizer) for name in ("pen-dev", "letters-dev")}
        letters = next(row for row in rows if row["set"] == "letters-dev")
        letters["auroc_against_pen_dev"] = round(auroc(of["pen-dev"], of["letters-dev"]), 5)
    drawing = sets["pen-dev"][0].content if "pen-dev" in sets else sets["mnist-test"][0].content
    card = Artifact(DEFAULT).usable_card()
    result = {
        "command": "make bench",
        **provenance(),
        "model": card["sha256"]["keras"],
        "sets": rows,
        "milliseconds": {
            "drawing of 280x280 with one digit": stages(drawing, recognizer),
            "photo of 12 megapixels": stages(photo_of(drawing), recognizer),
        },
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result["milliseconds"], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) == 2 else Path("../shared/data")))
