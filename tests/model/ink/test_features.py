"""What the ink network sees: contrast that does not depend on the exposure."""

import numpy as np

from model.image.grayscale import Grey
from model.ink.features import INK_CHANNELS, ink_features


def page(ink: int, paper: int) -> Grey:
    grey = np.full((96, 128), paper, np.uint8)
    grey[30:60, 40:46] = ink
    return grey


def test_features_have_two_channels_for_each_pixel() -> None:
    features = ink_features(page(0, 255))
    assert features.shape == (96, 128, INK_CHANNELS)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


def test_ink_is_darker_than_paper_in_both_channels_however_it_is_exposed() -> None:
    for ink, paper in ((0, 255), (100, 160)):
        features = ink_features(page(ink, paper))
        assert (features[45, 43] < -0.3).all()
        assert np.abs(features[5, 5]).max() < 0.1


def test_local_contrast_does_not_see_the_light_from_one_side() -> None:
    """Over the width of a digit, where the contrast of the whole image differs much."""
    light = np.linspace(1, 0.4, 128)
    shaded = (page(100, 220) * light).astype(np.uint8)
    whole, local = np.moveaxis(ink_features(shaded), -1, 0)
    assert np.ptp(whole[80]) > 0.7
    ink = local[45, 43] - local[45, 20]
    assert ink < -0.5
    assert np.ptp(local[80, 20:-20]) < abs(ink) / 2


def test_flat_image_stays_flat() -> None:
    assert np.abs(ink_features(np.full((64, 64), 90, np.uint8))).max() < 1e-3
