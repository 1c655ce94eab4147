"""Calibration: from a network's probabilities to ones that can be trusted, or rejected."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Calibration:
    """Temperature and acceptance threshold, fitted on validation data."""

    temperature: float = (
        1.0  # above 1 softens; Guo et al. 2017, "On Calibration of Modern Neural Networks"
    )
    threshold: float = 0.5  # a digit is accepted from this calibrated probability on

    def __post_init__(self) -> None:
        """Raise ValueError for what no fit can give."""
        if not (0 < self.temperature < float("inf") and 0 <= self.threshold <= 1):
            raise ValueError(f"no calibration: {self}")

    def apply(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Temperature-scale (n, 10) probabilities; equals softmax(logits / temperature)."""
        logits = np.log(np.maximum(probabilities, 1e-30, dtype=np.float64)) / self.temperature
        scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(scaled / scaled.sum(axis=1, keepdims=True), np.float32)
