"""CTC decoding against the definition: the sum over all paths of a tiny line."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.line.ctc import BeamParams, LogProbs, align, beam_search, log_prob

BLANK = 2
THOROUGH = BeamParams(beams=200, least=math.log(1e-12), certain=0.0)


def random_line(seed: int, columns: int) -> LogProbs:
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(3), columns)
    return np.log(probabilities)


def by_definition(log_probs: LogProbs) -> dict[tuple[int, ...], float]:
    sums: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(3), repeat=len(log_probs)):
        text = tuple(k for k, _ in itertools.groupby(path) if k != BLANK)
        p = math.exp(sum(row[k] for row, k in zip(log_probs, path, strict=True)))
        sums[text] = sums.get(text, 0.0) + p
    return sums


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_probability_is_the_sum_over_all_paths(seed: int, columns: int) -> None:
    line = random_line(seed, columns)
    for text, probability in by_definition(line).items():
        assert math.exp(log_prob(line, text, BLANK)) == pytest.approx(probability, rel=1e-6)


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_thorough_beam_search_finds_every_text_with_its_probability(
    seed: int, columns: int
) -> None:
    line = random_line(seed, columns)
    expected = by_definition(line)
    found = beam_search(line, BLANK, THOROUGH)
    assert {h.classes for h in found} >= set(expected)
    for hypothesis in found[: len(expected)]:
        assert math.exp(hypothesis.log_prob) == pytest.approx(
            expected[hypothesis.classes], rel=1e-6
        )
    assert [h.log_prob for h in found] == sorted((h.log_prob for h in found), reverse=True)


def test_search_of_few_beams_finds_the_best_text() -> None:
    for seed in range(20):
        line = random_line(seed, 6)
        expected = by_definition(line)
        best = beam_search(line, BLANK)[0]
        assert expected[best.classes] >= 0.9 * max(expected.values())


def test_alignment_gives_each_class_its_own_columns_in_order() -> None:
    line = np.full((9, 3), math.log(0.01))
    for column, k in enumerate([2, 0, 0, 2, 0, 2, 1, 1, 2]):
        line[column, k] = math.log(0.98)
    assert align(line, (0, 0, 1), BLANK) == [(1, 3), (4, 5), (6, 8)]
    assert align(line, (), BLANK) == []


def test_a_text_longer_than_the_line_cannot_be_aligned() -> None:
    with pytest.raises(ValueError, match="3 classes"):
        align(random_line(0, 4), (0, 0, 0), BLANK)
