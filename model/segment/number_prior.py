"""The prior in numbers: a glyph among digits is more likely a digit than one that stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.network.runtime import Probabilities
from model.segment.candidates import Candidate, GlyphParams


@dataclass(frozen=True)
class NumberPriorParams:
    """Thresholds of the prior in numbers."""

    min_digits: int = 2  # confident digits that make a number of a text line
    # Prior odds that a digit-sized glyph inside a number is a non-digit, relative to a lone glyph.
    non_digit_odds: float = 0.3


def number_prior(
    line: Sequence[Candidate],
    params: NumberPriorParams = NumberPriorParams(),
    glyph: GlyphParams = GlyphParams(),
) -> list[Candidate]:
    """Return the glyphs of a text line, those inside a number with the posterior probabilities."""
    confident = [
        c.component.height for c in line if c.confidence >= glyph.confident and not c.uncertain
    ]
    if len(confident) < params.min_digits:
        return list(line)
    least = glyph.min_whole_height * float(np.median(confident))
    return [  # a confident glyph needs no support
        replace(c, probabilities=_posterior(c.probabilities, params.non_digit_odds))
        if c.confidence < glyph.confident and c.component.height >= least
        else c
        for c in line
    ]


def _posterior(probabilities: Probabilities, non_digit_odds: float) -> Probabilities:
    """Return (10,) by Bayes' rule, for other prior odds of a non-digit.

    The network spreads the probability of a non-digit evenly over the ten digits, so that each has
    at least a tenth of it.
    """
    least = probabilities.min()
    none = float(least) * len(probabilities)
    digits = probabilities - least
    return np.asarray(
        (digits + non_digit_odds * least) / (1 - none + non_digit_odds * none), np.float32
    )
