"""The Python interface, with the default model."""

import csv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model import ImageError, Recognizer
from model.artifact import DEFAULT, Artifact
from model.engine import LiteRTEngine, load_engine
from tests.drawings import render


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_drawings_are_read(recognizer: Recognizer, digit: int, ink: int, paper: int) -> None:
    reading = recognizer.read(render(digit, ink=ink, paper=paper))
    assert (reading.status, reading.text) == ("read", str(digit))


def test_digit_tells_all_that_the_app_shows(recognizer: Recognizer) -> None:
    grey = np.full((300, 400), 255, np.uint8)
    grey[60:260, 150:350] = render(8)
    (digit,) = recognizer.read(grey, single=True).digits
    x, y, w, h = digit.box
    assert grey[y : y + h, x : x + w].min() == 0
    assert 150 <= x < x + w <= 350
    assert digit.probabilities.shape == (10,)
    assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert digit.confidence == pytest.approx(digit.probabilities[digit.label])
    assert digit.pixels.shape == (28, 28)
    assert digit.runner_up != digit.label


def test_box_is_in_pixels_of_the_image_even_where_that_is_reduced(recognizer: Recognizer) -> None:
    grey = np.full((4000, 6000), 255, np.uint8)
    grey[1000:3000, 2000:4000] = render(8, side=2000, brush=140)
    (digit,) = recognizer.read(grey).digits
    x, y, w, h = digit.box
    assert digit.label == 8
    assert 2000 < x < x + w < 4000
    assert 1000 < y < y + h < 3000
    assert h > 1400


def test_blank_paper_is_blank(recognizer: Recognizer) -> None:
    reading = recognizer.read(np.full((280, 280, 4), 255, np.uint8))
    assert (reading.status, reading.text, reading.digits) == ("blank", "", ())


def test_what_the_model_doubts_is_not_stated(recognizer: Recognizer) -> None:
    both = np.minimum(render(1), render(8))
    both[:, ::3] = 255
    readings = [recognizer.read(image) for image in (both, render(4)[:80], render(8)[:, :90])]
    unsure = [reading for reading in readings if reading.status == "unsure"]
    assert unsure
    assert all(reading.text == "?" and not reading.digits[0].accepted for reading in unsure)


def test_image_error_carries_the_name(recognizer: Recognizer) -> None:
    with pytest.raises(ImageError, match=r"holiday\.png is empty"):
        recognizer.read(b"", name="holiday.png")


def test_threads_get_the_answers_that_they_would_get_alone(recognizer: Recognizer) -> None:
    images = [render(digit, brush=brush) for digit in range(10) for brush in (8, 14, 20)] * 4
    alone = [recognizer.read(image).digits[0].probabilities for image in images]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda i: recognizer.read(i).digits[0].probabilities, images))
    assert np.array_equal(alone, together)


def test_default_model_is_served_by_its_compiled_twin() -> None:
    assert isinstance(load_engine(Artifact(DEFAULT)), LiteRTEngine)


def test_real_pen_strokes_are_read(recognizer: Recognizer, data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(data / "pen-dev.zip") as archive:
        archive.extractall(tmp_path)
    with (tmp_path / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::5]
    labels = [recognizer.read(tmp_path / "images" / row["file"]).digits[0].label for row in rows]
    right = np.mean([label == int(row["text"]) for label, row in zip(labels, rows, strict=True)])
    assert right >= 0.92
