"""Two networks read a text line: the text is one that both find likely."""

import math

import numpy as np
import pytest

from model import Recognizer
from model.ink.components import Box, Component, find_components
from model.line.reader import LEAST_PROBABILITY, LineReader
from model.networks import load_networks
from tests.model.line.fakes import Answer, FakeDigitNetwork, FakeLineNetwork, bars, shapes
from training.augment.strokes import cover, written


def reader(*answers: Answer, digits: str = "", sure: float = 0.99) -> LineReader:
    """A reader whose digit network takes the n-th bar for the n-th of these digits."""

    def digit_of(component: Component) -> int | None:
        place = round((component.left - 30) / 35)
        return int(digits[place]) if 0 <= place < len(digits) else None

    return LineReader(FakeLineNetwork(answers), FakeDigitNetwork(digit_of, sure))


@pytest.mark.parametrize("light", [False, True])
def test_what_both_networks_see_is_read(light: bool) -> None:
    reading = reader({"4": 0.9}, {"2": 0.9}, digits="42").read(*shapes(*bars(2), light=light))
    assert reading.written == "42"
    assert reading.left_out == ()
    assert math.exp(reading.line_log_prob) > 0.8
    assert math.exp(reading.digit_log_prob / 2) == pytest.approx(0.99, abs=0.001)


def test_digit_network_decides_between_texts_that_the_line_network_finds_likely() -> None:
    doubtful = {"1": 0.55, "7": 0.4}
    for digit in "17":
        reading = reader(doubtful, {"2": 0.9}, digits=f"{digit}2").read(*shapes(*bars(2)))
        assert reading.written == f"{digit}2"


def test_line_network_is_not_outvoted_where_it_is_sure() -> None:
    reading = reader({"1": 0.999}, {"2": 0.999}, digits="72").read(*shapes(*bars(2)))
    assert reading.written == "12"
    assert math.exp(reading.digit_log_prob) < 0.01


def test_each_character_has_its_own_ink_and_place() -> None:
    reading = reader({"4": 0.9}, {"-": 0.8}, {"2": 0.7}, digits="402").read(*shapes(*bars(3)))
    assert [c.character for c in reading.characters] == ["4", "-", "2"]
    for character, (left, _, width, _) in zip(reading.characters, bars(3), strict=True):
        assert character.candidate is not None
        assert character.candidate.component.left == left
        assert left < sum(character.span) / 2 < left + width
    assert [c.seen for c in reading.characters] == pytest.approx([0.9, 0.8, 0.7], abs=0.01)


def test_signs_do_not_count_as_digits() -> None:
    reading = reader({"-": 0.9}, {"2": 0.9}, digits="02").read(*shapes(*bars(2)))
    assert math.exp(reading.digit_log_prob) == pytest.approx(0.99, abs=0.001)


def test_doubt_between_signs_is_no_doubt_of_the_digits() -> None:
    reading = reader({"4": 0.95}, {".": 0.5, ",": 0.45}, {"2": 0.95}, digits="402").read(
        *shapes(*bars(3))
    )
    assert math.exp(reading.line_log_prob) > 0.85


def test_wide_glyph_that_only_makes_sense_as_a_whole_is_one_digit() -> None:
    half = {"1": 0.6, "0": 0.3}
    ring: list[Box] = [(30, 30, 6, 45), (79, 30, 6, 45), (30, 30, 55, 6), (30, 69, 55, 6)]
    network = FakeLineNetwork([half, half])
    digits = FakeDigitNetwork(lambda component: 0 if component.width >= 50 else 8, 0.999)
    reading = LineReader(network, digits).read(*shapes(*ring))
    assert reading.written == "0"
    (character,) = reading.characters
    assert character.candidate is not None
    assert character.candidate.component.box == (30, 30, 55, 45)


