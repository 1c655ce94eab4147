"""Uncertain photos are read in several views; the reading that most of them agree on wins."""

from typing import Any

import cv2
import numpy as np
import pytest

from model import Digit, Line, Reading, Recognizer, Trace, tta
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.load import load_runtime
from model.options import ReaderParams
from model.tta import ViewParams
from training.augment.photos import PhotoStyle, photo
from training.augment.strokes import NON_DIGIT_DRAWINGS, render_drawing

UNEVEN = PhotoStyle(shape=(60, 170), size=0.45, pen=0.12, ink=90, paper=180, noise=14, grainy=0.3)
NUMBERS = ("2024", "10385", "96471", "3850", "70218", "4162", "59", "816", "7305", "6948")


def test_small_numbers_in_uneven_ink_on_grainy_paper_are_read(recognizer: Recognizer) -> None:
    """In a single view 29 of the 40 are."""
    read = [
        recognizer.read(photo(UNEVEN, text, seed=seed).pixels).text == text
        for seed in range(4)
        for text in NUMBERS
    ]
    assert sum(read) >= 36


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize(("shape", "size"), [((600, 500), 0.5), ((900, 1200), 0.12)])
def test_boxes_and_maps_are_those_of_the_image_whichever_view_wins_the_vote(
    shape: tuple[int, int],
    size: float,
    single: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look = PhotoStyle(shape=shape, size=size, pen=0.12, ink=90, paper=185, noise=8)
    taken = photo(look, "8", seed=1)
    monkeypatch.setattr(tta, "vote", lambda traces, _: traces[1])
    trace = always_voting().trace(taken.pixels, single=single)
    (digit,) = trace.reading.digits
    rows, columns = np.flatnonzero(taken.covered.any(1)), np.flatnonzero(taken.covered.any(0))
    true = columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1
    assert digit.box == pytest.approx(true, abs=0.2 * size * shape[0])
    assert trace.grey.shape == trace.contrast.shape == trace.ink.shape == shape
    for levels, least in ((trace.contrast, 0.6), (trace.ink, 0.8)):  # the first with its grain
        assert np.corrcoef(levels.ravel(), taken.covered.ravel())[0, 1] > least


def always_voting() -> Recognizer:
    """A recogniser that is never confident of its first view."""
    artifact = Artifact(DEFAULT_MODEL_FILE)
    params = ReaderParams(views=ViewParams(confident=2.0))
    return Recognizer(load_runtime(artifact), calibration_of(artifact.load_card()), params)


@pytest.mark.parametrize("shape", [(3000, 20), (900, 4), (1600, 12), (40_000, 8)])
def test_long_image_of_nothing_but_a_stroke_has_views(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each view is as fast as that of a digit of usual height, and no box sticks out."""
    sigmas = []
    blur = cv2.GaussianBlur

    def blurred(picture: Any, size: Any, sigma: float, **options: Any) -> Any:
        sigmas.append(sigma)
        return blur(picture, size, sigma, **options)

    monkeypatch.setattr("model.tta.cv2.GaussianBlur", blurred)
    grey = np.random.default_rng(0).normal(200, 3, shape)
    height, width = shape
    grey[height // 20 : -(height // 20), width // 3 : 2 * width // 3] -= 120
    reading = always_voting().read(grey.astype(np.uint8), single=True)
    assert reading.digits
    assert max(sigmas) < 10
    for x, y, w, h in (digit.box for digit in reading.digits):
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height


def test_drawing_has_no_other_view(recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no grain that could hide anything, and must be read at once."""
    monkeypatch.setattr(tta, "views", lambda *_: pytest.fail("other views were made"))
    for strokes in NON_DIGIT_DRAWINGS.values():
        assert recognizer.read(render_drawing(strokes)).status == "unsure"


def trace(*digits: tuple[int, float, bool], lines: int = 1) -> Trace:
    seen = [
        Digit(
            label,
            sure,
            accepted,
            np.full(10, 0.1, np.float32),
            (9 * place, 0, 8, 12),
            np.zeros((28, 28), np.float32),
        )
        for place, (label, sure, accepted) in enumerate(digits)
    ]
    levels = np.zeros((12, 90), np.float32)
    reading = Reading.of([Line.of(seen[line::lines]) for line in range(lines) if seen])
    return Trace(levels.astype(np.uint8), levels, levels, reading)


def text(*traces: Trace) -> str:
    return tta.vote(traces).reading.text


def test_agreement_of_two_views_beats_one_confident_view() -> None:
    one, two = trace((3, 0.9, True), (8, 0.7, True)), trace((3, 0.9, True), (9, 0.6, True))
    assert text(one, two) == "38"
    assert text(one, two, two) == "39"


def test_uncertain_digit_weighs_less() -> None:
    assert text(trace((3, 0.9, True), (1, 0.6, False)), trace((3, 0.6, True))) == "3"


def test_each_digit_has_the_confidence_of_the_view_that_saw_it_best() -> None:
    left, right = trace((3, 0.99, True), (8, 0.5, False)), trace((3, 0.5, False), (8, 0.97, True))
    reading = tta.vote([left, right]).reading
    assert reading.text == "38"
    assert [digit.confidence for digit in reading.digits] == [0.99, 0.97]


def test_view_without_digits_or_of_several_text_lines_has_no_vote() -> None:
    lines = trace((3, 0.99, True), (8, 0.99, True), lines=2)
    assert text(trace((5, 0.4, False)), trace(), lines, lines) == "?"


@pytest.mark.parametrize(
    ("seen", "needed"),
    [
        (trace(), False),
        (trace((3, 0.99, True), (8, 0.99, True)), False),
        (trace((3, 0.99, True), (8, 0.8, True)), True),
        (trace((3, 0.99, False)), True),
        (trace((3, 0.5, False), (8, 0.5, False), lines=2), False),
        (trace(*[(3, 0.5, False)] * (ViewParams().max_digits + 1)), False),
    ],
    ids=["blank", "confident", "likely", "uncertain", "two lines", "too many"],
)
def test_one_text_line_that_is_not_confident_needs_a_vote(seen: Trace, needed: bool) -> None:
    assert tta.needs_vote(seen.reading) == needed
