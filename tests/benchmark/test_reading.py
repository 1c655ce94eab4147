"""The accuracy table counts what is right, shown with `?` and stated wrong."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from benchmark.reading import Case, measure, verdict
from benchmark.table import accuracy_table
from model import Digit, Line, Reading, Recognizer
from tests.conftest import ROOT

SEVEN = (ROOT / "docs" / "seven.png").read_bytes()


@pytest.fixture(scope="module")
def seven(recognizer: Recognizer) -> Digit:
    return recognizer.read(SEVEN).digits[0]


def reading(seven: Digit, accepted: Sequence[bool]) -> Reading:
    """A reading of sevens, "?" where one is not accepted."""
    digits = tuple(dataclasses.replace(seven, accepted=is_accepted) for is_accepted in accepted)
    return Reading.of([Line.of(digits)] if digits else [])


@pytest.mark.parametrize(
    ("text", "accepted", "expected"),
    [
        ("77", (True, True), "right"),
        ("78", (True, True), "stated_wrong"),
        ("7", (True, True), "stated_wrong"),
        ("77", (True, False), "doubted"),
        ("77", (), "stated_wrong"),  # left out without a word
        ("", (), "right"),
        ("", (False,), "right"),
        ("", (True,), "stated_wrong"),
        ("", (True, False), "doubted"),
    ],
)
def test_verdict(seven: Digit, text: str, accepted: tuple[bool, ...], expected: str) -> None:
    assert verdict(text, reading(seven, accepted)) == expected


def test_every_kind_of_set_has_its_shares(recognizer: Recognizer) -> None:
    digits = measure("pen-dev", [Case(SEVEN, "7"), Case(SEVEN, "1")], recognizer)
    numbers = measure("numbers-dev", [Case(SEVEN, "7"), Case(SEVEN, "77")], recognizer)
    letters = measure("letters-dev", [Case(SEVEN, "")], recognizer)
    for result, stated_wrong in ((digits, 0.5), (numbers, 0.5), (letters, 1)):
        assert result["stated_wrong"]["share"] == stated_wrong
        shares = [result[name]["share"] for name in ("right", "doubted", "stated_wrong")]
        assert np.isclose(sum(shares), 1)
    assert digits["single"]["share"] == 0.5
    assert letters["single"]["share"] == 0
    table = accuracy_table([letters, digits, numbers]).splitlines()
    assert [line.split(" | ")[-1] for line in table[2:]] == ["50.0% |", "50.0% |", "100.0% |"]
