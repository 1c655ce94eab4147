import numpy as np
import pytest

from model.network.calibration import Calibration
from training.evaluation.metrics import (
    REFUSED_NON_DIGITS,
    RIGHT_WHEN_ACCEPTED,
    auroc,
    calibration_error,
    confusion_matrix,
    cross_entropy,
    fit_temperature,
    fit_threshold,
    reliability,
    score,
    wilson_interval,
)


def sample(n: int, temperature: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are over-confident by `temperature`, and matching labels."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 2.5, (n, 10))
    true = Calibration(1.0).apply(np.exp(logits).astype(np.float32))
    labels = np.array([generator.choice(10, p=p / p.sum()) for p in true.astype(np.float64)])
    return Calibration(1 / temperature).apply(true), labels


def of_confidence(*confidences: float) -> np.ndarray:
    """Return probabilities whose likeliest digit, 0, has these confidences."""
    rest = [[(1 - c) / 9] * 9 for c in confidences]
    return np.array([[c, *others] for c, others in zip(confidences, rest, strict=True)], np.float32)


def test_temperature_corrects_overconfidence() -> None:
    probabilities, labels = sample(4000, temperature=2.0)
    temperature = fit_temperature(probabilities, labels)
    assert temperature == pytest.approx(2.0, rel=0.1)
    corrected = Calibration(temperature).apply(probabilities)
    assert calibration_error(corrected, labels) < 0.03 < calibration_error(probabilities, labels)


@pytest.mark.parametrize("true", [0.3, 0.77, 1.6, 3.5])
def test_temperature_has_less_loss_than_any_of_a_fine_grid(true: float) -> None:
    probabilities, labels = sample(1000, temperature=true)
    losses = [
        cross_entropy(Calibration(temperature).apply(probabilities), labels)
        for temperature in (fit_temperature(probabilities, labels), *np.geomspace(0.25, 4, 279))
    ]
    assert losses[0] <= min(losses[1:]) + 1e-7


def test_accepted_digits_are_right_often_enough() -> None:
    probabilities, labels = sample(4000, temperature=1.0)
    threshold = fit_threshold(probabilities, labels)
    result = score(probabilities, labels, threshold)
    assert result.accepted_accuracy is not None
    assert result.accepted_accuracy >= RIGHT_WHEN_ACCEPTED
    assert result.accepted is not None
    assert 0 < result.accepted < 1


def test_threshold_is_the_lowest_that_keeps_the_promise() -> None:
    labels = np.array([0, 0, 0, 1])  # the last one is read wrong
    assert fit_threshold(of_confidence(0.9, 0.8, 0.7, 0.6), labels) == pytest.approx(0.7)
    assert fit_threshold(of_confidence(0.9, 0.8, 0.7, 0.6), 0 * labels) == pytest.approx(0.6)


def test_nothing_is_accepted_if_the_most_confident_answer_is_wrong() -> None:
    assert fit_threshold(of_confidence(0.9, 0.8), np.array([1, 0])) == 1.0


def test_threshold_refuses_non_digits() -> None:
    """It does so even where every digit is right."""
    digits, labels = of_confidence(*np.linspace(0.3, 1, 100)), np.zeros(100, int)
    others = of_confidence(*np.linspace(0.1, 0.8, 1000))
    threshold = fit_threshold(digits, labels, others)
    assert threshold > fit_threshold(digits, labels)
    assert (others.max(axis=1) < threshold).mean() >= REFUSED_NON_DIGITS
    assert (others.max(axis=1) < threshold - 0.01).mean() < REFUSED_NON_DIGITS


def test_non_digits_of_low_confidence_do_not_raise_the_threshold() -> None:
    digits, labels = of_confidence(0.9, 0.8, 0.7, 0.6), np.array([0, 0, 0, 1])
    assert fit_threshold(digits, labels, of_confidence(0.1, 0.2, 0.3)) == pytest.approx(0.7)


@pytest.mark.parametrize("seed", range(3))
def test_auroc_counts_the_pairs_in_which_the_digit_is_more_confident(seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Rounded, so that there are ties.
    digits = generator.normal(0.6, 0.3, 70).round(1).astype(np.float32)
    others = generator.normal(0.4, 0.3, 50).round(1).astype(np.float32)
    pairs = [(d > o) + 0.5 * (d == o) for d in digits for o in others]
    assert auroc(digits, others) == pytest.approx(float(np.mean(pairs)))


def test_auroc_of_known_cases() -> None:
    low, high = np.array([0.1, 0.2], np.float32), np.array([0.8, 0.9, 0.95], np.float32)
    assert auroc(high, low) == 1
    assert auroc(low, high) == 0
    assert auroc(low, low) == 0.5


def test_confusion_matrix_has_a_row_for_each_true_digit() -> None:
    probabilities = np.eye(10, dtype=np.float32)[[3, 3, 5]]
    matrix = confusion_matrix(probabilities, np.array([3, 8, 5]))
    assert (matrix[3][3], matrix[8][3], matrix[5][5]) == (1, 1, 1)
    assert sum(map(sum, matrix)) == 3


def test_wilson_interval_of_a_known_case() -> None:
    low, high = wilson_interval(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_wilson_interval_stays_within_bounds() -> None:
    assert wilson_interval(10, 10)[1] == pytest.approx(1)
    assert wilson_interval(0, 10)[0] == pytest.approx(0)


def test_reliability_counts_the_digits_of_every_bin() -> None:
    labels = np.array([0, 0, 1, 0])
    bins = reliability(of_confidence(0.31, 0.38, 0.39, 1.0), labels, bins=10)
    assert [b.n for b in bins] == [0, 0, 0, 3, 0, 0, 0, 0, 0, 1]
    assert (bins[3].low, bins[3].high) == pytest.approx((0.3, 0.4))
    assert bins[3].confidence == pytest.approx(0.36)
    assert bins[3].accuracy == pytest.approx(2 / 3)
    assert (bins[4].confidence, bins[4].accuracy) == (None, None)
    assert (bins[9].confidence, bins[9].accuracy) == (1, 1)


def test_calibration_error_of_a_known_case() -> None:
    probabilities = of_confidence(0.9, 0.9, 0.5, 0.5)  # half and half of them are right
    assert calibration_error(probabilities, np.array([0, 1, 0, 1])) == pytest.approx(0.2)
