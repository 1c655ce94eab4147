"""What pen, paper and camera do to ink."""

import numpy as np
import pytest

from tests.training.augment.conftest import digit_strokes
from training.augment.compose import to_input
from training.augment.degradations import DEGRADATIONS, Degradation, degrade
from training.augment.render import CANVAS_SIDE, Ink, render_handwriting


@pytest.mark.parametrize("kind", [kind for kind, _ in DEGRADATIONS], ids=lambda kind: kind.__name__)
def test_degradation_leaves_most_ink_in_place(kind: Degradation) -> None:
    """Most of the ink stays where it was, whatever the degradation."""
    random = np.random.default_rng(0)
    for digit in range(10):
        ink = render_handwriting(digit_strokes(digit), random)
        before = ink.copy()
        after = kind(ink, random)
        assert np.array_equal(ink, before)  # the source is left alone
        assert after.dtype == np.float32
        assert after.min() >= 0
        assert 0.05 < after.max() <= 1 + 1e-5
        assert np.isfinite(after).all()
        large = after if after.shape == ink.shape else _enlarged(after)
        assert np.corrcoef(large.ravel(), before.ravel())[0, 1] > 0.4


@pytest.mark.parametrize("kind", [kind for kind, _ in DEGRADATIONS], ids=lambda kind: kind.__name__)
def test_degradation_of_an_empty_canvas_is_finite(kind: Degradation) -> None:
    """An earlier degradation may have removed all ink."""
    random = np.random.default_rng(0)
    with np.errstate(all="raise"):
        for _ in range(20):
            after = kind(np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.float32), random)
            assert np.isfinite(after).all()


def _enlarged(ink: Ink) -> Ink:
    places = np.arange(CANVAS_SIDE) * ink.shape[0] // CANVAS_SIDE
    return np.asarray(ink[places][:, places], np.float32)


def test_share_of_zero_degrades_nothing() -> None:
    random = np.random.default_rng(0)
    ink = render_handwriting(digit_strokes(2), random)
    assert degrade(ink, random, share=0) is ink


def test_all_degradations_at_once_leave_some_ink() -> None:
    for seed in range(60):
        random = np.random.default_rng(seed)
        ink = degrade(render_handwriting(digit_strokes(seed % 10), random), random, share=2)
        shown = to_input(ink, random)
        assert shown.max() > 100
