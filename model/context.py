"""What is written among digits is rather a digit itself."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.engine import Probabilities
from model.judge import Judged
from model.line import SURE, TALL_STICK

COMPANY = 2  # so many sure digits make a number of a line
# How much less likely than alone is it that a mark as high as the digits of its number is none.
NO_DIGIT = 0.3


def in_numbers(line: Sequence[Judged]) -> list[Judged]:
    """The marks of a line, those among digits with the probabilities that they have there."""
    sure = [digit.mark.height for digit in line if digit.confidence >= SURE and not digit.doubtful]
    if len(sure) < COMPANY:
        return list(line)
    least = TALL_STICK * float(np.median(sure))
    return [  # what is sure is so by itself
        replace(one, probabilities=_among_digits(one.probabilities))
        if one.confidence < SURE and one.mark.height >= least
        else one
        for one in line
    ]


def _among_digits(probabilities: Probabilities) -> Probabilities:
    """(10,) by Bayes' rule, with other odds that the mark is a digit.

    What the network gives to marks that are no digits is spread evenly over the ten, so that none
    has less than a tenth of it.
    """
    least = probabilities.min()
    none = float(least) * len(probabilities)
    digits = probabilities - least
    return np.asarray((digits + NO_DIGIT * least) / (1 - none + NO_DIGIT * none), np.float32)
