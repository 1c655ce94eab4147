"""The figures by which probabilities are judged: accuracy, its interval, calibration, refusal."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.network.calibration import Calibration
from model.network.runtime import CLASSES, Probabilities

# What the threshold promises of validation digits that are accepted, and of marks that are none.
RIGHT_WHEN_ACCEPTED = 0.995
REFUSED_NON_DIGITS = 0.96


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
    `REFUSED_NON_DIGITS` are refused.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidence)
    share_right = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share_right >= RIGHT_WHEN_ACCEPTED)
    threshold = float(confidence[order][enough[-1]]) if enough.size else 1.0
    if no_digits is not None:
        threshold = max(threshold, float(np.quantile(no_digits.max(axis=1), REFUSED_NON_DIGITS)))
    return threshold


def auroc(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """Area under the ROC curve: how often a positive has the higher value of a pair; ties half."""
    below = np.searchsorted(np.sort(negative), positive, side="left")
    not_above = np.searchsorted(np.sort(negative), positive, side="right")
    return float((below + not_above).mean() / 2 / len(negative))


def score(probabilities: Probabilities, labels: NDArray[np.int64], threshold: float) -> Score:
    """Score calibrated (n, 10) probabilities against (n,) labels."""
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


@dataclass(frozen=True)
class Bin:
    """The digits whose confidence is in [low, high); the last bin has its end too."""

    low: float
    high: float
    n: int
    confidence: float | None  # mean of the bin's digits; None if it has none
    accuracy: float | None


def reliability(
    probabilities: Probabilities, labels: NDArray[np.int64], bins: int = 15
) -> list[Bin]:
    """How often an answer is right, by how sure it was, in `bins` equal steps from 0 to 1."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    inside = [place == number for number in range(bins)]
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            n=int(of.sum()),
            confidence=float(confidence[of].mean()) if of.any() else None,
            accuracy=float(right[of].mean()) if of.any() else None,
        )
        for number, of in enumerate(inside)
    ]


def calibration_error(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """Expected calibration error (Guo et al. 2017): the bins' |confidence - accuracy|, by size."""
    bins = reliability(probabilities, labels)
    gaps = (b.n * abs((b.confidence or 0) - (b.accuracy or 0)) for b in bins)
    return sum(gaps) / len(labels)


def confusion_matrix(probabilities: Probabilities, labels: NDArray[np.int64]) -> list[list[int]]:
    """Counts, a row for each true digit, a column for each answer."""
    cells = labels * CLASSES + probabilities.argmax(axis=1)
    matrix = np.bincount(cells, minlength=CLASSES * CLASSES).reshape(CLASSES, CLASSES)
    return [[int(count) for count in row] for row in matrix]


def cross_entropy(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """Mean of -log p(truth), in nats."""
    of_truth = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_truth, 1e-30, dtype=np.float64)).mean())
