"""Metrics of probabilities: accuracy and its interval, calibration, refusal; and their fits."""

import math

import numpy as np
from numpy.typing import NDArray

from model.card import ReliabilityBin, TestFigures
from model.network.calibration import Calibration
from model.network.runtime import CLASSES, Probabilities

# What the refusal threshold promises on validation data, as shares.
RIGHT_WHEN_ACCEPTED = 0.995
REFUSED_NON_DIGITS = 0.96

TEMPERATURES = (0.25, 4.0)  # least and largest that a fit may give
CONFIDENCE_LEVEL = 0.95


def fit_temperature(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """Return the temperature of least cross-entropy on validation digits (Guo et al. 2017)."""
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        calibration = Calibration(math.exp(log_temperature))
        return cross_entropy(calibration.apply(probabilities), labels)

    low, high = map(math.log, TEMPERATURES)
    return math.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x)


def fit_threshold(
    probabilities: Probabilities,
    labels: NDArray[np.int64],
    non_digits: Probabilities | None = None,
) -> float:
    """Return the lowest refusal threshold that keeps both promises on calibrated validation data.

    Of the accepted digits `RIGHT_WHEN_ACCEPTED` are right; of the non-digits `REFUSED_NON_DIGITS`
    are refused.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidence)
    share_right = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share_right >= RIGHT_WHEN_ACCEPTED)
    threshold = float(confidence[order][enough[-1]]) if enough.size else 1.0
    if non_digits is not None:
        refusing = float(np.quantile(non_digits.max(axis=1), REFUSED_NON_DIGITS))
        threshold = max(threshold, refusing)
    return threshold


def auroc(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """Return the area under the ROC curve of confidences (n,) and (m,)."""
    from sklearn.metrics import roc_auc_score

    truth = np.repeat([1, 0], [len(positive), len(negative)])
    return float(roc_auc_score(truth, np.concatenate([positive, negative])))


def score(probabilities: Probabilities, labels: NDArray[np.int64], threshold: float) -> TestFigures:
    """Score calibrated (n, 10) probabilities against (n,) labels."""
    right = probabilities.argmax(axis=1) == labels
    accepted = probabilities.max(axis=1) >= threshold
    return TestFigures(
        n=len(labels),
        accuracy=float(right.mean()),
        accuracy_interval_95=wilson_interval(int(right.sum()), len(labels)),
        cross_entropy=cross_entropy(probabilities, labels),
        calibration_error=calibration_error(probabilities, labels),
        accepted=float(accepted.mean()),
        accepted_accuracy=float(right[accepted].mean()) if accepted.any() else None,
    )


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927), which holds near 0 and 1 too."""
    from scipy.stats import binomtest

    interval = binomtest(successes, n).proportion_ci(CONFIDENCE_LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


def reliability(
    probabilities: Probabilities, labels: NDArray[np.int64], bins: int = 15
) -> tuple[ReliabilityBin, ...]:
    """Return how often an answer is right, for `bins` equal steps of its confidence from 0 to 1.

    By hand, since `sklearn.calibration.calibration_curve` drops empty bins and counts nothing.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    inside = [place == number for number in range(bins)]
    return tuple(
        ReliabilityBin(
            low=number / bins,
            high=(number + 1) / bins,
            n=int(of.sum()),
            confidence=float(confidence[of].mean()) if of.any() else None,
            accuracy=float(right[of].mean()) if of.any() else None,
        )
        for number, of in enumerate(inside)
    )


def calibration_error(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """Return the expected calibration error: the mean gap of confidence and accuracy over bins.

    Naeini et al. 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning".
    """
    bins = reliability(probabilities, labels)
    gaps = (b.n * abs((b.confidence or 0) - (b.accuracy or 0)) for b in bins)
    return sum(gaps) / len(labels)


def confusion_matrix(
    probabilities: Probabilities, labels: NDArray[np.int64]
) -> tuple[tuple[int, ...], ...]:
    """Return counts, a row for each true digit and a column for each answer."""
    from sklearn import metrics

    answers = probabilities.argmax(axis=1)
    matrix = metrics.confusion_matrix(labels, answers, labels=range(CLASSES))
    return tuple(tuple(int(count) for count in row) for row in matrix)


def cross_entropy(probabilities: Probabilities, labels: NDArray[np.int64]) -> float:
    """Return the mean of -log p(truth), in nats.

    By hand, since `sklearn.metrics.log_loss` warns of float32 rows that sum to 1 only nearly.
    """
    of_truth = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_truth, 1e-30, dtype=np.float64)).mean())
