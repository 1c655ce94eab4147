"""Ink is found on every background, all of it and nothing else, and keeps its grey levels."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.ink.binarize import Ink, InkLevels, extract_ink
from model.ink.noise import remove_noise
from training.augment.photos import PHOTO_STYLES, Photo, PhotoStyle, photo, screenshot, small_photo
from training.augment.strokes import render

# What may remain beside the digit: a corner of a shadow, specks.
FOREIGN = {"hard shadow": 0.5, "specks of dirt": 0.15}
USUAL_FOREIGN = 0.05


def ink_of(grey: NDArray[np.uint8]) -> Ink:
    return remove_noise(extract_ink(grey).ink).ink


def recall_and_precision(taken: Photo, ink: Ink, tolerance: int) -> tuple[float, float]:
    """Share of the true ink that was found, and of the found ink that is true."""
    found = ink > InkLevels().ink_threshold
    near_found, near_true = (
        cv2.dilate(mask.astype(np.uint8), np.ones((2 * tolerance + 1,) * 2, np.uint8)) > 0
        for mask in (found, taken.covered)
    )
    return float(near_found[taken.covered].mean()), float(near_true[found].mean())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", PHOTO_STYLES)
def test_ink_of_a_photo_is_what_the_pen_covered(name: str, seed: int) -> None:
    look = PHOTO_STYLES[name]
    taken = photo(look, str(2 + 3 * seed), seed=seed)
    tolerance = max(2, round(0.04 * look.size * look.shape[0]))
    recall, precision = recall_and_precision(taken, ink_of(taken.grey), tolerance)
    assert recall > 0.97
    assert precision > 1 - FOREIGN.get(name, USUAL_FOREIGN)


BARE = [name for name, look in PHOTO_STYLES.items() if not (look.table or look.shadow or look.dirt)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", BARE)
def test_bare_paper_has_no_ink(name: str, seed: int) -> None:
    """However it is lit and printed, and whatever the camera's noise."""
    assert ink_of(photo(PHOTO_STYLES[name], "", seed=seed).grey).max() < InkLevels().ink_threshold


GRAINY = {
    "noise": PhotoStyle(shape=(90, 80), size=0.6, pen=0.1, ink=80, paper=190, noise=36),
    "noise on a larger photo": PhotoStyle(
        shape=(500, 400), size=0.4, pen=0.08, ink=100, paper=180, noise=38
    ),
    "noise on a large photo": PhotoStyle(
        shape=(1500, 1200), size=0.3, pen=0.08, ink=110, paper=180, noise=38
    ),
    "fibres": PhotoStyle(shape=(90, 80), size=0.6, pen=0.1, ink=80, paper=190, fibres=26),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", GRAINY)
def test_ink_in_strong_grain_is_found(name: str, seed: int) -> None:
    taken = photo(GRAINY[name], str(2 + 3 * seed), seed=seed)
    tolerance = max(2, round(0.05 * GRAINY[name].size * GRAINY[name].shape[0]))
    recall, precision = recall_and_precision(taken, ink_of(taken.grey), tolerance)
    assert recall > 0.9
    assert precision > 0.9


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", GRAINY)
def test_strong_grain_alone_is_no_ink(name: str, seed: int) -> None:
    assert ink_of(photo(GRAINY[name], "", seed=seed).grey).max() < InkLevels().ink_threshold


@pytest.mark.parametrize(
    "look", [PHOTO_STYLES["evenly lit"], PHOTO_STYLES["chalk"]], ids=["paper", "board"]
)
def test_photo_turned_inside_out_has_the_same_ink(look: PhotoStyle) -> None:
    grey = photo(look, "5").grey
    assert np.abs(extract_ink(grey).ink - extract_ink(255 - grey).ink).mean() < 0.002


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 200), (180, 40)])
def test_ink_is_bright_whatever_the_polarity(ink: int, paper: int) -> None:
    found = extract_ink(render(4, ink=ink, paper=paper)).ink
    drawn = render(4) < 128
    assert found[drawn].min() > 0.4
    assert found[render(4) == 255].max() == 0
    assert found.max() == pytest.approx(1)


def test_polarity_that_is_given_is_obeyed() -> None:
    both = np.full((100, 200), 128, np.uint8)
    both[30:70, 40:50], both[30:70, 140:150] = 20, 250
    for polarity, left in (("dark", True), ("light", False)):
        found = extract_ink(both, polarity).ink  # type: ignore[arg-type]
        assert found[:, :100].any() == left
        assert found[:, 100:].any() != left


def test_white_paper_has_nothing_lighter() -> None:
    assert not extract_ink(render(4), "light").ink.any()


def test_photo_obeys_the_polarity_too() -> None:
    taken = photo(PHOTO_STYLES["evenly lit"], "8")
    assert extract_ink(taken.grey, "dark").ink[taken.covered].mean() > 0.9
    assert extract_ink(taken.grey, "light").ink[taken.covered].mean() < 0.05


def test_grey_levels_of_the_edge_are_kept() -> None:
    found = extract_ink(render(0)).ink
    assert ((found > 0.1) & (found < 0.9)).sum() > 100


