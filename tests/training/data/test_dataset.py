"""How digits are split and limited."""

import numpy as np
import pytest

from training.data.dataset import Dataset, LabelledImages, limit, sample, split
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


def test_limit_keeps_every_class_in_proportion() -> None:
    """The training part has all digits of one class first, as it may after a split."""
    train, test = numbered(*[600] * 9, 60), numbered(*[50] * 10)
    dataset = Dataset("many", "", "", "", train, train, test)
    limited = limit(dataset, 200)
    assert limited.train.per_class[:9] == pytest.approx([22] * 9, abs=1)
    assert limited.train.per_class[9] in (2, 3)
    assert len(limited.train) == len(limited.validation) == len(limited.test) == 200
    assert limited.test.per_class == [20] * 10


@pytest.mark.parametrize(("n", "expected"), [(10, [1] * 10), (3, None), (5000, None)])
def test_sample_has_one_of_each_class_if_it_can(n: int, expected: list[int] | None) -> None:
    few = sample(numbered(*[400] * 9, 1), n)
    assert len(few) == min(n, 3601)
    assert expected is None or few.per_class == expected


def test_sample_keeps_the_order() -> None:
    digits = numbered(*[20] * 10)
    shuffled = digits.take(np.random.default_rng(0).permutation(len(digits)))
    few = sample(shuffled, 50)
    places = [shuffled.images[:, 0, 0].tolist().index(image) for image in few.images[:, 0, 0]]
    assert places == sorted(places)
