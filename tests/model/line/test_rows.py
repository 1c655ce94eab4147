"""Text lines from top to bottom, each parted into groups from left to right."""

import numpy as np

from model.ink.components import Box, Component
from model.line.rows import text_rows
from model.segment.lattice import digit_height


def components(*boxes: Box) -> list[Component]:
    """Filled components, in an order that tells nothing."""
    made = [Component(np.ones((h, w), np.float32), (x, y, w, h)) for x, y, w, h in boxes]
    return [made[n] for n in np.random.default_rng(1).permutation(len(made))]


def rows(*boxes: Box) -> list[list[list[Box]]]:
    return [[[c.box for c in group] for group in row] for row in text_rows(components(*boxes))]


def number(left: int, top: int, count: int, height: int = 40) -> list[Box]:
    pitch = 3 * height // 4
    return [(left + pitch * n, top, height // 2, height) for n in range(count)]


def test_nothing_has_no_text_line() -> None:
    assert text_rows([]) == []


def test_lines_are_read_from_top_to_bottom_and_left_to_right() -> None:
    upper, lower = number(10, 10, 3), number(60, 70, 2)
    assert rows(*lower, *upper) == [[upper], [lower]]


def test_uneven_digits_of_one_number_stay_on_one_line() -> None:
    uneven = [(10 + 30 * n, 50 + (-1) ** n * 8, 20, 40 - 5 * (n % 3)) for n in range(6)]
    assert rows(*uneven) == [[uneven]]


def test_line_that_climbs_is_one_line() -> None:
    climbing = [(10 + 30 * n, 200 - 9 * n, 20, 40) for n in range(12)]
    assert rows(*climbing) == [[climbing]]


def test_columns_of_numbers_are_read_row_by_row_in_groups() -> None:
    cells = [[number(x, y, 2) for x in (10, 300, 700)] for y in (10, 80, 150)]
    assert rows(*(box for row in cells for cell in row for box in cell)) == cells


def test_gap_as_wide_as_a_digit_parts_nothing() -> None:
    spread = [(10 + 60 * n, 10, 20, 40) for n in range(4)]
    assert rows(*spread) == [[spread]]


def test_smaller_line_is_not_lost() -> None:
    large, small = number(10, 10, 3, height=80), number(10, 150, 4, height=30)
    assert rows(*large, *small) == [[large], [small]]


def test_points_dashes_and_dots_stay_with_their_digits() -> None:
    digits = [(10, 10, 20, 40), (50, 10, 20, 40)]
    point, dash, high = (36, 45, 5, 5), (80, 28, 20, 4), (54, 2, 12, 5)
    assert rows(*digits, point, dash, high) == [[[digits[0], point, digits[1], high, dash]]]


def test_dot_belongs_to_the_nearer_of_two_lines() -> None:
    upper, lower = number(10, 10, 2), number(10, 70, 2)
    point = (66, 46, 5, 5)
    assert rows(*upper, *lower, point) == [[[*upper, point]], [lower]]


def test_dirt_is_left_out() -> None:
    digits = number(10, 10, 3)
    assert rows(*digits, (100, 30, 2, 2), (40, 90, 3, 3)) == [[digits]]


def test_sign_alone_is_a_line() -> None:
    assert rows((10, 10, 30, 4)) == [[[(10, 10, 30, 4)]]]


def test_height_is_that_of_most_ink() -> None:
    assert digit_height(components(*number(10, 10, 3), (10, 60, 300, 3), (5, 5, 4, 4))) == 40
