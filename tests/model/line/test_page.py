"""All text lines of a page: what is stated, what is `?`, what is ignored."""

from collections.abc import Callable

import numpy as np
import pytest

from model.errors import TooManyComponentsError
from model.ink.components import Box, Component, Placement
from model.line.confidence import ConfidenceModel
from model.line.page import PageReader
from model.line.reader import LineReader
from model.reading import Digit, Line, Reading
from model.settings import Limits
from tests.model.line.fakes import Answer, FakeDigitNetwork, FakeLineNetwork, bars, shapes

SIZE = (200, 400)
PLACEMENT = Placement((SIZE[1], SIZE[0]))


def page_reader(
    *answers: Answer,
    digit_of: Callable[[Component], int | None] = lambda _: 4,
    confidence: ConfidenceModel = ConfidenceModel(),
) -> PageReader:
    digits = FakeDigitNetwork(digit_of)
    return PageReader(LineReader(FakeLineNetwork(answers), digits), confidence)


def read(reader: PageReader, *boxes: Box, placement: Placement = PLACEMENT) -> list[Line]:
    return reader.read(*shapes(*boxes, size=SIZE), placement)


def test_page_without_ink_has_no_line() -> None:
    assert read(page_reader({"4": 0.9})) == []


def test_signs_are_written_and_not_in_the_text() -> None:
    dash: Box = (30, 48, 20, 6)
    (line,) = read(page_reader({"-": 0.99}, {"4": 0.99}, {"4": 0.99}), dash, *bars(2, left=65))
    assert line.written == "-44"
    assert line.text == "44"
    assert [d.label for d in line.digits] == [4, 4]
    assert line.box == (65, 30, 55, 40)
    assert line.ignored == ()


def test_sign_alone_is_no_digit() -> None:
    (line,) = read(page_reader({"-": 0.99}), (30, 48, 30, 6))
    assert (line.written, line.text, line.digits) == ("-", "", ())


def test_digit_on_which_the_networks_disagree_is_not_stated() -> None:
    reader = page_reader({"4": 0.999}, {"7": 0.999})
    (line,) = read(reader, *bars(2))
    assert line.text == line.written == "4?"
    assert [d.accepted for d in line.digits] == [True, False]
    assert line.digits[0].confidence > 0.9


def test_tall_ink_that_belongs_to_no_character_is_a_question_mark_at_its_place() -> None:
    (line,) = read(page_reader({"4": 0.99}, {}, {"4": 0.99}), *bars(3))
    assert line.text == line.written == "4?4"
    assert line.digits[1].box == bars(3)[1]
    assert line.ignored == ()


def test_small_ink_that_belongs_to_no_character_is_ignored() -> None:
    first, _, last = bars(3)
    small = (70, 45, 10, 10)
    (line,) = read(page_reader({"4": 0.99}, {}, {"4": 0.99}), first, small, last)
    assert line.text == "44"
    assert line.ignored == (small,)


def test_letter_is_a_question_mark_and_a_small_mark_is_ignored() -> None:
    answers = {"4": 0.99}, {"?": 0.99}, {"4": 0.99}
    (line,) = read(page_reader(*answers), *bars(3))
    assert line.text == "4?4"
    first, _, last = bars(3)
    small = (70, 45, 10, 10)
    (line,) = read(page_reader(*answers), first, small, last)
    assert line.text == "44"
    assert line.ignored == (small,)


def test_page_of_ignored_ink_alone_has_no_line() -> None:
    """A mark as high as its own line is no small one, unless the network sees nothing at all."""
    (line,) = read(page_reader({"?": 0.99}), (30, 30, 20, 40))
    assert line.text == "?"


def test_lines_and_groups_are_in_reading_order() -> None:
    upper, lower = [*bars(2, top=20), *bars(2, left=250, top=20)], bars(2, left=120, top=120)
    lines = read(page_reader({"4": 0.99}, {"4": 0.99}), *lower, *upper)
    assert [line.text for line in lines] == ["4444", "44"]
    assert lines[0].written == "44 44"
    assert [d.box for d in lines[0].digits] == upper


def test_boxes_are_those_of_the_image() -> None:
    placement = Placement((2 * SIZE[1], 3 * SIZE[0]), 2.0, 3.0)
    reader = page_reader({"4": 0.99}, {}, {"4": 0.99})
    first, _, last = bars(3)
    (line,) = read(reader, first, (70, 45, 10, 10), last, placement=placement)
    assert [d.box for d in line.digits] == [(60, 90, 40, 120), (200, 90, 40, 120)]
    assert line.ignored == ((140, 135, 20, 30),)


def test_confidence_of_a_line_is_that_of_all_its_groups() -> None:
    model = ConfidenceModel(bias=0.0, line=-0.5, digits=-0.1)
    answers = {"4": 0.9}, {"4": 0.9}
    (one,) = read(page_reader(*answers, confidence=model), *bars(2))
    (two,) = read(page_reader(*answers, confidence=model), *bars(2), *bars(2, left=250))
    assert 0 < one.confidence < 1
    assert two.confidence == pytest.approx(one.confidence**2)


def test_too_many_components_raise_with_the_name_of_the_image() -> None:
    reader = page_reader({"4": 0.9})
    grey, ink, components = shapes(*bars(3), size=SIZE)
    assert reader.read(grey, ink, components, PLACEMENT, limits=Limits(max_components=3))
    with pytest.raises(TooManyComponentsError, match="bars"):
        reader.read(
            grey, ink, components, PLACEMENT, limits=Limits(max_components=2), name="bars.png"
        )


def test_line_readings_are_those_of_every_group() -> None:
    reader = page_reader({"4": 0.9}, {"4": 0.9})
    grey, ink, components = shapes(*bars(2), *bars(2, left=250), size=SIZE)
    assert [r.written for r in reader.line_readings(grey, ink, components)] == ["44", "44"]


def found(text: str) -> Reading:
    """Return a reading of bars by something else."""
    probabilities = np.eye(10, dtype=np.float32)
    pixels = np.zeros((28, 28), np.float32)
    digits = [
        Digit(int(c), 0.9, True, probabilities[int(c)], box, pixels)
        for c, box in zip(text, bars(3)[:: 2 if len(text) == 2 else 1], strict=True)
    ]
    return Reading.of([Line.of(digits)])


def test_check_gives_a_reading_signs_and_confidence() -> None:
    grey, ink, _ = shapes(*bars(3), size=SIZE)
    reader = page_reader({"4": 0.99}, {".": 0.9}, {"4": 0.99})
    checked = reader.check(found("44"), grey, ink, PLACEMENT)
    assert (checked.text, checked.written, checked.status) == ("44", "4.4", "read")
    doubted = reader.check(found("47"), grey, ink, PLACEMENT)
    assert doubted.text == "47"
    assert doubted.confidence < checked.confidence
    assert doubted.digits[1].confidence < 0.1 < checked.digits[1].confidence <= 0.9


def test_check_leaves_a_blank_reading_blank() -> None:
    grey, ink, _ = shapes(size=SIZE)
    assert page_reader({"4": 0.99}).check(Reading.of([]), grey, ink, PLACEMENT).status == "blank"
