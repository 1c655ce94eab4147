"""Non-digits, and which digits they are made of."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.training.augment.conftest import SAMPLES, digit_strokes, normalized, sharp_digit
from training.augment.characters import Mixture, WritingSamples
from training.augment.generator import ExampleGenerator
from training.augment.non_digits import HALVES, TURNS
from training.augment.prefetch import generate


@pytest.mark.parametrize("table", [HALVES, TURNS])
def test_halves_and_turns_are_defined_for_every_digit(table: tuple[tuple[str, ...], ...]) -> None:
    assert len(table) == 10


def test_turns_that_are_digits_again_are_not_non_digits() -> None:
    """A 6 upside down is a 9; an 8 and a 0 are the same upside down."""
    assert not {"half"} & {*TURNS[6], *TURNS[9]}
    assert TURNS[0] == TURNS[8] == ()
    assert not {"mirror", "flip"} & {*TURNS[0], *TURNS[1]}


def test_chances_of_the_kinds_of_non_digits_sum_to_one() -> None:
    """NumPy refuses to choose between chances that do not sum to one."""
    pictures, _ = generate(ExampleGenerator(SAMPLES, Mixture(non_digit=1)), 300, [12])
    assert len({p.tobytes() for p in pictures}) > 290


def test_uneven_pair_is_a_digit_and_a_smaller_one_beside_it() -> None:
    """The smaller digit is mostly on the right, at the bottom."""
    mixtures = [
        Mixture(non_digit=1, template=0, letter=0.01, pair=0.55, uneven_pair=u) for u in (0.0, 1.0)
    ]
    even, uneven = (
        generate(ExampleGenerator(SAMPLES, mixture), 400, [22])[0] for mixture in mixtures
    )
    assert _lower_half(uneven) > _lower_half(even) + 0.03


def _lower_half(pictures: NDArray[np.uint8]) -> float:
    """Return the share of the ink right of the middle that is in the lower half."""
    right = pictures[:, :, 16:].astype(float)
    return float(right[:, 14:].sum() / right.sum())


@pytest.mark.parametrize(("latin", "comes"), [(0.0, True), (0.5, False)])
def test_mirrored_nine_is_a_non_digit_without_latin_templates(latin: float, comes: bool) -> None:
    nine = sharp_digit(9)
    samples = WritingSamples(nine[np.newaxis], np.array([9]), [digit_strokes(9)], np.array([9]))
    mixture = Mixture(non_digit=1, letter=0.01, pair=0.55, template=0, latin=latin)
    pictures, _ = generate(ExampleGenerator(samples, mixture), 400, [16])
    mirrored = normalized(nine[:, ::-1]).ravel()
    alike = [np.corrcoef(shown.ravel(), mirrored)[0, 1] for shown in pictures]
    assert (max(alike) > 0.8) == comes
