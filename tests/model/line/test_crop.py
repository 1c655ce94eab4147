"""The picture of a text line: its height, its polarity, its paper, its place on the image."""

import numpy as np
import pytest

from model.ink.components import Box
from model.line.crop import CropParams, box_around, crop_line
from model.line.features import LINE_HEIGHT, STRIDE
from tests.model.line.fakes import bars, shapes


@pytest.mark.parametrize("height", [3, 20, 31, 64, 200])
def test_line_of_any_height_is_shown_at_one_height(height: int) -> None:
    width = max(1, height // 5)
    boxes: list[Box] = [(100, 50, width, height), (100 + 4 * width, 50, width, height)]
    grey, ink, _ = shapes(*boxes, size=(300, 600))
    shown = crop_line(grey, ink, box_around(boxes)).grey
    assert shown.shape[0] == LINE_HEIGHT
    assert shown.dtype == np.uint8
    dark = np.flatnonzero((shown < 128).any(axis=1))
    share = (dark[-1] + 1 - dark[0]) / LINE_HEIGHT
    assert share == pytest.approx(1 / (1 + 2 * CropParams().above), abs=0.07)


def test_light_ink_is_inverted_and_dark_ink_is_not() -> None:
    for light in (False, True):
        grey, ink, _ = shapes(*bars(2), light=light)
        shown = crop_line(grey, ink, box_around(bars(2))).grey
        assert shown[16, 0] > 200
        assert shown[16].min() < 50


def test_light_ink_is_inverted_where_the_line_fills_its_image() -> None:
    box = (0, 0, 30, 40)
    grey, ink, _ = shapes((0, 0, 6, 40), (24, 0, 6, 40), size=(40, 30), light=True)
    shown = crop_line(grey, ink, box).grey
    assert shown[16, 0] > 200
    assert shown[16].min() < 50


def test_outside_of_the_image_is_paper() -> None:
    grey, ink, _ = shapes((0, 0, 6, 40), (24, 0, 6, 40), size=(40, 30))
    grey[grey == 255] = 190
    shown = crop_line(grey, ink, (0, 0, 30, 40)).grey
    assert (np.abs(shown[:3].astype(int) - 190) < 5).all()
    assert (np.abs(shown[:, :4].astype(int) - 190) < 5).all()
    assert (np.abs(shown[:, -4:].astype(int) - 190) < 5).all()


def test_columns_lie_on_the_image_where_the_ink_is() -> None:
    for size, box in (((100, 300), (120, 30, 20, 40)), ((500, 900), (500, 100, 40, 300))):
        beside = (20, box[1], 20, box[3])
        grey, ink, _ = shapes(beside, box, size=size)
        line = crop_line(grey, ink, box_around([beside, box]))
        dark = np.flatnonzero(line.grey[16] < 128)
        assert line.to_image(dark[0] / STRIDE) == pytest.approx(20, abs=1.5 / line.scale)
        assert line.to_image((dark[-1] + 1) / STRIDE) == pytest.approx(
            box[0] + box[2], abs=1.5 / line.scale
        )


def test_very_long_line_is_reduced() -> None:
    params = CropParams(max_width=320)
    grey, ink, _ = shapes((10, 10, 6, 20), (4000, 10, 6, 20), size=(40, 4100))
    line = crop_line(grey, ink, (10, 10, 3996, 20), params)
    assert line.grey.shape[1] <= 321
    assert line.to_image(line.grey.shape[1] / STRIDE) > 4000


def test_thin_strokes_of_a_large_line_do_not_vanish() -> None:
    strokes: list[Box] = [(x, 40, 2, 300) for x in range(50, 500, 37)]
    grey, ink, _ = shapes(*strokes, size=(400, 600))
    shown = crop_line(grey, ink, box_around(strokes)).grey.astype(int)
    for x, _, _, _ in strokes:
        line = crop_line(grey, ink, box_around(strokes))
        column = int((x + 1 - line.left) * line.scale)
        assert shown[16, max(0, column - 1) : column + 2].min() < 245


def test_box_around_boxes_holds_them_all() -> None:
    assert box_around([(10, 20, 5, 5), (2, 22, 4, 30)]) == (2, 20, 13, 32)
