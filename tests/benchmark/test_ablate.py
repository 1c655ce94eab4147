"""Every stage can be switched off alone, and what it is worth is counted."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmark.ablate import ablation_table, is_worthless, main, measure_sets, worth
from benchmark.ablations import ABLATIONS
from benchmark.sets import Case, png
from model import Recognizer
from model.image.decode import decode
from tests.conftest import ROOT

SEVEN = (ROOT / "docs" / "seven.png").read_bytes()


def touching() -> NDArray[np.uint8]:
    """Two sevens whose strokes overlap: one component."""
    seven = decode(SEVEN)
    columns = np.flatnonzero((seven < 128).any(axis=0))
    step = int(columns[-1] - columns[0]) - 6
    wide = np.full((seven.shape[0], seven.shape[1] + step), 255, np.uint8)
    wide[:, : seven.shape[1]] = seven
    wide[:, step:] = np.minimum(wide[:, step:], seven)
    return wide


def ruled() -> NDArray[np.uint8]:
    """Three sevens on ruled paper."""
    page = np.hstack([decode(SEVEN)] * 3)
    for row in range(20, len(page), 45):
        cv2.line(page, (0, row), (page.shape[1], row), 120, 2)
    return page


@pytest.mark.parametrize("stage", ABLATIONS)
def test_reader_without_a_stage_still_reads(stage: str) -> None:
    read = ABLATIONS[stage]()
    assert read(SEVEN).text == "7"
    assert read(png(touching())).digits


@pytest.mark.parametrize(
    ("stage", "image", "text"),
    [("splitting", touching(), "77"), ("removal of ruling lines", ruled(), "777")],
)
def test_what_needs_a_stage_is_not_read_without_it(
    stage: str, image: NDArray[np.uint8], text: str, recognizer: Recognizer
) -> None:
    assert recognizer.read(png(image)).text == text
    assert ABLATIONS[stage]()(png(image)).text != text


def test_every_text_is_stated_without_its_confidence(recognizer: Recognizer) -> None:
    """Two sevens of which one is no more than likely."""
    scores = recognizer.read(png(touching())).confidence
    assert recognizer.read(png(touching()), confidence=(1 + scores) / 2).status == "unsure"
    assert ABLATIONS["confidence of the text"]()(png(touching())).status == "read"


def test_worth_of_a_stage_is_what_is_lost_without_it() -> None:
    whole = {"paper-dev": {"right": 0.9, "doubted": 0.08, "stated_wrong": 0.02}}
    ablated = {"paper-dev": {"right": 0.88, "doubted": 0.07, "stated_wrong": 0.05}}
    gains = worth(whole, ablated)
    assert gains == {"paper-dev": {"right": 0.02, "averted": 0.03}}
    assert not is_worthless(gains)
    assert is_worthless(worth(whole, whole))
    rows = [{"stage": "one", "worth": gains}, {"stage": "two", "worth": worth(whole, whole)}]
    one, two = ablation_table(rows).splitlines()[2:]
    assert one == "| one | +2.0 / +3.0 | yes |"
    assert two == "| two | +0.0 / +0.0 | no |"


def test_sets_are_measured_by_verdict(recognizer: Recognizer) -> None:
    sets = {"pen-dev": [Case(SEVEN, "7"), Case(SEVEN, "1"), Case(b"no image", "1")]}
    shares = measure_sets(recognizer.read, sets)["pen-dev"]
    assert shares == pytest.approx(
        {"right": 1 / 3, "doubted": 1 / 3, "stated_wrong": 1 / 3}, abs=1e-4
    )


def test_unknown_stage_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
