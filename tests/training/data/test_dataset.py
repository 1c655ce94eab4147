"""How digits are split."""

import numpy as np
import pytest

from training.data.dataset import LabelledImages, split
from training.errors import DataError


def numbered(*per_class: int) -> LabelledImages:
    labels = np.repeat(np.arange(10), per_class)
    images = np.arange(len(labels), dtype=np.uint16)[:, None, None].astype(np.uint8)
    return LabelledImages(images, labels)


def test_split_holds_out_a_share_of_every_digit() -> None:
    digits = numbered(*[100] * 9, 20)
    rest, held_out = split(digits, 0.1, seed=3)
    assert held_out.per_class == [10] * 9 + [2]
    assert len(rest) + len(held_out) == len(digits)
    again = split(digits, 0.1, seed=3)[1]
    assert np.array_equal(held_out.labels, again.labels)


def test_split_holds_out_one_of_each_digit_at_least() -> None:
    rest, held_out = split(numbered(*[100] * 8, 2, 1), 0.01, seed=3)
    assert held_out.per_class == [1] * 9 + [0]  # the only 9 is needed to learn from
    assert rest.per_class == [99] * 8 + [1, 1]


def test_split_holds_out_a_number_of_digits() -> None:
    digits = numbered(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)  # as MNIST has
    rest, held_out = split(digits, 10_000, seed=1)
    assert (len(rest), len(held_out)) == (50_000, 10_000)
    shares = np.array(held_out.per_class) / digits.per_class
    assert np.abs(shares - 1 / 6).max() < 2e-4


def test_split_that_would_leave_nothing_is_refused() -> None:
    with pytest.raises(DataError, match=r"^10,000 digits .* there are only 100\.$"):
        split(numbered(*[10] * 10), 10_000, seed=1)
