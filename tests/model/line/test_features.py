"""What the line network sees does not depend on the exposure."""

import numpy as np

from model.image.grayscale import Grey
from model.line.features import LINE_HEIGHT, line_features


def line(ink: int, paper: int) -> Grey:
    grey = np.full((LINE_HEIGHT, 90), paper, np.uint8)
    grey[4:28, 20:24] = grey[4:28, 50:54] = ink
    return grey


def test_ink_is_one_and_paper_is_zero_however_it_is_exposed() -> None:
    for ink, paper in ((0, 255), (60, 120), (150, 180)):
        features = line_features(line(ink, paper))
        assert features.shape == (LINE_HEIGHT, 90, 1)
        assert features.dtype == np.float32
        assert np.allclose(features[10, 21], 1)
        assert np.allclose(features[10, 0], 0)


def test_flat_line_is_not_stretched() -> None:
    assert np.abs(line_features(line(199, 200))).max() < 0.2


def test_bright_spots_are_bounded() -> None:
    features = line_features(np.random.default_rng(1).integers(0, 256, (32, 64)).astype(np.uint8))
    assert features.min() >= np.float32(-0.3)
    assert features.max() <= np.float32(1.3)
