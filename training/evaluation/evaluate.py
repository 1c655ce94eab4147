"""What a card tells about the test digits: figures, reliability, and the digits themselves."""

import base64
import dataclasses
from typing import Any

import numpy as np

from model.network.calibration import Calibration
from model.network.normalize import SIDE, as_png
from model.network.runtime import Probabilities, Runtime
from model.recognizer import Recognizer
from training.data.dataset import LabelledImages
from training.data.epochs import Examples
from training.evaluation.metrics import confusion_matrix, cross_entropy, reliability, score

# VersionInfo 400 bytes each on a card.
RIGHT_SHOWN = 20
MISTAKES_SHOWN = 300


def evaluate_on_test(
    runtime: Runtime, calibration: Calibration, test: LabelledImages, name: str
) -> dict[str, Any]:
    """Read the test digits of the set `name`; the parts of a card that follow from them.

    `test`: the figures. `confusion_matrix`: counts, a row for each true digit. `reliability`: see
    `training.evaluation.metrics.Bin`. `mistakes`: those read wrong, the surest first, each
    `{"label", "answer", "confidence", "png"}`. `examples`: the same of some read right.
    Everything is of calibrated probabilities but the loss, which is the network's own.
    """
    seen = preprocess_like_reader(runtime, calibration, test)
    uncalibrated = runtime.run(seen.pixels)
    probabilities = calibration.apply(uncalibrated)
    figures = dataclasses.asdict(score(probabilities, seen.labels, calibration.threshold))
    loss = cross_entropy(uncalibrated, seen.labels)
    return {
        "test": {"set": name, "loss": loss} | figures,
        "confusion_matrix": confusion_matrix(probabilities, seen.labels),
        "reliability": [dataclasses.asdict(b) for b in reliability(probabilities, seen.labels)],
        "examples": {"right": correct_examples(probabilities, seen)},
        "mistakes": mistakes(probabilities, seen),
    }


def preprocess_like_reader(
    runtime: Runtime, calibration: Calibration, digits: LabelledImages
) -> Examples:
    """The digits as the network sees them after every stage of a reading; blank ones are zero.

    Those that are preprocessed have been through these stages already.
    """
    if digits.preprocessed:
        return Examples.of(digits)
    recognizer = Recognizer(runtime, calibration)
    pixels = np.zeros((len(digits), SIDE, SIDE), np.float32)
    for row, image in zip(pixels, digits.images, strict=True):
        for digit in recognizer.read(image, single=True).digits:
            row[:] = digit.pixels
    return Examples(pixels, digits.labels)


def mistakes(
    probabilities: Probabilities, seen: Examples, most: int = MISTAKES_SHOWN
) -> list[dict[str, Any]]:
    """The digits read wrong, surest first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != seen.labels)
    surest = wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:most]
    return [_shown(probabilities, seen, place) for place in surest]


def correct_examples(
    probabilities: Probabilities, seen: Examples, most: int = RIGHT_SHOWN
) -> list[dict[str, Any]]:
    """Some of the digits read right, evenly spread over the set."""
    right = np.flatnonzero(probabilities.argmax(axis=1) == seen.labels)
    spread = right[np.linspace(0, len(right) - 1, min(most, len(right))).astype(int)]
    return [_shown(probabilities, seen, place) for place in spread]


def _shown(probabilities: Probabilities, seen: Examples, place: int) -> dict[str, Any]:
    return {
        "label": int(seen.labels[place]),
        "answer": int(probabilities[place].argmax()),
        "confidence": round(float(probabilities[place].max()), 4),
        # A grey PNG of 28x28, ink bright: what the network saw.
        "png": base64.b64encode(as_png(seen.pixels[place])).decode("ascii"),
    }
