"""Epochs that are generated in a second process."""

import numpy as np

from tests.training.augment.conftest import SAMPLES, digit_strokes
from training.augment.characters import Mixture
from training.augment.compose import to_input
from training.augment.generator import ExampleGenerator
from training.augment.prefetch import generate, generated_epochs
from training.augment.render import render_handwriting


def test_epochs_are_generated_by_their_number() -> None:
    with generated_epochs(SAMPLES, lambda _: Mixture(), count=30, seed=11) as endless:
        epochs = [endless.epoch(number) for number in (0, 1, 5, 1)]
    for pictures, targets in epochs:
        assert pictures.shape == (30, 28, 28)
        assert targets.shape == (30, 10)
    assert np.array_equal(epochs[1][0], epochs[3][0])
    assert not np.array_equal(epochs[0][0], epochs[1][0])
    alone = generate(ExampleGenerator(SAMPLES, Mixture()), 30, [11, 5])
    assert np.array_equal(epochs[2][0], alone[0])


def test_jittered_input_is_a_little_larger_or_smaller() -> None:
    random = np.random.default_rng(14)
    for digit in range(10):
        ink = render_handwriting(digit_strokes(digit), random)
        pictures = [to_input(ink, random, jittered=1) for _ in range(40)]
        rows = [np.count_nonzero((shown > 20).any(axis=1)) for shown in pictures]
        columns = [np.count_nonzero((shown > 20).any(axis=0)) for shown in pictures]
        longer = np.maximum(rows, columns)
        assert longer.min() in (18, 19)
        assert longer.max() in (21, 22)
        assert len({shown.tobytes() for shown in pictures}) == len(pictures)
