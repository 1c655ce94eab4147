"""Two ways of reading: the line network checks the first; where it doubts, pen ink is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from model import Recognizer
from model.image.grayscale import Grey
from model.ink.components import Box
from model.ink.pen import PAPER, PEN, PRINT
from model.line.confidence import ConfidenceModel
from model.network.calibration import Calibration
from model.network.normalize import Pixels
from model.networks import Networks
from model.options import ReaderParams
from tests.model.line.fakes import Answer, FakeLineNetwork, bars, shapes

FITTED = ConfidenceModel(bias=-3, line=-1.5, digits=-0.5, bound=0.95)
SIZE = (110, 160)


@dataclass
class FourEverywhere:
    """A digit network that takes everything for a four, with this probability."""

    probability: float

    def run(self, pixels: Pixels) -> NDArray[np.float32]:
        """(n, 28, 28) to (n, 10)."""
        found = np.full((len(pixels), 10), (1 - self.probability) / 9, np.float32)
        found[:, 4] = self.probability
        return found


@dataclass
class DarkIsPen:
    """An ink network that takes black for pen and grey for print; counts its looks."""

    looks: int = 0

    def probabilities(self, grey: Grey) -> NDArray[np.float32]:
        """(H, W) uint8 to (H, W, 3)."""
        self.looks += 1
        found = np.zeros((*grey.shape, 3), np.float32)
        found[..., PEN] = grey < 60
        found[..., PRINT] = (grey >= 60) & (grey < 200)
        found[..., PAPER] = grey >= 200
        return found


def recognizer(
    answers: Sequence[Answer], digit: float, confidence: ConfidenceModel = FITTED
) -> tuple[Recognizer, DarkIsPen]:
    ink = DarkIsPen()
    networks = Networks(ink, FakeLineNetwork(answers), confidence)
    calibration = Calibration(threshold=0.8)
    return Recognizer(FourEverywhere(digit), calibration, ReaderParams(), networks), ink


def image(*boxes: Box) -> Grey:
    """Return dark boxes on paper with grain: a clean drawing is not checked."""
    grey = shapes(*boxes, size=SIZE)[0].astype(float)
    grain = np.random.default_rng(1).normal(0, 2, grey.shape)
    return np.asarray(np.clip(np.rint(0.94 * grey + 8 + grain), 0, 255), np.uint8)


def test_what_the_line_network_confirms_is_stated_without_the_ink_network() -> None:
    reader, ink = recognizer([{"4": 0.999}, {"4": 0.999}], 0.999)
    reading = reader.read(image(*bars(2)))
    assert (reading.status, reading.text) == ("read", "44")
    assert reading.confidence >= FITTED.bound
    assert ink.looks == 0


def test_number_that_the_line_network_doubts_is_never_stated() -> None:
    for answers in ([{"4": 0.6, "9": 0.4}, {"4": 0.999}], [{"4": 0.999}, {"7": 0.999}]):
        reader, ink = recognizer(answers, 0.999)
        reading = reader.read(image(*bars(2)))
        assert reading.status == "unsure"
        assert "?" in reading.text
        assert ink.looks > 0


def test_print_beside_the_writing_is_left_out_by_the_second_way() -> None:
    grey = image(*bars(2))
    grey[20:100, 110:114] = 120
    reader, ink = recognizer([{"4": 0.999}, {"4": 0.999}], 0.999)
    reading = reader.read(grey)
    assert (reading.status, reading.text) == ("read", "44")
    assert ink.looks > 0


def test_lone_glyph_that_the_digit_network_is_not_sure_of_is_not_stated_by_either_way() -> None:
    """Its likeliest digit is the one that the line network sees, but so it is of many letters."""
    reader, ink = recognizer([{"4": 0.999}], 0.5)
    assert reader.read(image(*bars(1))).text == "?"
    assert ink.looks > 0


@pytest.mark.parametrize("confidence", [None, 0.5])
def test_unfitted_confidence_states_no_number_unless_a_bound_is_chosen(
    confidence: float | None,
) -> None:
    reader, _ = recognizer([{"4": 0.999}, {"4": 0.999}], 0.999, ConfidenceModel())
    reading = reader.read(image(*bars(2)), confidence=confidence)
    assert reading.status == ("unsure" if confidence is None else "read")


def test_signs_are_written_whichever_way_was_taken() -> None:
    dash: Box = (30, 47, 20, 7)
    answers = [{"-": 0.999}, {"4": 0.999}, {"4": 0.999}]
    reader, _ = recognizer(answers, 0.999)
    reading = reader.read(image(dash, *bars(2, left=65)))
    assert reading.text == "44"
    assert reading.written == "-44"
    assert reading.status == "read"
