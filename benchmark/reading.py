"""How well digits are read, compared with the baseline on the same images.

`python -m benchmark.reading FOLDER` measures MNIST's test digits and each set of
`benchmark.table.SETS` that is in the folder; it prints the table and stores it in
benchmark/results.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.baseline import measure_baseline, normalised, resized
from benchmark.scoring import answer_of, judged, share, store
from benchmark.sets import Case, load_sets
from benchmark.table import accuracy_table
from model import Digit, Reading, Recognizer
from training.evaluation.metrics import auroc, calibration_error


def labels_of(reading: Reading) -> str:
    """Return the likeliest digits, accepted or not."""
    return "".join(str(digit.label) for digit in reading.digits)


def measure(name: str, images: Sequence[Case], recognizer: Recognizer) -> dict[str, Any]:
    """Return how a set is read: every figure with its n and 95% interval.

    Without `single` in all sets, and with it where each image shows one digit or none.
    """
    answers = [answer_of(recognizer.read, case.content) for case in images]
    result = {"set": name} | judged(images, answers)
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


def main(folder: Path) -> int:
    """Measure, print and store."""
    try:
        sets = load_sets(folder)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    recognizer = Recognizer.load()
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
    store("reading", "make bench", sets=rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) == 2 else Path("../shared/data")))
