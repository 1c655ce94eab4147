"""The Python interface, with the default model."""

import csv
import dataclasses
import itertools
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model import ImageError, Reading, ReadOptions, Recognizer, Stroke
from model.ink.components import find_components
from model.ink.noise import CleanInk, remove_noise
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.load import load_runtime
from model.network.normalize import normalize
from model.network.runtime import LiteRTRuntime
from training.augment import strokes as drawings
from training.augment.photos import PHOTO_STYLES, close_photo, photo, screenshot, small_photo
from training.augment.strokes import (
    BARRED_SEVEN,
    DRAWINGS,
    NON_DIGIT_DRAWINGS,
    cover,
    render,
    render_drawing,
    written,
)

CANVAS = (280, 560)  # height, width
NUMBERS = ["7", "10", "42", "500", "007", "2024", "88888", "11711", "0123456789"]
LINES = ["3\n9", "12\n345", "90210\n1618"]


def strokes_of(drawn: list[drawings.PointList], width: float) -> list[Stroke]:
    return [Stroke(np.array(stroke, np.float32), width) for stroke in drawn]


def read_strokes(recognizer: Recognizer, drawn: list[drawings.PointList], width: float) -> Reading:
    right, bottom = np.concatenate([np.array(stroke) for stroke in drawn]).max(axis=0)
    size = (round(right) + 20, round(bottom) + 20)
    return recognizer.trace_strokes(strokes_of(drawn, width), size).reading


def drawn_on_white(drawn: list[drawings.PointList], width: float) -> NDArray[np.uint8]:
    right, bottom = np.concatenate([np.array(stroke) for stroke in drawn]).max(axis=0)
    covered = cover(drawn, (round(bottom) + 20, round(right) + 20), width)
    return np.asarray(np.rint(255 * (1 - covered)), np.uint8)


def flat(
    text: str, height: float, gap: float, *, left: float = 20, top: float = 20
) -> list[drawings.PointList]:
    digits = written(text, height, left=left, top=top, gap=gap)
    return [stroke for digit in digits for stroke in digit]


def wrong(reading: Reading, label: int) -> list[int]:
    """What was stated as fact and is not so."""
    return [digit.label for digit in reading.digits if digit.accepted and digit.label != label]


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_drawings_are_read(recognizer: Recognizer, digit: int, ink: int, paper: int) -> None:
    reading = recognizer.read(render(digit, ink=ink, paper=paper))
    assert (reading.status, reading.text) == ("read", str(digit))


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
@pytest.mark.parametrize("single", [False, True])
def test_place_size_and_pen_do_not_matter(
    recognizer: Recognizer, digit: int, ink: int, paper: int, single: bool
) -> None:
    random = np.random.default_rng(digit)
    for side, brush in ((40, 3), (80, 6), (120, 16), (200, 14), (270, 20)):
        canvas = np.full(CANVAS, paper, np.uint8)
        y, x = random.integers(0, (CANVAS[0] - side, CANVAS[1] - side), endpoint=True)
        canvas[y : y + side, x : x + side] = render(
            digit, side=side, brush=brush, ink=ink, paper=paper
        )
        assert recognizer.read(canvas, single=single).text == str(digit)


@pytest.mark.parametrize("single", [False, True], ids=["all", "single"])
@pytest.mark.parametrize("name", PHOTO_STYLES)
def test_photos_are_read(recognizer: Recognizer, name: str, single: bool) -> None:
    """One of ten may be too hard; it is uncertain then."""
    read = 0
    for digit in range(10):
        taken = photo(PHOTO_STYLES[name], str(digit), seed=digit)
        reading = recognizer.read(taken.pixels, single=single)
        assert not wrong(reading, digit)
        read += reading.text == str(digit)
    assert read >= 9


@pytest.mark.parametrize("name", PHOTO_STYLES)
def test_nothing_is_read_on_bare_paper(recognizer: Recognizer, name: str) -> None:
    for seed in range(4):
        bare = photo(PHOTO_STYLES[name], "", seed=seed).pixels
        for single in (False, True):
            assert not any(d.accepted for d in recognizer.read(bare, single=single).digits)


