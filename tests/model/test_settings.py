"""Settings are validated; what exceeds a limit is refused quickly and within the memory."""

import dataclasses
import io
import pickle
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from model import Recognizer
from model.errors import SettingError, TooManyComponentsError
from model.settings import (
    LIMIT_SETTINGS,
    SETTINGS,
    Limits,
    check_settings,
    configure_logging,
    training_switch,
)
from tests.conftest import ROOT
from tests.fuzz import MEGABYTES, SECONDS, peak
from training.augment.strokes import DRAWINGS, PointList, cover, render


@pytest.mark.parametrize("limit", LIMIT_SETTINGS)
def test_every_limit_is_set_by_the_environment(limit: str) -> None:
    name, unit = LIMIT_SETTINGS[limit]
    changed = Limits.configured({name: "7"})
    assert changed == dataclasses.replace(Limits(), **{limit: 7 * unit})
    assert Limits.configured({}) == Limits()


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "many", "1" * 40, "²"])
def test_setting_that_is_no_limit_is_named(value: str) -> None:
    with pytest.raises(SettingError, match=r"DIGIT_MAX_MB .* must be a whole number above 0"):
        Limits.configured({"DIGIT_MAX_MB": value})


def test_every_setting_has_its_default_in_the_table() -> None:
    table = {setting.name: setting.default for setting in SETTINGS}
    assert len(table) == len(SETTINGS)
    check_settings(table)
    assert Limits.configured(table) == Limits()
    assert training_switch(table) == training_switch({})


@pytest.mark.parametrize("value", [None, "", "0", "false", "off", "no", "FALSE", "Off"])
def test_training_is_off(value: str | None) -> None:
    switch = training_switch({} if value is None else {"DIGIT_TRAINING": value})
    assert (switch.is_on, switch.folder) == (False, None)


@pytest.mark.parametrize("value", ["1", "true", "on", "yes", "True"])
def test_training_is_on(value: str) -> None:
    switch = training_switch({"DIGIT_TRAINING": value})
    assert (switch.is_on, switch.folder) == (True, None)


def test_training_with_a_folder(tmp_path: Path) -> None:
    switch = training_switch({"DIGIT_TRAINING": str(tmp_path)})
    assert (switch.is_on, switch.folder) == (True, tmp_path)


@pytest.mark.parametrize("value", ["onn", "2", "/no/such/folder", "a\0b", "x" * 5000])
def test_training_is_never_on_by_a_typo(value: str) -> None:
    with pytest.raises(SettingError, match="DIGIT_TRAINING"):
        training_switch({"DIGIT_TRAINING": value})


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_invalid_setting_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=name):
        check_settings({name: "loud"})


def test_unknown_log_level_is_refused() -> None:
    with pytest.raises(SettingError, match="DIGIT_LOG"):
        configure_logging({"DIGIT_LOG": "loud"})


def test_setting_holds_for_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "from model import Recognizer; import numpy as np\n"
        "try: Recognizer.load().read(np.zeros((1500, 1500), np.uint8))\n"
        "except Exception as error: print(error)"
    )
    monkeypatch.setenv("DIGIT_MAX_MEGAPIXELS", "1")
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "the most that can be read is 1 megapixels" in done.stdout


def page_of(digit: list[PointList], side: int) -> NDArray[np.uint8]:
    """A page of `side` times `side` copies of a drawing."""
    strokes = [
        [(0.34 * x + 40 * column + 4, 0.34 * y + 52 * row + 6) for x, y in stroke]
        for row in range(side)
        for column in range(side)
        for stroke in digit
    ]
    covered = cover(strokes, (52 * side + 10, 40 * side + 10), 2)
    return np.asarray(np.rint(255 * (1 - covered)), np.uint8)


def test_full_page_of_digits_in_two_parts_is_read_in_time(recognizer: Recognizer) -> None:
    """Every bar is tried with every body; each merge must not start from scratch."""
    fives: list[PointList] = [DRAWINGS[5][0], [(40, 2), (80, 1)]]
    start = time.perf_counter()
    reading = recognizer.read(page_of(fives, 12))
    assert time.perf_counter() - start < SECONDS
    assert reading.text == "\n".join(["5" * 12] * 12)


def rings(count: int) -> NDArray[np.uint8]:
    """As many rings, each within the next."""
    side = 16 * count + 40
    picture = np.full((side, side), 255, np.uint8)
    for number in range(count):
        cv2.circle(picture, (side // 2, side // 2), 8 * number + 6, 0, 3, cv2.LINE_AA)
    return picture


def test_rings_within_each_other_do_not_take_the_memory(recognizer: Recognizer) -> None:
    before, start = peak(), time.perf_counter()
    assert recognizer.read(rings(40)).status == "unsure"
    with pytest.raises(
        TooManyComponentsError, match=r"^The array shows too many large pieces of ink within"
    ):
        recognizer.read(rings(100))
    assert recognizer.read(rings(100), single=True).status == "unsure"
    assert peak() - before < MEGABYTES
    assert time.perf_counter() - start < 2 * SECONDS


def test_more_components_than_the_limit(recognizer: Recognizer, tmp_path: Path) -> None:
    upright: PointList = [(50, 10), (50, 90)]
    page = page_of([upright], 5)
    cv2.imwrite(str(tmp_path / "page.png"), page)
    assert len(recognizer.read(page).digits) == 25
    with pytest.raises(TooManyComponentsError) as caught:
        recognizer.read(tmp_path / "page.png", limits=Limits(max_components=24))
    assert (caught.value.name, caught.value.what.split()[2]) == ("page.png", "24")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


def test_specks_are_no_components(recognizer: Recognizer) -> None:
    page = render(4, side=400, brush=20)
    page[5::9, 5::9] = np.minimum(page[5::9, 5::9], 60)
    assert recognizer.read(page, limits=Limits(max_components=1)).text == "4"


def photo_of(kind: str, size: tuple[int, int]) -> bytes:
    """A file of a seven of this many pixels."""
    seven = Image.fromarray(render(7)).resize(size)
    file = io.BytesIO()
    match kind:
        case "JPEG":
            rough = np.random.default_rng(0).integers(0, 60, (size[1], 1), np.uint8)
            Image.fromarray(np.asarray(seven) // 2 + rough).convert("RGB").save(file, "JPEG")
        case "RGBA":
            seven.convert("RGBA").save(file, "PNG", compress_level=1)
    return file.getvalue()


MEASURE = """
import sys
from model import Recognizer
from training.augment.strokes import render
from tests.fuzz import peak
recognizer = Recognizer.load()
recognizer.read(render(5))
before = peak()
reading = recognizer.read(sys.argv[1])
print(reading.text, peak() - before)
"""


@pytest.mark.parametrize(
    ("kind", "size", "most"),
    [
        ("JPEG", (4000, 3000), 200),
        ("RGBA", (9200, 6900), MEGABYTES),
    ],
    ids=["photo of 12 megapixels", "RGBA of 63 megapixels"],
)
def test_large_image_is_read_within_the_memory(
    tmp_path: Path, kind: str, size: tuple[int, int], most: int
) -> None:
    (tmp_path / "large").write_bytes(photo_of(kind, size))
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "large")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    text, megabytes = done.stdout.split()
    assert text == "7"
    assert float(megabytes) < most
