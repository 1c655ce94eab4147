"""Ruling lines, frames and the table go; strokes that cross them and digits nearby stay."""

import cv2
import numpy as np
import pytest

from model.ink.binarize import Ink, InkLevels
from model.ink.noise import remove_noise
from training.augment.strokes import DRAWINGS, cover, written

SHAPE = (300, 400)


def digits(text: str = "358", *, height: float = 90, top: float = 100, pen: float = 8) -> Ink:
    strokes = [s for digit in written(text, height, left=60, top=top) for s in digit]
    return cover(strokes, SHAPE, pen)


def with_rules(ink: Ink, *, rows: tuple[int, ...] = (), columns: tuple[int, ...] = ()) -> Ink:
    ink = ink.copy()
    for row in rows:
        ink[row : row + 2] = np.maximum(ink[row : row + 2], 0.6)
    for column in columns:
        ink[:, column : column + 2] = np.maximum(ink[:, column : column + 2], 0.6)
    return ink


def lost(before: Ink, after: Ink) -> float:
    """Share of the ink of `before` that is not in `after`."""
    return float(np.clip(before - after, 0, None).sum() / before.sum())


def added(before: Ink, after: Ink) -> float:
    """Share of the solid ink of `after` that was none before."""
    return float(
        ((after > InkLevels().ink_threshold) & (before == 0)).sum()
        / (before > InkLevels().ink_threshold).sum()
    )


@pytest.mark.parametrize("text", ["3", "58", "2024"])
def test_map_without_noise_is_returned_unchanged(text: str) -> None:
    ink = digits(text)
    assert remove_noise(ink).ink is ink


def test_map_without_ink_stays_empty() -> None:
    empty = np.zeros(SHAPE, np.float32)
    assert not remove_noise(empty).ink.any()


@pytest.mark.parametrize(
    ("rows", "columns"),
    [((40, 250), ()), ((40, 140, 250), ()), ((), (30, 370)), ((40, 140, 250), (30, 100, 370))],
)
def test_ruling_lines_go_and_strokes_across_them_stay(
    rows: tuple[int, ...], columns: tuple[int, ...]
) -> None:
    ink = digits()
    cleared = remove_noise(with_rules(ink, rows=rows, columns=columns)).ink
    assert lost(ink, cleared) < 0.06
    assert added(ink, cleared) < 0.04


@pytest.mark.parametrize("text", ["235", "806", "14"])
def test_digits_on_a_ruling_line_keep_their_feet(text: str) -> None:
    ink = digits(text)
    cleared = remove_noise(with_rules(ink, rows=(189,))).ink
    assert lost(ink, cleared) < 0.06
    assert added(ink, cleared) < 0.04


@pytest.mark.parametrize(("pen", "deep"), [(2, 3), (2, 4), (2, 5), (3, 4), (4, 4)])
def test_zeros_on_a_ruling_line_of_a_small_image_stay_closed(pen: int, deep: int) -> None:
    """The line is as dark as the pen and about as thick, and all of a foot lies on it."""
    ink = np.zeros((60, 130), np.uint8)
    for x in (35, 62, 89):
        cv2.ellipse(ink, (x, 30), (10, 16), 0, 0, 360, 255, pen, cv2.LINE_AA)
    zeros, ruled = (np.asarray(ink / 255, np.float32) for _ in range(2))
    rule = 48 - deep
    ruled[rule : rule + 3] = 1
    cleared = remove_noise(ruled).ink
    assert not cleared[rule:, 110:].any()
    assert lost(zeros, cleared) < 0.02
    assert added(zeros, cleared) < 0.05


@pytest.mark.parametrize("thickness", [2, 3, 4])
@pytest.mark.parametrize("text", ["111", "14"])
def test_ruling_line_along_the_border_goes_from_under_the_strokes(
    text: str, thickness: int
) -> None:
    ink = np.ascontiguousarray(digits(text, pen=6)[:192])
    ruled = ink.copy()
    ruled[-thickness:] = 1
    for turned, given in ((ruled, ink), (ruled[::-1], ink[::-1])):
        cleared = remove_noise(np.ascontiguousarray(turned)).ink
        assert lost(given, cleared) < 0.06
        assert added(given, cleared) < 0.04


def test_slightly_slanted_ruling_line_goes_too() -> None:
    ink = digits()
    rule = cover([[(0, 235), (399, 245)]], SHAPE, 2)
    cleared = remove_noise(np.maximum(ink, 0.7 * rule)).ink
    assert lost(ink, cleared) < 0.02
    assert added(ink, cleared) < 0.02