@pytest.mark.parametrize(
    "name",
    [
        "evenly lit",
        "dim towards one side",
        "ruled",
        "squared",
        "sheet on a table",
        "page of a notebook",
        "page of squared paper",
        "ruled sheet on a table",
    ],
)
def test_bare_paper_is_blank(recognizer: Recognizer, name: str) -> None:
    for single in (False, True):
        assert (
            recognizer.read(photo(PHOTO_STYLES[name], "").pixels, single=single).status == "blank"
        )


@pytest.mark.parametrize("brush", [24, 36, 54])
@pytest.mark.parametrize("digit", range(10))
def test_photo_cropped_close_to_a_digit_of_a_broad_pen(
    recognizer: Recognizer, digit: int, brush: int
) -> None:
    dark = close_photo(digit, brush)
    for pixels in (dark, 255 - dark):
        reading = recognizer.read(pixels, single=True)
        assert reading.status == "read"
        assert reading.digits[0].label == digit


# All that is left of a 1 is ink.
@pytest.mark.parametrize("digit", [0, 2, 3, 4, 5, 6, 7, 8, 9])
@pytest.mark.parametrize("side", [20, 28, 50, 150, 400])
def test_photo_cropped_to_the_ink_of_its_digit(
    recognizer: Recognizer, side: int, digit: int
) -> None:
    for brush in (18, 40):
        dark = close_photo(digit, brush, margin=0, side=side)
        for pixels in (dark, 255 - dark):
            assert recognizer.read(pixels, single=True).text == str(digit)


def test_digit_in_a_shadow_is_read_though_dirt_lies_at_the_other_side(
    recognizer: Recognizer,
) -> None:
    paper = 200 - 145 * cover(flat("25", 150, 0.35, left=80, top=66), (300, 390), 18)
    cv2.circle(paper, (0, 210), 6, 55, -1)
    paper[:, 312:] *= 0.6
    assert recognizer.read(photographed(paper)).text == "25"


def test_digit_on_a_page_with_a_table_at_two_sides_is_read(recognizer: Recognizer) -> None:
    paper = 200 - 140 * cover(flat("7", 60, 0.35, left=140, top=90), (300, 400), 5)
    paper[:, :24] = paper[-18:] = 60
    assert recognizer.read(photographed(paper)).text == "7"


def test_faint_line_beside_a_digit_is_no_digit(recognizer: Recognizer) -> None:
    seven = cover(flat("7", 110, 0.35, left=110, top=65), (240, 320), 9)
    left = int(np.flatnonzero((seven > 0.5).any(axis=0))[0])
    for gap, level in itertools.product((1, 2, 3, 4, 6), (0.32, 0.4)):
        line = np.zeros_like(seven)
        line[50:190, left - gap - 3 : left - gap] = level
        assert recognizer.read(photographed(205 - 150 * np.maximum(seven, line))).text == "7"


def photographed(levels: NDArray[np.float32]) -> NDArray[np.uint8]:
    soft = cv2.GaussianBlur(levels.astype(np.float32), (0, 0), 1)
    grain = np.random.default_rng(0).normal(0, 2.5, levels.shape)
    return np.asarray(np.clip(soft + grain, 0, 255), np.uint8)


def test_photos_of_whole_numbers_are_read(recognizer: Recognizer) -> None:
    looks = ["evenly lit", "dim towards one side", "hard shadow", "ruled", "squared", "chalk"]
    read = 0
    for name in looks:
        look = dataclasses.replace(PHOTO_STYLES[name], shape=(480, 900), size=0.2)
        for seed, text in enumerate(("2024", "1618", "35790\n2486")):
            read += recognizer.read(photo(look, text, seed=seed).pixels).text == text
    assert read >= 3 * len(looks) - 3


@pytest.mark.parametrize("single", [False, True], ids=["all", "single"])
def test_screenshots_are_read(recognizer: Recognizer, single: bool) -> None:
    readings = [recognizer.read(screenshot(digit).pixels, single=single) for digit in range(10)]
    assert sum(r.text == str(digit) for digit, r in enumerate(readings)) >= 9


