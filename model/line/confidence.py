"""How likely a text line is right as a whole, by what both networks say of it.

A logistic regression on the logs of two probabilities of an error: that the line network means
another text, and that the digit network means another digit at any place. It is fitted on synthetic
lines by `python -m training confidence` (Platt 1999).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.line.reader import LineReading

LEAST_ERROR = 1e-5  # probability; so that its logarithm is finite


@dataclass(frozen=True)
class ConfidenceModel:
    """Weights of the logistic regression, and the confidence from which a text is stated.

    Unfitted, it states nothing.
    """

    bias: float = 0.0
    line: float = -1.0
    digits: float = -1.0
    bound: float = 1.0

    def confidence(self, reading: "LineReading") -> float:
        """Return the probability that a text line is right, in [0, 1)."""
        return self.of_log_probs(reading.line_log_prob, reading.digit_log_prob)

    def of_log_probs(self, line: float, digits: float) -> float:
        """Return the same for the log probabilities of a `LineReading`."""
        logit = self.bias + self.line * log_of_error(line) + self.digits * log_of_error(digits)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def log_of_error(log_prob: float) -> float:
    """Return the log of the probability that something is not so, from that it is so."""
    return math.log(LEAST_ERROR + 1 - math.exp(min(0.0, log_prob)))
