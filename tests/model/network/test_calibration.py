import numpy as np
import pytest

from model.network.calibration import Calibration

PROBABILITIES = np.array([[0.7, 0.2, 0.1] + [0.0] * 7], np.float32)


def test_temperature_one_changes_nothing() -> None:
    assert np.allclose(Calibration(1.0).apply(PROBABILITIES), PROBABILITIES)


def test_temperature_is_a_power_that_is_scaled_to_one() -> None:
    softened = Calibration(2.0).apply(PROBABILITIES)[0]
    assert softened.sum() == pytest.approx(1)
    assert softened[0] / softened[1] == pytest.approx(np.sqrt(0.7 / 0.2), rel=1e-4)
