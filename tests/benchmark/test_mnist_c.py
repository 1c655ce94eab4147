"""Each corruption of MNIST-C does to a digit what its definition says."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmark.corruptions.definitions import CORRUPTIONS, corrupted
from benchmark.corruptions.patterns import edges, line, plasma
from benchmark.mnist_c import measure_corruption, mnist_c_table, summary

Digits = NDArray[np.uint8]


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Four times a 1 of grey ink, upright in the middle."""
    images = np.zeros((4, 28, 28), np.uint8)
    images[:, 5:23, 12:16] = 204
    return images


def changed(name: str, digits: Digits, seed: int = 0) -> Digits:
    return corrupted(name, digits, np.random.default_rng(seed))


def ink_of(digits: Digits) -> float:
    return float(digits.sum(dtype=np.int64))


def middle_of(digits: Digits) -> NDArray[np.float64]:
    """Return the (row, column) of the centre of mass of each, (N, 2)."""
    places = np.indices(digits.shape[1:]).reshape(2, -1)
    mass = digits.reshape(len(digits), -1).astype(float)
    return np.asarray(mass @ places.T / mass.sum(axis=1, keepdims=True))


def test_there_are_fifteen() -> None:
    assert len(CORRUPTIONS) == 15


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_changes_every_digit_and_repeats_itself(name: str, digits: Digits) -> None:
    result = changed(name, digits)
    assert result.dtype == np.uint8
    assert result.shape == digits.shape
    assert all((after != before).any() for after, before in zip(result, digits, strict=True))
    assert (changed(name, digits) == result).all()


@pytest.mark.parametrize(
    "name", sorted(CORRUPTIONS.keys() - {"scale", "brightness", "stripe", "canny_edges"})
)
def test_others_are_random(name: str, digits: Digits) -> None:
    many = np.concatenate([digits] * 4)
    assert (changed(name, many, 0) != changed(name, many, 1)).any()


def test_shot_noise_has_levels_of_a_third(digits: Digits) -> None:
    assert set(np.unique(changed("shot_noise", digits))) <= {0, 85, 170, 255}


def test_impulse_noise_is_on_a_sixth_of_the_pixels() -> None:
    grey = np.full((20, 28, 28), 100, np.uint8)
    noisy = changed("impulse_noise", grey)
    assert (noisy != 100).mean() == pytest.approx(0.17, abs=0.02)
    assert (noisy == 255).sum() == pytest.approx((noisy == 0).sum(), rel=0.2)


def test_glass_blur_moves_ink_by_a_few_pixels(digits: Digits) -> None:
    blurred = changed("glass_blur", digits)
    assert ink_of(blurred) == pytest.approx(ink_of(digits), rel=0.05)
    assert not blurred[:, :, :4].any()


def test_motion_blur_keeps_the_ink_and_smears_it_to_one_side(digits: Digits) -> None:
    blurred = changed("motion_blur", digits)
    assert ink_of(blurred) == pytest.approx(ink_of(digits), rel=0.02)
    assert (middle_of(blurred)[:, 1] < middle_of(digits)[:, 1] - 1).all()


def test_scale_shrinks_to_seven_tenths_around_the_centre(digits: Digits) -> None:
    small = changed("scale", digits)
    assert ink_of(small) == pytest.approx(0.49 * ink_of(digits), rel=0.1)
    assert np.allclose(middle_of(small), middle_of(digits), atol=0.2)


@pytest.mark.parametrize(("name", "slope"), [("rotate", np.tan(0.4)), ("shear", np.tan(0.4))])
def test_upright_stroke_leans_either_way(name: str, slope: float, digits: Digits) -> None:
    leaning = changed(name, np.concatenate([digits] * 4))
    upper, lower = middle_of(leaning[:, :14]), middle_of(leaning[:, 14:]) + np.array((14, 0))
    across = (lower - upper)[:, 1] / (lower - upper)[:, 0]
    assert np.allclose(np.abs(across), slope, atol=0.06)
    assert {-1, 1} == set(np.sign(across))


def test_translate_moves_by_three_pixels_along_both_axes(digits: Digits) -> None:
    moves = middle_of(changed("translate", digits)) - middle_of(digits)
    assert np.allclose(np.abs(moves), 3)


def test_brightness_adds_a_half(digits: Digits) -> None:
    assert set(np.unique(changed("brightness", digits))) == {128, 255}


def test_stripe_inverts_a_quarter_at_either_side(digits: Digits) -> None:
    striped = changed("stripe", digits)
    assert (striped[:, :, :7] == 255).all()
    assert (striped[:, :, 21:] == 255).all()
    assert (striped[:, :, 7:21] == digits[:, :, 7:21]).all()


def test_fog_fills_the_background(digits: Digits) -> None:
    foggy = changed("fog", digits).astype(int)
    assert np.median(foggy[:, :, :8]) > 40
    assert foggy[:, 8:20, 13:15].mean() > foggy[:, 8:20, :8].mean()


def test_plasma_fills_its_range() -> None:
    heights = plasma(np.random.default_rng(0), 2.0)
    assert (heights.min(), heights.max()) == (0, 1)
    assert np.abs(np.diff(heights, axis=0)).mean() < 0.1


def test_dots_of_a_line_are_two_columns_wide(digits: Digits) -> None:
    added = changed("dotted_line", np.zeros_like(digits)).max(axis=1) > 0
    assert (added == (np.arange(28) // 2 % 2 == 1) * (np.arange(28) < 27)).all()


def test_line_fades_away_from_its_middle() -> None:
    drawn = line((0, 10), (27, 10))
    assert (drawn[10, :27] == 1).all()
    assert (drawn[11, :27] < 1).all()
    assert not drawn[13:].any()


def test_zigzag_turns_up_and_down(digits: Digits) -> None:
    drawn = changed("zigzag", np.zeros((40, 28, 28), np.uint8))
    inside = drawn[(drawn[:, (0, -1)].max(axis=(1, 2)) == 0)]  # not cut off
    crests = np.sign(np.diff(inside.argmax(axis=1)[:, 3:24], axis=1))
    assert (np.abs(np.diff(crests, axis=1)).sum(axis=1) >= 8).all()


def test_edges_are_the_thin_outline() -> None:
    square = np.zeros((1, 28, 28))
    square[0, 8:20, 8:20] = 1
    found = edges(square)[0]
    assert not found[10:18, 10:18].any()
    assert set(np.flatnonzero(found[14])) <= {7, 8, 19, 20}  # where a side falls between two
    assert found[14, 7:9].any()
    assert found[14, 19:21].any()


def test_measurement_names_the_worst_and_shows_it(digits: Digits) -> None:
    labels = np.array([1, 1, 1, 2], np.uint8)
    rows = [measure_corruption(name, digits, labels) for name in ("translate", "canny_edges")]
    assert rows[0]["single"]["share"] == 0.75
    result: dict[str, Any] = {"summary": summary(rows), "corruptions": rows}
    for way in ("single", "network"):
        shares = [row[way]["share"] for row in rows]
        figures = result["summary"][way]
        assert figures["mean"] == pytest.approx(np.mean(shares))
        worst = [row["corruption"] for row in rows if row[way]["share"] == min(shares)]
        assert figures["worst"] in worst
    table = mnist_c_table(result).splitlines()
    assert [line.split(" | ")[0] for line in table[2:]] == [
        "| translate",
        "| canny edges",
        "| **mean**",
    ]