def test_long_line_is_never_taken_for_one_digit() -> None:
    digits = FakeDigitNetwork(lambda component: 0 if component.width >= 50 else 8, 0.999)
    LineReader(FakeLineNetwork([{"1": 0.9}] * 3), digits).read(*shapes(*bars(3)))
    assert digits.asked
    assert max(component.width for component in digits.asked) < 50


def test_ink_far_from_all_that_was_seen_is_left_out() -> None:
    reading = reader({"4": 0.99}, {}, {"2": 0.99}, digits="402").read(*shapes(*bars(3)))
    assert reading.written == "42"
    assert [c.box for c in reading.left_out] == [bars(3)[1]]


def test_digit_without_ink_has_no_candidate_and_least_confidence() -> None:
    answers: list[Answer] = [{}] * 11
    answers[0] = answers[10] = {"4": 0.999}
    answers[5] = {"7": 0.999}
    boxes: list[Box] = [(30, 30, 20, 40), (230, 30, 20, 40)]
    reading = LineReader(FakeLineNetwork(answers), FakeDigitNetwork(lambda _: 4)).read(
        *shapes(*boxes)
    )
    assert reading.written == "474"
    assert reading.characters[1].candidate is None
    assert reading.digit_log_prob == pytest.approx(math.log(LEAST_PROBABILITY), abs=0.05)


def test_line_on_which_nothing_was_seen_has_no_character() -> None:
    grey, ink, components = shapes(*bars(3))
    reading = reader({}, digits="111").read(grey, ink, components)
    assert reading.characters == ()
    assert set(reading.left_out) == set(components)


def test_check_adds_the_signs_between_digits() -> None:
    grey, ink, _ = shapes(*bars(3))
    check = reader({"4": 0.9}, {".": 0.8}, {"2": 0.7}).check(grey, ink, bars(3), "42")
    assert check.written == "4.2"
    assert check.seen == pytest.approx((0.9, 0.7), abs=0.01)


def test_check_sums_over_the_signs() -> None:
    grey, ink, _ = shapes(*bars(3))
    check = reader({"4": 1}, {".": 0.5, "-": 0.3}, {"2": 0.9, "3": 0.1}).check(
        grey, ink, bars(3), "42"
    )
    assert math.exp(check.line_log_prob) == pytest.approx(0.9, abs=0.01)


def test_check_doubts_digits_that_the_line_network_does_not_see() -> None:
    grey, ink, _ = shapes(*bars(2))
    for text in ("43", "4", "421", "4?"):
        check = reader({"4": 0.99}, {"2": 0.99}).check(grey, ink, bars(2), text)
        assert check.written == text
        assert len(check.seen) == len(text)
        assert math.exp(check.line_log_prob) < 0.05


@pytest.mark.parametrize("text", ["1111111", "12345678901234567890", "11112222"])
def test_check_of_more_digits_than_the_line_has_columns_for_is_no_error(text: str) -> None:
    narrow: list[Box] = [(5 + 4 * n, 5, 2, 50) for n in range(7)]
    grey, ink, _ = shapes(*narrow, size=(60, 40))
    check = reader({"1": 0.9}).check(grey, ink, narrow, text)
    assert check.written == text
    assert check.seen == (0.0,) * len(text)
    assert math.exp(check.line_log_prob) < 0.001


@pytest.mark.parametrize("text", ["25", "2024", "370"])
def test_trained_networks_read_a_clear_drawing(recognizer: Recognizer, text: str) -> None:
    strokes = [s for digit in written(text, 60, left=40, top=30, gap=0.35) for s in digit]
    ink = cover(strokes, (120, 60 * len(text) + 100), 5).astype(np.float32)
    grey = np.asarray(np.rint(255 * (1 - ink)), np.uint8)
    reading = LineReader(load_networks().line, recognizer.score).read(
        grey, ink, find_components(ink)
    )
    digits = [c for c in reading.characters if c.character.isdecimal()]
    assert "".join(c.character for c in digits) == text
    assert reading.left_out == ()
    assert [c.candidate and c.candidate.component.left for c in digits] == sorted(
        c.left for c in find_components(ink)
    )
