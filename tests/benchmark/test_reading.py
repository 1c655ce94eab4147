"""The measurement of reading has every share, for digits, numbers and letters."""

import numpy as np

from benchmark.reading import measure
from benchmark.sets import Case
from benchmark.table import accuracy_table
from model import Recognizer
from tests.conftest import ROOT

SEVEN = (ROOT / "docs" / "seven.png").read_bytes()


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
    assert [line.split(" | ")[-2] for line in table[2:]] == ["50.0%", "50.0%", "100.0%"]
