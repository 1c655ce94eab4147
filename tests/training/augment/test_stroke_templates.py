"""The notation of the templates."""

import numpy as np
import pytest

from training.augment.stroke_templates import (
    DIGIT_TEMPLATES,
    NON_DIGIT_TEMPLATES,
    ONE_STROKE_TEMPLATES,
    RARE_TEMPLATES,
    parse_strokes,
    smooth,
)


@pytest.mark.parametrize(
    "template",
    [
        *NON_DIGIT_TEMPLATES,
        *(template for template, _ in DIGIT_TEMPLATES + RARE_TEMPLATES + ONE_STROKE_TEMPLATES),
    ],
)
def test_every_template_is_well_formed(template: str) -> None:
    for stroke in parse_strokes(template):
        assert stroke.dtype == np.float32
        assert stroke.ndim == 2
        assert len(stroke) >= 2
        assert np.isfinite(stroke).all()
        assert -10 < stroke.min() < stroke.max() < 30


def test_common_templates_cover_every_digit() -> None:
    assert {label for _, label in DIGIT_TEMPLATES} == set(range(10))


def test_smooth_curve_passes_through_its_corners() -> None:
    corners = np.array([(0, 0), (4, 8), (9, 3)], np.float32)
    curve = smooth(corners)
    assert len(curve) == 13
    for corner in corners:
        assert np.hypot(*(curve - corner).T).min() < 1e-5
