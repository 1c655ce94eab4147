"""A glyph among digits is more likely a digit than one alone."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from model.ink.components import Component
from model.segment.candidates import Candidate
from model.segment.number_prior import number_prior


def likely(digit: int, none: float, other: float = 0.0) -> NDArray[np.float32]:
    """Return the probabilities of a digit, of another digit and of a non-digit."""
    probabilities = np.full(10, none / 10, np.float32)
    probabilities[digit] += 1 - none - other
    probabilities[(digit + 1) % 10] += other
    return probabilities


def line(
    *probabilities: NDArray[np.float32], heights: Sequence[int] = (), uncertain: bool = False
) -> list[Candidate]:
    """Glyphs of these heights in pixels side by side."""
    sizes = heights or [40] * len(probabilities)
    return [
        Candidate(
            Component(np.ones((height, 20), np.float32), (40 * place, 100 - height, 20, height)),
            np.zeros((28, 28), np.float32),
            given,
            uncertain,
        )
        for place, (given, height) in enumerate(zip(probabilities, sizes, strict=True))
    ]


CONFIDENT = likely(3, 0.01)


def test_glyph_among_digits_is_more_likely_a_digit() -> None:
    first, doubted, last = number_prior(line(CONFIDENT, likely(9, 0.5, 0.1), CONFIDENT))
    assert np.array_equal(first.probabilities, CONFIDENT)
    assert np.array_equal(last.probabilities, CONFIDENT)
    adjusted = doubted.probabilities
    assert adjusted.sum() == pytest.approx(1)
    assert 0.6 < adjusted[9] < 0.7
    # The ratios among the digits stay.
    none = 10 * adjusted.min()
    assert (adjusted[0] - none / 10) / (adjusted[9] - none / 10) == pytest.approx(0.1 / 0.4)


def test_confident_non_digit_stays_one() -> None:
    assert number_prior(line(CONFIDENT, likely(9, 0.98), CONFIDENT))[1].confidence < 0.2


@pytest.mark.parametrize(
    "components",
    [
        line(likely(9, 0.5)),
        line(CONFIDENT, likely(9, 0.5)),
        line(likely(9, 0.5), likely(9, 0.5), likely(9, 0.5)),
        line(CONFIDENT, likely(9, 0.5), CONFIDENT, heights=(40, 20, 40)),  # a dash or a comma
        line(CONFIDENT, likely(9, 0.5), CONFIDENT, uncertain=True),
        [],
    ],
)
def test_other_glyphs_keep_their_probabilities(components: list[Candidate]) -> None:
    for before, after in zip(components, number_prior(components), strict=True):
        assert np.array_equal(before.probabilities, after.probabilities)
