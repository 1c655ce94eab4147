"""How likely a text line is right as a whole, by what both networks say of it.

A logistic regression on the logs of three probabilities of an error: that the line network means
another text, that the digit network means another digit at the weakest place, and at any place. It
is fitted on synthetic lines by `python -m training confidence` (Platt 1999).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.line.reader import LineReading

LEAST_ERROR = 1e-5  # probability; so that its logarithm is finite


@dataclass(frozen=True)
class ConfidenceModel:
    """Weights of the logistic regression, and the confidence from which a text is stated."""

    bias: float
    line: float
    weakest: float
    digits: float
    bound: float

    def confidence(self, reading: "LineReading") -> float:
        """Return the probability that a text line is right, in [0, 1]."""
        line, weakest, digits = error_logs(reading)
        logit = self.bias + self.line * line + self.weakest * weakest + self.digits * digits
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))


def error_logs(reading: "LineReading") -> tuple[float, float, float]:
    """Return the logs of the probabilities of an error by each of the three views of a line."""
    line, weakest, digits = (
        math.log(LEAST_ERROR + 1 - math.exp(min(0.0, log_prob)))
        for log_prob in (
            reading.line_log_prob,
            reading.weakest_log_prob,
            reading.digit_log_prob,
        )
    )
    return line, weakest, digits
