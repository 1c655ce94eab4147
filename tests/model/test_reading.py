"""A text has a confidence and is stated only if that suffices; nothing is left out in silence."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from model import Digit, Line, Reading, ReadOptions, Recognizer
from model.errors import SettingError
from model.settings import configured_confidence
from training.augment.strokes import render


def digit(label: int, confidence: float = 0.99, *, place: int = 0, accepted: bool = True) -> Digit:
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[label] = confidence
    box = (20 * place, 5, 12, 20)
    return Digit(label, confidence, accepted, probabilities, box, np.zeros((28, 28), np.float32))


def line(*confidences: float) -> Line:
    return Line.of([digit(n, c, place=n) for n, c in enumerate(confidences)])


def test_confidence_of_a_text_is_that_of_all_its_digits() -> None:
    reading = Reading.of([line(0.9, 0.8), line(0.5)])
    assert reading.confidence == pytest.approx(0.36)
    assert [part.confidence for part in reading.lines] == pytest.approx([0.72, 0.5])
    assert (reading.text, reading.written, reading.status) == ("01\n0", "01\n0", "read")
    assert len(reading.digits) == 3
    assert reading.lines[0].box == (0, 5, 32, 20)


def test_refused_digit_never_makes_a_confident_text() -> None:
    refused = Line.of([digit(3, 0.999, accepted=False), digit(4, 0.999, place=1)])
    assert Reading.of([refused]).confidence <= 0.5


def test_weakest_digits_are_refused_until_the_others_are_sure() -> None:
    reading = Reading.of([line(0.99, 0.6, 0.98), line(0.9, 0.999)])
    stated = reading.stated_from(0.95)
    assert stated.text == "0?2\n?1"
    assert stated.status == "unsure"
    assert math.prod(d.confidence for d in stated.digits if d.accepted) >= 0.95
    assert stated.confidence == reading.confidence
    assert reading.stated_from(0.5).text == reading.text


def test_line_that_is_not_sure_enough_as_a_whole_is_not_stated() -> None:
    """Its digits may each be sure, and yet be too many or too few."""
    doubted, sure = replace(line(0.999, 0.99, 0.998), confidence=0.3), line(0.999, 0.9999)
    stated = Reading.of([doubted, sure]).stated_from(0.95)
    assert (stated.text, stated.status) == ("0?2\n01", "unsure")
    assert Reading.of([doubted]).stated_from(0.25).status == "read"


def test_line_that_is_refused_in_part_already_loses_no_other_digit() -> None:
    refused = Line.of([digit(3, 0.999, accepted=False), digit(4, 0.99, place=1)])
    assert Reading.of([refused]).stated_from(0.95).text == "?4"


def test_signs_stay_where_they_are() -> None:
    amount = Line.of([digit(3), digit(7, 0.6, place=2), digit(5, place=3)], "-3.75")
    assert Reading.of([amount]).stated_from(0.9).written == "-3.?5"
    added = amount.adding([digit(1, accepted=False, place=1)], [(1, 2, 3, 4)])
    assert (added.text, added.ignored) == ("3?75", ((1, 2, 3, 4),))
    assert added.written.replace(".", "") == "-3?75"


def test_blank_reading_has_no_lines() -> None:
    blank = Reading.of([])
    assert (blank.status, blank.text, blank.lines, blank.digits) == ("blank", "", (), ())


def page(*digits: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Digits on a page: label, left, top and side of each."""
    grey = np.full((200, 520), 255, np.uint8)
    for label, x, y, side in digits:
        grey[y : y + side, x : x + side] = render(label, side=side, brush=max(3, side // 12))
    return grey


def test_bound_is_an_option_and_a_setting(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = page((2, 20, 40, 100), (7, 150, 40, 100))
    usual = recognizer.read(number)
    assert (usual.text, usual.status) == ("27", "read")
    above = (1 + usual.confidence) / 2
    strict = recognizer.read(number, confidence=above)
    assert strict.status == "unsure"
    assert "?" in strict.text
    monkeypatch.setenv("DIGIT_CONFIDENCE", str(above))
    assert recognizer.read(number).text == strict.text
    assert recognizer.read(number, ReadOptions(confidence=0.5)).text == "27"


def test_lone_digit_is_judged_by_its_own_threshold(recognizer: Recognizer) -> None:
    """The bound of numbers is above what a lone digit needs, unless somebody asks for it."""
    grey = page((2, 20, 40, 100))
    lone = recognizer.read(grey)
    assert lone.status == "read"
    assert recognizer.read(grey, confidence=(1 + lone.confidence) / 2).text == "?"


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 95, math.nan])
def test_confidence_that_is_no_probability_is_an_error(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ReadOptions(confidence=confidence)
    with pytest.raises(SettingError, match="DIGIT_CONFIDENCE"):
        configured_confidence({"DIGIT_CONFIDENCE": str(confidence)})


def test_dirt_near_a_number_is_reported(recognizer: Recognizer) -> None:
    number = page((2, 20, 40, 100), (7, 190, 40, 100))
    number[128:138, 144:154] = 0  # a point between them
    reading = recognizer.read(number)
    assert reading.text == "27"
    ((x, y, w, h),) = reading.lines[0].ignored
    assert abs(x - 144) <= 2
    assert abs(y - 128) <= 2
    assert max(w, h) <= 14


@pytest.mark.parametrize("edge", [8, 12])
def test_small_digits_beside_the_edge_of_a_sheet_do_not_vanish(
    recognizer: Recognizer, edge: int
) -> None:
    """The zeros of 5006 are as small as the remains of a ruling line as thick as the edge."""
    sheet = np.full((500, 520), 255, np.uint8)
    sheet[:200] = page((5, 60, 60, 80), (0, 160, 90, 32), (0, 220, 90, 32), (6, 290, 60, 80))
    sheet[:, :edge] = 0
    reading = recognizer.read(sheet)
    assert len(reading.text) == 4
    assert reading.text.replace("?", "") in ("56", "506", "5006")


@pytest.mark.parametrize("level", [200, 215, 230])
def test_residue_at_the_border_is_no_part_of_a_single_digit(
    recognizer: Recognizer, level: int
) -> None:
    grey = np.full((100, 100), 255, np.uint8)
    grey[10:90, 10:90] = render(5, side=80, brush=7)
    grey[:, :8] = grey[20:60, -3:] = level
    automatic, single = recognizer.read(grey), recognizer.read(grey, single=True)
    assert (automatic.text, single.text) == ("5", "5")
    assert single.confidence >= automatic.confidence
