"""The metamorphic benchmark counts the texts that a harmless change changes."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmark.metamorphic import CHANGES, holds, measure_changes, metamorphic_table
from benchmark.sets import Case
from model import Reading, Recognizer
from model.errors import NotAnImageError
from model.image.decode import decode
from tests.conftest import ROOT

SEVEN = (ROOT / "docs" / "seven.png").read_bytes()
CROP, LARGER, JPEG, BRIGHTER = CHANGES


@pytest.fixture
def grey() -> NDArray[np.uint8]:
    return decode(SEVEN)


def test_changes_are_small(grey: NDArray[np.uint8]) -> None:
    rows, columns = grey.shape
    assert CHANGES[CROP](grey).shape == (rows - 2, columns - 2)
    assert CHANGES[LARGER](grey).shape == (round(1.15 * rows), round(1.15 * columns))
    compressed = CHANGES[JPEG](grey)
    assert (compressed != grey).any()
    assert np.abs(compressed.astype(int) - grey).mean() < 3
    dark = np.full((4, 4), 100, np.uint8)
    assert (CHANGES[BRIGHTER](dark) == 110).all()
    assert (CHANGES[BRIGHTER](dark + 150) == 255).all()


def test_sound_reading_does_not_change(recognizer: Recognizer) -> None:
    row = measure_changes("paper-dev", [Case(SEVEN, "7")], recognizer.read)
    assert row["any"]["share"] == 0
    assert holds(row)


def test_each_change_is_counted_alone(recognizer: Recognizer) -> None:
    seven, (rows, _) = recognizer.read(SEVEN), decode(SEVEN).shape

    def read(image: NDArray[np.uint8]) -> Reading:
        if len(image) < rows:
            return replace(seven, text="1")
        if len(image) > rows:
            raise NotAnImageError("no image")
        return seven

    row = measure_changes("paper-dev", [Case(SEVEN, "7")], read)
    shares = {change: figure["share"] for change, figure in row["changes"].items()}
    assert shares == {CROP: 1, LARGER: 1, JPEG: 0, BRIGHTER: 0}
    assert row["any"]["share"] == 1
    assert not holds(row)
    assert metamorphic_table([row]).splitlines()[-1].endswith("| not met |")
