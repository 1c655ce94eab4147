import numpy as np
import pytest

from model.calibrate import Calibration
from training.evaluate import (
    calibration_error,
    confusion_matrix,
    fit_calibration,
    score,
    wilson_interval,
)


def sample(n: int, temperature: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are over-confident by `temperature`, and labels to match."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 2.5, (n, 10))
    true = Calibration(1.0).apply(np.exp(logits).astype(np.float32))
    labels = np.array([generator.choice(10, p=p / p.sum()) for p in true.astype(np.float64)])
    return Calibration(1 / temperature).apply(true), labels


def test_over_confidence_is_found_and_mended() -> None:
    probabilities, labels = sample(4000, temperature=2.0)
    calibration = fit_calibration(probabilities, labels)
    assert calibration.temperature == pytest.approx(2.0, rel=0.1)
    mended = calibration.apply(probabilities)
    assert calibration_error(mended, labels) < 0.03 < calibration_error(probabilities, labels)


def test_threshold_keeps_what_is_right_often_enough() -> None:
    probabilities, labels = sample(4000, temperature=1.0)
    calibration = fit_calibration(probabilities, labels)
    result = score(calibration.apply(probabilities), labels, calibration.threshold)
    assert result.accepted_accuracy is not None
    assert result.accepted_accuracy >= 0.995
    assert 0 < result.accepted < 1


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
