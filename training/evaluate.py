"""Judging a trained network: accuracy with its interval, calibration, mistakes."""

import base64
import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from model.calibrate import Calibration
from model.engine import CLASSES, Probabilities
from model.normalize import as_png
from training.fit import Examples

# What the threshold promises of validation digits that are accepted, and of marks that are none.
RIGHT_WHEN_ACCEPTED = 0.995
REFUSED_NO_DIGITS = 0.95


@dataclass(frozen=True)
class Score:
    """Figures on one set of digits."""

    n: int
    accuracy: float
    accuracy_interval_95: tuple[float, float]  # Wilson's score interval
    cross_entropy: float  # of the calibrated probabilities, in nats
    calibration_error: float  # expected calibration error, 15 bins
    accepted: float  # share stated as fact
    accepted_accuracy: float | None  # None if nothing was accepted


def fit_temperature(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """The temperature of least cross-entropy on validation digits, of a geometric grid of 1 %."""
    grid = np.geomspace(0.25, 4, 279)
    losses = [cross_entropy(Calibration(t).apply(probabilities), labels) for t in grid]
    return float(grid[int(np.argmin(losses))])


def fit_threshold(
    probabilities: Probabilities,
    labels: NDArray[np.int64],
    no_digits: Probabilities | None = None,
) -> float:
    """The lowest refusal threshold that keeps both promises on calibrated validation data.

    Of the accepted digits `RIGHT_WHEN_ACCEPTED` are right, and of the marks that are no digits
    `REFUSED_NO_DIGITS` are refused.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidence)
    share_right = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share_right >= RIGHT_WHEN_ACCEPTED)
    threshold = float(confidence[order][enough[-1]]) if enough.size else 1.0
    if no_digits is not None:
        threshold = max(threshold, float(np.quantile(no_digits.max(axis=1), REFUSED_NO_DIGITS)))
    return threshold


def auroc(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """Area under the ROC curve: how often a positive has the higher value of a pair; ties half."""
    below = np.searchsorted(np.sort(negative), positive, side="left")
    not_above = np.searchsorted(np.sort(negative), positive, side="right")
    return float((below + not_above).mean() / 2 / len(negative))


def score(probabilities: Probabilities, labels: NDArray[np.int64], threshold: float) -> Score:
    """Judge calibrated (n, 10) probabilities against (n,) labels."""
    right = probabilities.argmax(axis=1) == labels
    accepted = probabilities.max(axis=1) >= threshold
    return Score(
        n=len(labels),
        accuracy=float(right.mean()),
        accuracy_interval_95=wilson_interval(int(right.sum()), len(labels)),
        cross_entropy=cross_entropy(probabilities, labels),
        calibration_error=calibration_error(probabilities, labels),
        accepted=float(accepted.mean()),
        accepted_accuracy=float(right[accepted].mean()) if accepted.any() else None,
    )


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927), which stays right near 0 and 1."""
    z = 1.959964
    share = successes / n
    centre = share + z * z / (2 * n)
    margin = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)


def calibration_error(
    probabilities: Probabilities, labels: NDArray[np.int64], bins: int = 15
) -> float:
    """Expected calibration error: |confidence - accuracy| averaged over equal bins."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(place, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def confusion_matrix(probabilities: Probabilities, labels: NDArray[np.int64]) -> list[list[int]]:
    """Counts, a row for each true digit, a column for each answer."""
    cells = labels * CLASSES + probabilities.argmax(axis=1)
    matrix = np.bincount(cells, minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)
    return [[int(count) for count in row] for row in matrix]


@dataclass(frozen=True)
class ShownDigit:
    """A test digit that a card shows."""

    label: int
    answer: int
    confidence: float
    png: str  # base64 of a 28x28 grey PNG, ink bright: what the network saw


def shown_digits(
    probabilities: Probabilities, test: Examples, right_count: int, wrong_count: int
) -> dict[str, list[dict[str, object]]]:
    """Digits read right, evenly spread over the set, and read wrong, surest mistake first."""
    answers, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right = np.flatnonzero(answers == test.labels)
    wrong = np.flatnonzero(answers != test.labels)
    spread = right[np.linspace(0, len(right) - 1, min(right_count, len(right))).astype(int)]
    surest = wrong[np.argsort(-confidence[wrong])][:wrong_count]

    def show(place: int) -> dict[str, object]:
        return asdict(
            ShownDigit(
                label=int(test.labels[place]),
                answer=int(answers[place]),
                confidence=round(float(confidence[place]), 4),
                png=base64.b64encode(as_png(test.pixels[place])).decode("ascii"),
            )
        )

    return {
        "right": [show(place) for place in spread],
        "wrong": [show(place) for place in surest],
    }


def cross_entropy(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """Mean of -log p(truth), in nats."""
    of_truth = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_truth, 1e-30, dtype=np.float64)).mean())