@pytest.mark.parametrize(("side", "enough"), [(8, 3), (10, 6), (12, 8), (16, 9), (24, 9)])
def test_images_of_a_few_pixels(recognizer: Recognizer, side: int, enough: int) -> None:
    for single in (False, True):
        read = 0
        for digit in range(10):
            reading = recognizer.read(small_photo(side, digit), single=single)
            assert reading.digits
            assert not wrong(reading, digit)
            read += reading.text == str(digit)
        assert read >= enough


@pytest.mark.parametrize("text", NUMBERS + LINES)
@pytest.mark.parametrize(("height", "pen", "gap"), [(120, 14, 0.35), (60, 6, 0.25), (60, 10, 0.6)])
def test_numbers_are_read(
    recognizer: Recognizer, text: str, height: float, pen: float, gap: float
) -> None:
    drawn = flat(text, height, gap)
    white = drawn_on_white(drawn, pen)
    assert recognizer.read(white).text == text
    assert recognizer.read(255 - white).text == text
    assert read_strokes(recognizer, drawn, pen).text == text


def test_full_page_is_read_to_its_last_digit(recognizer: Recognizer) -> None:
    """A digit left out would make another number of it, and nobody would know."""
    text = "\n".join(["31415926535897932384", "62643383279502884197"] * 4)
    drawn = flat(text, 40, 0.35)
    white = drawn_on_white(drawn, 5)
    assert recognizer.read(white, confidence=1e-9).text == text
    for reading in (recognizer.read(white), read_strokes(recognizer, drawn, 5)):
        # Of so many digits the least confident may be doubted, but each stands in its place.
        assert len(reading.text) == len(text)
        assert all(found in (true, "?") for found, true in zip(reading.text, text, strict=True))
        assert reading.text.count("?") <= 3


@pytest.mark.parametrize("text", ["10", "15", "91", "42", "2024", "11711", "12\n345"])
def test_strokes_separate_touching_digits(recognizer: Recognizer, text: str) -> None:
    assert read_strokes(recognizer, flat(text, 80, 0.07), 10).text == text


@pytest.mark.parametrize("text", ["58", "30", "69"])
def test_touching_digits_on_an_image_are_read_or_uncertain(
    recognizer: Recognizer, text: str
) -> None:
    reading = recognizer.read(drawn_on_white(flat(text, 100, 0.03), 8))
    assert reading.status == "unsure" or reading.text == text


@pytest.mark.parametrize(
    ("count", "distance", "pen"), [(3, 34, 3), (4, 34, 3), (4, 40, 5), (6, 34, 5), (8, 34, 5)]
)
def test_zeros_that_overlap_are_read(
    recognizer: Recognizer, count: int, distance: int, pen: int
) -> None:
    image = np.full((120, 90 + distance * count), 255, np.uint8)
    for number in range(count):
        place = (55 + distance * number, 60)
        cv2.ellipse(image, place, (22, 34), 8, 0, 360, 0, pen, cv2.LINE_AA)
    assert recognizer.read(image).text == count * "0"


