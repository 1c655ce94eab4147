"""How well digits are read, compared with the baseline on the same images.

`python -m benchmark.reading FOLDER` measures MNIST's test digits, from the folder's `mnist.npz`,
and each set of `benchmark.table.SETS` that is there; it prints the table and stores it in
benchmark/results. A set holds `labels.csv` (file,text) and `images/`; an image whose text is
empty has no digits.
"""

import csv
import io
import json
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark import RESULTS
from benchmark.table import SETS, accuracy_table
from model import Digit, Reading, Recognizer
from model.image.decode import decode
from model.ink.binarize import InkLevels
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.load import load_runtime
from model.network.normalize import SIDE, normalize
from training.evaluation.metrics import auroc, calibration_error, wilson_interval
from training.run import provenance
from training.sources.mnist import KEYS as MNIST_KEYS

BASELINE = DEFAULT_MODEL_FILE.parent / "zoo" / "streamlit.keras"
PHOTO_SIZE = (4000, 3000)  # pixels, 12 megapixels
VERDICTS = ("right", "doubted", "stated_wrong")

DigitInput = NDArray[np.float32]  # (28, 28) as a network takes it


@dataclass(frozen=True)
class Case:
    """One image and the digits on it."""

    content: bytes
    text: str


def cases(file: Path) -> list[Case]:
    """Return the images of a zipped set."""
    with zipfile.ZipFile(file) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        return [
            Case(archive.read(f"images/{row['file']}"), row["text"].replace("\n", ""))
            for row in rows
        ]


def mnist_cases(file: Path) -> list[Case]:
    """Return MNIST's test digits as PNG files."""
    with np.load(file, allow_pickle=False) as npz:
        images, labels = npz[MNIST_KEYS[2]], npz[MNIST_KEYS[3]]
    return [Case(_png(image), str(label)) for image, label in zip(images, labels, strict=True)]


def _png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def resized(content: bytes) -> DigitInput | None:
    """Return the input of the plain baseline: the whole image at 28x28."""
    grey = decode(content)
    return np.asarray(
        cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / 255, np.float32
    )


def normalised(content: bytes) -> DigitInput | None:
    """Return the input of a careful baseline: what differs from the border, centred as MNIST's."""
    grey = decode(content).astype(np.float32)
    background = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    ink = np.abs(grey - background)
    ink[ink < InkLevels().noise_floor * ink.max()] = 0
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return None
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return normalize(box / box.max())


def labels_of(reading: Reading) -> str:
    """Return the likeliest digits, accepted or not."""
    return "".join(str(digit.label) for digit in reading.digits)


def verdict(text: str, reading: Reading) -> str:
    """Return "right", "doubted" or "stated_wrong", the worst: wrong without any `?`.

    Where the image has no digits, it is right to state none.
    """
    got = reading.text.replace("\n", "")
    if got == text or not (text or any(digit.accepted for digit in reading.digits)):
        return "right"
    return "doubted" if "?" in got else "stated_wrong"


def measure(name: str, images: Sequence[Case], recognizer: Recognizer) -> dict[str, Any]:
    """Return how a set is read: every figure with its n and 95% interval.

    Without `single` in all sets, and with it where each image shows one digit or none.
    """
    verdicts = np.array([verdict(case.text, recognizer.read(case.content)) for case in images])
    result = {"set": name, "n": len(images)} | {v: share(verdicts == v) for v in VERDICTS}
    if any(len(case.text) > 1 for case in images):
        return result
    single = [recognizer.read(case.content, single=True) for case in images]
    accepted = np.array([r.status == "read" for r in single])
    if not any(case.text for case in images):
        return result | {"single": share(~accepted)}
    right = np.array([labels_of(r) == case.text for case, r in zip(images, single, strict=True)])
    return result | {
        "single": share(right),
        "accepted": share(accepted),
        "accepted_right": share(right[accepted]),
        "calibration_error": round(_calibration_error(single, images), 5),
    }


def confidences(images: Sequence[Case], recognizer: Recognizer) -> NDArray[np.float32]:
    """Return the confidence that each image is one digit, (n,)."""
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


def measure_baseline(
    images: Sequence[Case], preprocess: Callable[[bytes], DigitInput | None]
) -> dict[str, Any]:
    """Return how the recipe `streamlit` reads a set with this preprocessing."""
    artifact = Artifact(BASELINE)
    runtime = load_runtime(artifact)
    calibration = calibration_of(artifact.load_card())
    inputs_or_none = [preprocess(case.content) for case in images]
    blank = np.zeros((SIDE, SIDE), np.float32)
    inputs = np.stack([blank if one is None else one for one in inputs_or_none])
    probabilities = calibration.apply(runtime.run(inputs))
    if not any(case.text for case in images):
        return {"single": share(probabilities.max(axis=1) < calibration.threshold)}
    answers = probabilities.argmax(axis=1)
    return {"single": share([str(a) == case.text for a, case in zip(answers, images, strict=True)])}


def share(hits: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    """Return a share with its n and 95% interval."""
    n, count = len(hits), int(np.sum(hits))
    low, high = wilson_interval(count, n)
    return {"share": round(count / n, 5), "n": n, "interval_95": [round(low, 5), round(high, 5)]}


def photo_of(drawing: bytes) -> bytes:
    """Return a 12-megapixel photo of a drawing: uneven light, grain, JPEG."""
    random = np.random.default_rng(1)
    page = cv2.resize(255 - decode(drawing), PHOTO_SIZE, interpolation=cv2.INTER_LINEAR)
    y, x = np.mgrid[0 : 1 : PHOTO_SIZE[1] * 1j, 0 : 1 : PHOTO_SIZE[0] * 1j].astype(np.float32)
    level = (60 + page * 0.6) * (1 - 0.3 * x * y)
    noisy = level + random.normal(0, 3, level.shape).astype(np.float32)
    file = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
    return file.getvalue()


def main(folder: Path) -> int:
    """Measure, print and store."""
    recognizer = Recognizer.load()
    files = [file for file in sorted(folder.glob("*-dev.zip")) if file.stem in SETS]
    if not files or not (folder / "mnist.npz").exists():
        print(f"{folder} holds no mnist.npz and sets *-dev.zip.", file=sys.stderr)
        return 2
    sets = {"mnist-test": mnist_cases(folder / "mnist.npz")}
    sets |= {file.stem: cases(file) for file in files}
    rows = []
    for name, images in sets.items():
        row = measure(name, images, recognizer)
        if all(len(case.text) <= 1 for case in images):
            row["baseline, resized"] = measure_baseline(images, resized)
            row["baseline, normalised"] = measure_baseline(images, normalised)
        rows.append(row)
        print(accuracy_table([row]).splitlines()[-1], flush=True)
    if {"pen-dev", "letters-dev"} <= set(sets):
        of = {name: confidences(sets[name], recognizer) for name in ("pen-dev", "letters-dev")}
        letters = next(row for row in rows if row["set"] == "letters-dev")
        letters["auroc_against_pen_dev"] = round(auroc(of["pen-dev"], of["letters-dev"]), 5)
    card = Artifact(DEFAULT_MODEL_FILE).load_card()
    result = {
        "command": "make bench",
        **provenance(),
        "model": card.sha256.keras,
        "sets": rows,
    }
    (RESULTS / "reading.json").write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) == 2 else Path("../shared/data")))
