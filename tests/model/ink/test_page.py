"""A page is detected, and nothing else is taken for one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from model.ink.page import mask_outside_page
from training.augment.strokes import render


@pytest.mark.parametrize("paper", [255, 30])
def test_drawing_is_returned_unchanged(paper: int) -> None:
    drawing = render(8, side=280, brush=22, ink=255 - paper, paper=paper)
    assert mask_outside_page(drawing) is drawing


@pytest.mark.parametrize("around", [0, 90])
def test_page_on_a_plain_ground_is_extended_to_the_border(around: int) -> None:
    picture = np.full((300, 300), around, np.uint8)
    picture[50:250, 60:240] = render(4, side=200)[:, 10:190]
    continued = mask_outside_page(picture)
    assert np.abs(continued[:, [0, -1]].astype(int) - 255).max() < 20
    assert continued[150, 150] == picture[150, 150]


def noisy(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grain = np.random.default_rng(0).normal(0, 3, picture.shape)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def note(content: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A page of a fiftieth to a tenth of the image, on a table."""
    table = np.full((420, 560), 80, np.uint8)
    table[140 : 140 + content.shape[0], 200 : 200 + content.shape[1]] = content
    return noisy(table)


@pytest.mark.parametrize("side", [90, 150])
def test_note_on_a_table_is_extended_to_the_border(side: int) -> None:
    content = render(4, side=side, brush=side // 14, ink=60, paper=215)
    continued = mask_outside_page(note(content))
    assert np.abs(continued[:, [0, -1]].astype(int) - 215).max() < 25
    middle = (slice(140 + side // 4, 140 + side // 2), slice(200 + side // 4, 200 + side // 2))
    assert np.array_equal(continued[middle], note(content)[middle])


def test_note_without_writing_may_be_a_thick_stroke() -> None:
    picture = note(np.full((120, 80), 215, np.uint8))
    assert mask_outside_page(picture) is picture


@pytest.mark.parametrize("brush", [24, 40, 52])
@pytest.mark.parametrize("digit", range(10))
def test_thick_stroke_is_no_note(digit: int, brush: int) -> None:
    """The holes of a bold 8 are no writing."""
    for ink, paper in ((30, 220), (220, 30)):
        picture = noisy(np.pad(render(digit, brush=brush, ink=ink, paper=paper), 20, mode="edge"))
        assert mask_outside_page(picture) is picture