def test_speck_within_a_0_is_dirt(recognizer: Recognizer) -> None:
    image = drawn_on_white(flat("50", 100, 0.5), 8)
    x, y, w, h = recognizer.read(image).digits[1].box
    image[y + h // 2 : y + h // 2 + 3, x + w // 2 - 6 : x + w // 2 + 6] = 0
    assert recognizer.read(image).text == "50"


def test_strokes_of_one_digit_belong_together(recognizer: Recognizer) -> None:
    for drawn, text in ((BARRED_SEVEN, "7"), (DRAWINGS[4], "4"), (DRAWINGS[5], "5")):
        large = [[(2 * x, 2 * y) for x, y in stroke] for stroke in drawn]
        assert read_strokes(recognizer, large, 14).text == text


def test_barred_7_beside_others(recognizer: Recognizer) -> None:
    one, other = ([[(x + shift, y) for x, y in s] for s in BARRED_SEVEN] for shift in (0, 80))
    assert read_strokes(recognizer, [*one, *other], 7).text == "77"
    assert recognizer.read(drawn_on_white([*one, *other], 7)).text == "77"


def test_order_and_direction_of_strokes_do_not_matter(recognizer: Recognizer) -> None:
    drawn = flat("4520", 100, 0.4)
    backwards = [stroke[::-1] for stroke in drawn[::-1]]
    assert read_strokes(recognizer, drawn, 9).text == "4520"
    assert read_strokes(recognizer, backwards, 9).text == "4520"


def test_no_strokes_are_blank(recognizer: Recognizer) -> None:
    trace = recognizer.trace_strokes([], (560, 280))
    assert trace.reading.status == "blank"
    assert trace.grey.shape == trace.contrast.shape == trace.ink.shape == (280, 560)


@pytest.mark.parametrize("name", NON_DIGIT_DRAWINGS)
def test_non_digit_is_not_accepted(recognizer: Recognizer, name: str) -> None:
    large = [[(2 * x, 2 * y) for x, y in stroke] for stroke in NON_DIGIT_DRAWINGS[name]]
    readings = [read_strokes(recognizer, large, 14)]
    for brush in (8, 14):
        for single in (False, True):
            image = render_drawing(NON_DIGIT_DRAWINGS[name], brush=brush)
            readings.append(recognizer.read(image, single=single))
    for reading in readings:
        assert reading.status == "unsure"
        assert not any(digit.accepted for digit in reading.digits)


def textures() -> dict[str, NDArray[np.uint8]]:
    random = np.random.default_rng(0)
    rows, columns = np.indices((300, 450))
    return {
        "noise": random.integers(0, 256, (300, 450)).astype(np.uint8),
        "chessboard": ((rows + columns) // 10 % 2 * 255).astype(np.uint8),
        "gradient": (columns // 2).astype(np.uint8),
        "perforated": np.where((rows % 20 < 14) & (columns % 20 < 14), 40, 230).astype(np.uint8),
    }


@pytest.mark.parametrize("name", textures())
def test_texture_is_not_read(recognizer: Recognizer, name: str) -> None:
    for single in (False, True):
        assert recognizer.read(textures()[name], single=single).status != "read"


def test_polarity_that_is_given_is_obeyed(recognizer: Recognizer) -> None:
    dark_on_grey = render(4, ink=0, paper=128)
    light_on_grey = render(7, ink=255, paper=128)
    both = np.hstack([dark_on_grey, light_on_grey])
    assert recognizer.read(both, polarity="dark").text == "4"
    assert recognizer.read(both, polarity="light").text == "7"
    assert recognizer.read(render(4), polarity="light").status == "blank"


def test_trace_shows_every_stage(recognizer: Recognizer) -> None:
    taken = photo(PHOTO_STYLES["squared"], "5")
    trace = recognizer.trace(taken.pixels)
    assert np.array_equal(trace.grey, taken.grey)
    for stage in (trace.contrast, trace.ink):
        assert stage.shape == trace.grey.shape
        assert 0 <= stage.min() <= stage.max() <= 1
    assert trace.contrast.sum() > trace.ink.sum()  # the squares are in the first one only
    assert trace.reading.text == recognizer.read(taken.pixels).text == "5"


def test_trace_of_strokes_shows_what_was_drawn(recognizer: Recognizer) -> None:
    drawn = flat("3", 150, 0)
    trace = recognizer.trace_strokes(strokes_of(drawn, 12), (200, 190))
    assert (trace.ink == trace.contrast).all()
    assert np.abs(255 * (1 - trace.ink) - trace.grey).max() <= 0.5
    (digit,) = trace.reading.digits
    x, y, w, h = digit.box
    assert trace.ink[y : y + h, x : x + w].sum() == pytest.approx(trace.ink.sum(), rel=0.01)


def test_score_gives_the_probabilities_of_each_component(recognizer: Recognizer) -> None:
    trace = recognizer.trace(drawn_on_white(flat("38", 100, 0.5), 9))
    components = find_components(trace.ink)
    candidates = recognizer.score(components)
    assert [c.component for c in candidates] == components
    assert sorted(int(c.probabilities.argmax()) for c in candidates) == [3, 8]
    assert all(c.confidence == c.probabilities.max() for c in candidates)
    assert recognizer.score([]) == []


def test_digit_holds_all_that_the_app_shows(recognizer: Recognizer) -> None:
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


def test_boxes_are_where_the_digits_are(recognizer: Recognizer) -> None:
    digits = written("35\n42", 80, left=30, top=30)
    reading = recognizer.read(drawn_on_white([s for digit in digits for s in digit], 8))
    assert len(reading.digits) == len(digits)
    for found, drawn in zip(reading.digits, digits, strict=True):
        points = np.concatenate([np.array(stroke) for stroke in drawn])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        x, y, w, h = found.box
        assert (x, y, x + w, y + h) == pytest.approx((left, top, right, bottom), abs=7)


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


def test_image_error_carries_the_name(recognizer: Recognizer) -> None:
    for read in (recognizer.read, recognizer.trace):
        with pytest.raises(ImageError, match=r"holiday\.png"):
            read(b"", name="holiday.png")
        with pytest.raises(ImageError, match=r"holiday\.png"):
            read(b"", ReadOptions(name="holiday.png"))


def test_unknown_option_is_refused(recognizer: Recognizer) -> None:
    with pytest.raises(TypeError, match="singel"):
        recognizer.read(render(5), singel=True)  # type: ignore[call-arg]


@pytest.mark.parametrize("shape", [(5, 5), (1, 1), (4, 30)])
def test_glyph_without_ink_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no ink"):
        normalize(np.zeros(shape, np.float32))


@pytest.mark.parametrize("side", [9, 14, 23, 31])
def test_boxes_never_stick_out_of_the_image(recognizer: Recognizer, side: int) -> None:
    for digit in range(10):
        grainy = small_photo(side, digit)
        for single in (False, True):
            for found in recognizer.read(grainy, single=single).digits:
                x, y, w, h = found.box
                assert 0 <= x < x + w <= grainy.shape[1]
                assert 0 <= y < y + h <= grainy.shape[0]


def test_threads_get_the_answers_that_they_would_get_alone(recognizer: Recognizer) -> None:
    images = [render(digit, brush=brush) for digit in range(10) for brush in (8, 14, 20)] * 4
    images += [drawn_on_white(flat(text, 60, 0.3), 6) for text in NUMBERS]
    alone = [[d.probabilities for d in recognizer.read(image).digits] for image in images]
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(recognizer.read, images))
    together = [[d.probabilities for d in reading.digits] for reading in readings]
    assert all(np.array_equal(a, t) for a, t in zip(alone, together, strict=True))


def test_threads_read_real_digits_as_one_does_alone(recognizer: Recognizer, data: Path) -> None:
    with zipfile.ZipFile(data / "pen-dev.zip") as archive:
        files = [name for name in archive.namelist() if name.startswith("images/")][::7]
        images = [archive.read(name) for name in files if not name.endswith("/")]

    def shown(image: bytes) -> list[object]:
        return [(d.label, d.box, d.probabilities.tobytes()) for d in recognizer.read(image).digits]

    alone = [shown(image) for image in images]
    with ThreadPoolExecutor(16) as pool:
        for _ in range(3):
            assert list(pool.map(shown, images)) == alone
    assert len(images) > 100


def test_default_model_runs_compiled() -> None:
    assert isinstance(load_runtime(Artifact(DEFAULT_MODEL_FILE)), LiteRTRuntime)


def test_real_pen_strokes_are_read(recognizer: Recognizer, data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(data / "pen-dev.zip") as archive:
        archive.extractall(tmp_path)
    with (tmp_path / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[::5]
    labels = [
        recognizer.read(tmp_path / "images" / row["file"], single=True).digits[0].label
        for row in rows
    ]
    right = np.mean([label == int(row["text"]) for label, row in zip(labels, rows, strict=True)])
    assert right >= 0.92


@pytest.mark.parametrize("single", [True, False])
def test_no_stage_is_run_twice(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch, single: bool
) -> None:
    maps: list[int] = []

    def noting(ink: NDArray[np.float32], *params: Any, **levels: Any) -> CleanInk:
        maps.append(ink.size)
        return remove_noise(ink, *params, **levels)

    monkeypatch.setattr("model.segment.lattice_reader.remove_noise", noting)
    monkeypatch.setattr("model.segment.digits.remove_noise", noting)
    monkeypatch.setattr("model.segment.single.remove_noise", noting)
    trace = recognizer.trace(render(3), single=single)
    assert trace.reading.text == "3"
    assert len(maps) == 1
