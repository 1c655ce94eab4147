"""The confidence of a text line from what both networks say of it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from model.line.confidence import ConfidenceModel, log_of_error

log_probs = st.floats(-50, 0)
weights = st.floats(-3, 0)


@given(
    st.builds(ConfidenceModel, st.floats(-5, 5), weights, weights),
    st.tuples(log_probs, log_probs),
    log_probs,
)
def test_less_sure_networks_never_give_a_higher_confidence(
    model: ConfidenceModel, changed: tuple[float, float], other: float
) -> None:
    less, more = sorted(changed)
    assert model.of_log_probs(less, other) <= model.of_log_probs(more, other)
    assert model.of_log_probs(other, less) <= model.of_log_probs(other, more)


@given(st.floats(-100, 100), st.floats(-100, 100), log_probs, log_probs)
def test_confidence_is_a_probability_below_certainty(
    bias: float, weight: float, line: float, digits: float
) -> None:
    model = ConfidenceModel(bias, weight, weight)
    assert 0 <= model.of_log_probs(line, digits) < 1


@given(log_probs, log_probs)
def test_unfitted_model_states_nothing(line: float, digits: float) -> None:
    model = ConfidenceModel()
    assert model.of_log_probs(line, digits) < model.bound


def test_unfitted_model_still_tells_sure_from_unsure() -> None:
    model = ConfidenceModel()
    found = [model.of_log_probs(log_prob, log_prob) for log_prob in (-5, -1, -0.1, -0.001)]
    assert all(less < more for less, more in pairwise(found))


def test_log_of_error_is_finite_for_certainty_and_for_the_impossible() -> None:
    assert -12 < log_of_error(0) < -11
    assert abs(log_of_error(-1e9)) < 1e-4
    assert log_of_error(0.1) == log_of_error(0)  # a sum of probabilities may exceed 1 a little