def test_ruling_lines_alone_leave_no_component() -> None:
    nothing = np.zeros(SHAPE, np.float32)
    cleared = remove_noise(with_rules(nothing, rows=(50, 150, 250), columns=(100, 200, 300))).ink
    assert cleared.max() < InkLevels().ink_threshold


def test_frame_of_the_image_goes() -> None:
    ink = digits()
    framed = with_rules(ink, rows=(4, 294), columns=(4, 394))
    cleared = remove_noise(framed).ink
    assert lost(ink, cleared) < 0.01
    assert added(ink, cleared) < 0.01


def test_table_around_a_page_goes() -> None:
    ink = digits()
    on_table = ink.copy()
    on_table[:, :25] = on_table[:, -18:] = on_table[:12] = on_table[-20:] = 0.8
    cleared = remove_noise(on_table).ink
    assert lost(ink, cleared) < 0.01
    assert added(ink, cleared) < 0.01


def test_table_on_one_side_goes() -> None:
    ink = digits()
    on_table = ink.copy()
    on_table[-40:] = 0.9
    assert added(ink, remove_noise(on_table).ink) < 0.01


def test_print_that_is_far_fainter_than_the_pen_goes() -> None:
    ink = digits("42")
    faint = 0.35 * digits("77", top=205, height=60)
    cleared = remove_noise(np.maximum(ink, faint)).ink
    assert lost(ink, cleared) < 0.01
    assert cleared[200:].max() < InkLevels().ink_threshold


def test_digit_pressed_half_as_hard_stays() -> None:
    lighter = 0.6 * digits("77", top=205, height=60)
    cleared = remove_noise(np.maximum(digits("42"), lighter)).ink
    assert lost(lighter, cleared) < 0.01


@pytest.mark.parametrize("count", [30, 80, 300])
def test_many_equal_components_stay(count: int) -> None:
    """None of them holds a share of the ink worth speaking of."""
    ink = np.zeros((400, 600), np.float32)
    for place in range(count):
        row, column = divmod(place, 20)
        ink[12 + 25 * row : 27 + 25 * row, 12 + 29 * column : 20 + 29 * column] = 1
    assert lost(ink, remove_noise(ink).ink) == 0


@pytest.mark.parametrize("side", [16, 28, 60, 200])
@pytest.mark.parametrize("pen", [0.08, 0.14])
def test_upright_1_that_fills_the_image_is_no_ruling_line(side: int, pen: float) -> None:
    ink = cover([[(side / 2, 0.1 * side), (side / 2, 0.9 * side)]], (side, side), pen * side)
    assert lost(ink, remove_noise(ink).ink) < 0.05


@pytest.mark.parametrize("digit", [0, 3, 5, 6, 8, 9])
def test_image_like_those_of_mnist_has_no_noise(digit: int) -> None:
    strokes = [[(4 + 0.2 * x, 4 + 0.2 * y) for x, y in stroke] for stroke in DRAWINGS[digit]]
    ink = cover(strokes, (28, 28), 2)
    assert lost(ink, remove_noise(ink).ink) < 0.01


@pytest.mark.parametrize("text", ["0", "8", "2", "6"])
def test_digit_that_the_image_was_cropped_to_stays_beside_dirt(text: str) -> None:
    ink = digits(text)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] + 3 : rows[-1] - 2, columns[0] + 3 : columns[-1] - 2].copy()
    cv2.circle(cut, (3, 20), 2, 1.0, -1)
    kept = remove_noise(cut).ink
    assert lost(cut, kept) < 0.02


def test_fine_strokes_that_hang_on_a_broad_one_stay() -> None:
    """As a nib draws a 7: its bar is so fine that parts of it are hardly ink."""
    broad = cover([[(200, 60), (170, 240)]], SHAPE, 14)
    bar = 0.35 * cover([[(110, 66), (200, 60)]], SHAPE, 2)
    bar[:, 150:185] *= 0.4
    ink = np.maximum(broad, bar)
    kept = remove_noise(ink).ink
    assert lost(ink, kept) == 0
    leading_out = np.maximum(broad, 0.35 * cover([[(0, 66), (200, 60)]], SHAPE, 2))
    leading_out[:, 150:185] = np.minimum(leading_out[:, 150:185], 0.14)
    assert (remove_noise(leading_out).ink[:, :150] <= InkLevels().ink_threshold).all()
