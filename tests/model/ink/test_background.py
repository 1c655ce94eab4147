"""The background and the polarity of the ink are estimated everywhere."""

import cv2
import numpy as np
import pytest

from model.ink.background import estimate_background
from model.ink.page import mask_outside_page
from training.augment.photos import PHOTO_STYLES, PhotoStyle, photo, screenshot, small_photo
from training.augment.strokes import render


def true_polarity(look: PhotoStyle) -> str:
    return "dark" if look.ink < look.paper else "light"


@pytest.mark.parametrize("digit", [1, 4, 8])
@pytest.mark.parametrize("name", PHOTO_STYLES)
def test_polarity_of_a_photo(name: str, digit: int) -> None:
    grey = mask_outside_page(photo(PHOTO_STYLES[name], str(digit)).grey)
    assert estimate_background(grey, None)[1] == true_polarity(PHOTO_STYLES[name])


@pytest.mark.parametrize("side", [8, 10, 12, 16, 24])
def test_polarity_of_a_few_pixels(side: int) -> None:
    for digit in range(10):
        small = small_photo(side, digit)
        assert estimate_background(small, None)[1] == "dark"
        assert estimate_background(255 - small, None)[1] == "light"


# A 1 cut close is half ink, and could as well be a light stroke.
@pytest.mark.parametrize("digit", [0, 2, 3, 4, 5, 6, 7, 8, 9])
def test_polarity_of_a_photo_cropped_close_to_the_digit(digit: int) -> None:
    """A tall narrow image of a 1 is mostly pen; the border still shows the background."""
    whole = photo(PhotoStyle(pen=0.1), str(digit))
    rows, columns = (np.flatnonzero(whole.covered.any(axis=axis)) for axis in (1, 0))
    margin = 9
    close = whole.grey[
        rows[0] - margin : rows[-1] + margin, columns[0] - margin : columns[-1] + margin
    ]
    assert estimate_background(close, None)[1] == "dark"
    assert estimate_background(255 - close, None)[1] == "light"


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (120, 140), (140, 120)])
def test_drawing_has_one_background_level(ink: int, paper: int) -> None:
    level, polarity = estimate_background(render(3, ink=ink, paper=paper), None)
    assert np.unique(level).tolist() == [paper]
    assert polarity == ("dark" if ink < paper else "light")


def test_frame_of_a_window_is_not_the_background() -> None:
    level, polarity = estimate_background(screenshot(2).pixels, None)
    assert (np.unique(level).tolist(), polarity) == ([255], "dark")


@pytest.mark.parametrize("name", [name for name, look in PHOTO_STYLES.items() if not look.table])
def test_background_is_estimated_under_the_ink(name: str) -> None:
    """Within some levels of the same photo without the writing."""
    written, bare = photo(PHOTO_STYLES[name], "6", seed=1), photo(PHOTO_STYLES[name], "", seed=1)
    level = estimate_background(written.grey, None)[0]
    true = cv2.medianBlur(bare.grey, 21)
    off = np.abs(level.astype(int) - true)[written.covered]
    contrast = abs(PHOTO_STYLES[name].ink - PHOTO_STYLES[name].paper)
    assert np.median(off) < max(4, 0.1 * contrast)


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_polarity_that_is_given_is_kept(polarity: str) -> None:
    for grey in (render(7), photo(PHOTO_STYLES["evenly lit"], "7").grey):
        assert estimate_background(grey, polarity)[1] == polarity  # type: ignore[arg-type]
