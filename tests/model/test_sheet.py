"""A sheet is looked for where one can be."""

import numpy as np
import pytest

from model.sheet import only_sheet
from tests.drawings import render


@pytest.mark.parametrize("paper", [255, 30])
def test_drawing_is_left_as_it_is(paper: int) -> None:
    drawing = render(8, side=280, brush=22, ink=255 - paper, paper=paper)
    assert only_sheet(drawing) is drawing


@pytest.mark.parametrize("around", [0, 90])
def test_sheet_on_a_plain_ground_is_continued_to_the_border(around: int) -> None:
    picture = np.full((300, 300), around, np.uint8)
    picture[50:250, 60:240] = render(4, side=200)[:, 10:190]
    continued = only_sheet(picture)
    assert np.abs(continued[:, [0, -1]].astype(int) - 255).max() < 20
    assert continued[150, 150] == picture[150, 150]
