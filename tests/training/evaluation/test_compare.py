import numpy as np
import pytest

from training.evaluation.compare import mcnemar


def right(*counts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whether two networks are right; counts of both, first only, second only, neither."""
    first = np.repeat([True, True, False, False], counts)
    return first, np.repeat([True, False, True, False], counts)


def test_mcnemar_of_a_known_case() -> None:
    """The two-sided binomial tail by hand: 2 * (1 + 10 + 45) / 1024."""
    pair = mcnemar("a", "b", *right(500, 2, 8, 20))
    assert (pair.only_one, pair.only_other) == (2, 8)
    assert pair.p == pytest.approx(112 / 1024)
    assert str(pair) == "a alone is right on 2, b alone on 8: p = 0.11"


def test_networks_that_answer_alike_do_not_differ() -> None:
    assert mcnemar("a", "b", *right(500, 0, 0, 20)).p == 1
    assert mcnemar("a", "b", *right(0, 7, 7, 0)).p == pytest.approx(1)


def test_networks_that_differ_on_many_digits_differ() -> None:
    assert mcnemar("a", "b", *right(0, 40, 5, 0)).p < 1e-6