def test_stroke_pressed_half_as_hard_is_half_as_bright() -> None:
    for noise in (0, 2):
        grey = np.full((200, 300), 220.0)
        grey[60:140, 80:95], grey[60:140, 180:195] = 40, 130
        grey += np.random.default_rng(0).normal(0, noise, grey.shape)
        found = extract_ink(grey.round().astype(np.uint8)).ink
        assert found[80:120, 84:91].mean() == pytest.approx(1, abs=0.03)
        assert found[80:120, 184:191].mean() == pytest.approx(0.5, abs=0.04)


def test_contrast_is_the_difference_from_the_background() -> None:
    grey = photo(PHOTO_STYLES["hard shadow"], "").grey
    flat, ink, _ = extract_ink(grey)
    assert flat.dtype == ink.dtype == np.float32
    assert flat.shape == ink.shape == grey.shape
    assert 0 <= flat.min() <= flat.max() <= 1
    assert (ink <= flat).all()


@pytest.mark.parametrize("digit", range(10))
def test_image_like_those_of_mnist_passes_unchanged(digit: int) -> None:
    picture = render(digit, side=28, brush=2, ink=255, paper=0)
    ink = extract_ink(picture).ink
    assert np.abs(ink - picture / 255).max() < 0.09  # what is fainter is grain


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_paper_has_no_ink(level: int) -> None:
    assert not extract_ink(np.full((50, 60), level, np.uint8)).ink.any()


def test_faint_grain_is_no_ink() -> None:
    grain = np.random.default_rng(0).integers(240, 256, (50, 60)).astype(np.uint8)
    assert not extract_ink(grain).ink.any()


def test_light_that_falls_off_is_no_ink() -> None:
    y, x = np.mgrid[0:1:200j, 0:1:300j]
    assert (
        ink_of(np.asarray(240 - 150 * x * x - 40 * y, np.uint8)).max() < InkLevels().ink_threshold
    )


@pytest.mark.parametrize(
    "shape", [(4, 4), (8, 8), (8, 30), (30, 8), (4, 900), (900, 4), (28, 28), (3000, 4000)]
)
def test_image_of_any_shape_may_be_bare(shape: tuple[int, int]) -> None:
    grey = np.random.default_rng(0).normal(200, 1.5, shape).round().astype(np.uint8)
    flat, ink, _ = extract_ink(grey)
    assert flat.shape == ink.shape == shape
    assert remove_noise(ink).ink.max() < InkLevels().ink_threshold


@pytest.mark.parametrize("side", [8, 10, 12, 16])
def test_ink_of_a_few_pixels(side: int) -> None:
    look = PhotoStyle(shape=(320, 320), size=0.75, pen=0.11)
    for digit in range(10):
        small = small_photo(side, digit)
        covered = cv2.resize(
            photo(look, str(digit)).covered.astype(np.float32),
            (side, side),
            interpolation=cv2.INTER_AREA,
        )
        found = extract_ink(small).ink
        assert np.corrcoef(found.ravel(), covered.ravel())[0, 1] > 0.85


def test_small_digit_on_a_photo_of_twelve_megapixels() -> None:
    look = PhotoStyle(shape=(3000, 4000), size=0.04, pen=0.1)
    taken = photo(look, "3")
    recall, precision = recall_and_precision(taken, ink_of(taken.grey), 5)
    assert recall > 0.97
    assert precision > 0.97


def test_frame_of_a_window_is_no_ink() -> None:
    shot = screenshot(6)
    recall, precision = recall_and_precision(shot, ink_of(shot.pixels), 1)
    assert recall > 0.99
    assert precision > 0.99


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_drawing_without_grain_keeps_every_grey_level(share: float) -> None:
    """However much of it is ink: nothing is taken for grain where there is none."""
    grey = np.full((200, 200), 230, np.uint8)
    bars = np.array([column for column in range(10, 190) if column % 20 < 20 * share])
    grey[20:-20, bars] -= np.random.default_rng(2).integers(80, 200, (160, bars.size), np.uint8)
    flat, ink, _ = extract_ink(grey)
    difference = 230 - grey.astype(np.float32)
    assert flat == pytest.approx(difference / difference.max(), abs=1e-6)
    assert np.array_equal(ink, flat)


@pytest.mark.parametrize(("shape", "period"), [((400, 500), 2), ((500, 600), 3), ((1000, 200), 2)])
def test_stripes_raise_no_error(shape: tuple[int, int], period: int) -> None:
    """Of which a sample of the levels may be all dark or all light."""
    grey = np.random.default_rng(0).normal(160, 3, shape)
    grey[:, ::period] -= 60
    assert extract_ink(grey.astype(np.uint8)).ink.shape == shape


@pytest.mark.parametrize("side", [24, 40, 44, 60])
def test_bare_paper_of_few_pixels_seldom_has_ink(side: int) -> None:
    random = np.random.default_rng(0)
    papers = (random.normal(180, 4, (side, side)).astype(np.uint8) for _ in range(40))
    assert sum(bool(extract_ink(paper).ink.any()) for paper in papers) <= 2
