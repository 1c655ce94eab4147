"""`python -m model`, as scripts call it."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from model import Recognizer
from model.diagnostics import VERSION, check_health
from model.errors import UnhealthyError
from model.network.artifact import DEFAULT_MODEL_FILE, sha256
from model.network.calibration import Calibration
from model.network.normalize import Pixels
from model.network.runtime import Probabilities
from tests.conftest import ROOT
from training.augment.strokes import render


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "model", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two digits, one of them in a subfolder, a blank image and a file that is not an image."""
    (tmp_path / "deeper").mkdir()
    cv2.imwrite(str(tmp_path / "b.png"), render(7))
    cv2.imwrite(str(tmp_path / "deeper" / "a.png"), render(2))
    cv2.imwrite(str(tmp_path / "blank.png"), render(2) * 0 + 255)
    (tmp_path / "notes.txt").write_text("not read")
    return tmp_path


def test_json_lines_of_a_folder_in_sorted_order(folder: Path) -> None:
    done = run("--format", "json", folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [Path(row["file"]).name for row in rows] == ["b.png", "blank.png", "a.png"]
    assert [(row["status"], row["text"]) for row in rows] == [
        ("read", "7"),
        ("blank", ""),
        ("read", "2"),
    ]
    assert all(row["error"] is None for row in rows)
    (digit,) = rows[0]["digits"]
    assert rows[0]["written"] == "7"
    assert rows[0]["confidence"] == digit["confidence"]
    assert set(digit) == {"label", "confidence", "accepted", "probabilities", "box"}
    assert len(digit["probabilities"]) == 10
    assert len(digit["box"]) == 4


def test_file_that_cannot_be_read_stops_nothing(folder: Path) -> None:
    (folder / "broken.png").write_text("no image")
    done = run("--single", "--format", "json", folder / "nowhere.png", folder)
    rows = {Path(row["file"]).name: row for row in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert rows["b.png"]["text"] == "7"
    for name in ("nowhere.png", "broken.png"):
        assert rows[name]["status"] == "error"
        assert rows[name]["digits"] == []
        assert name in rows[name]["error"]


def test_text_shows_digits_and_confidence(folder: Path) -> None:
    lines = run(folder / "b.png", folder / "blank.png", folder / "notes.txt").stdout.splitlines()
    assert lines[0].startswith(f"{folder / 'b.png'}: 7 (9")
    assert lines[1] == f"{folder / 'blank.png'}: blank"
    assert "notes.txt is not an image" in lines[2]


def test_csv_is_a_table(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv", folder).stdout)))
    assert [row["text"] for row in rows] == ["7", "", "2"]
    assert rows[1]["status"] == "blank"
    assert float(rows[0]["confidence"]) > 0.9


@pytest.fixture
def two_lines(tmp_path: Path) -> Path:
    """An image of 42 above 17."""
    page = np.full((260, 240), 255, np.uint8)
    for x, y, digit in ((10, 10, 4), (120, 10, 2), (10, 140, 1), (120, 140, 7)):
        page[y : y + 100, x : x + 100] = render(digit, side=100, brush=8)
    cv2.imwrite(str(tmp_path / "lines.png"), page)
    return tmp_path / "lines.png"


def test_text_of_several_lines_is_one_line_a_file(two_lines: Path) -> None:
    lines = run(two_lines).stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{two_lines}: 42 / 17 (")


def test_csv_of_several_lines_is_one_record_a_file(two_lines: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv", two_lines).stdout)))
    assert [row["text"] for row in rows] == ["42\n17"]
    assert len(rows[0]["digits"].split()) == 4
    assert float(rows[0]["confidence"]) > 0.95
    assert rows[0]["written"] == rows[0]["text"]


def test_names_that_are_no_text_or_hidden_or_too_long(tmp_path: Path) -> None:
    content = cv2.imencode(".png", render(7))[1].tobytes()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.png").write_bytes(content)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png")).write_bytes(content)
    done = run("--format", "json", tmp_path, "x" * 300 + ".png")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["status"] for row in rows] == ["read", "error"]
    assert run(tmp_path).stdout.endswith("png: 7 (99.9%)\n")


def test_output_that_is_closed_early_is_no_error(folder: Path) -> None:
    command = f"{sys.executable} -m model {f'{folder} ' * 20} | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_folder_without_an_image_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 1
    assert "holds no image" in done.stdout


def test_version_shows_the_program_and_the_model() -> None:
    lines = run("--version").stdout.splitlines()
    project = (ROOT / "pyproject.toml").read_text()
    assert lines[0] == f"Digit reader {VERSION}"
    assert f'version = "{VERSION}"' in project
    assert lines[1] == "Model my_model.keras, recipe default, compiled for LiteRT"
    assert lines[2] == f"SHA-256 {sha256(DEFAULT_MODEL_FILE.read_bytes())}"
    assert "Python 3." in lines[3]


def test_health_is_a_digit_that_is_read() -> None:
    done = run("--health")
    assert done.returncode == 0
    assert done.stdout.startswith("A 7 is read as one, in ")


def test_model_that_reads_nothing_is_not_healthy() -> None:
    blind = Recognizer(Blind(), Calibration())
    with pytest.raises(UnhealthyError, match=r"A 7 is read as “\?”\."):
        check_health(blind)


class Blind:
    """A network that takes everything for anything."""

    def run(self, pixels: Pixels) -> Probabilities:
        return np.full((len(pixels), 10), 0.1, np.float32)


@pytest.mark.parametrize(("level", "lines"), [("debug", 3), ("warning", 0)])
def test_every_reading_is_a_line_in_the_log_at_debug_level(
    folder: Path, monkeypatch: pytest.MonkeyPatch, level: str, lines: int
) -> None:
    monkeypatch.setenv("DIGIT_LOG", level)
    logged = [line for line in run(folder).stderr.splitlines() if "model.recognizer" in line]
    assert len(logged) == lines
    assert all(
        re.search(r"(read|blank): [01] digits on \d+ by \d+ pixels in", line) for line in logged
    )


@pytest.mark.parametrize("setting", ["DIGIT_LOG", "DIGIT_MAX_MARKS"])
def test_setting_that_cannot_be_is_wrong_usage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "loud")
    done = run(folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert setting in done.stderr
    assert done.stderr.count("\n") == 1


def test_name_that_would_command_the_terminal_is_shown_without(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\nb.png").write_text("no image")
    done = run(tmp_path)
    assert "\x1b" not in done.stdout
    assert done.stdout.count("\n") == 1


def test_version_shows_that_a_model_is_not_compiled_yet(tmp_path: Path) -> None:
    shutil.copy(DEFAULT_MODEL_FILE, tmp_path)
    done = run("--version", "--model", tmp_path / DEFAULT_MODEL_FILE.name)
    assert done.stdout.splitlines()[1] == "Model my_model.keras, not compiled yet; Keras reads it"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version", "a.png"],
        ["--version", "--health"],
        [],
        [""],
        ["--format", "xml", "a.png"],
        ["--model", "nowhere.keras", "a.png"],
    ],
)
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


def test_nothing_is_written_beside_the_reading(folder: Path) -> None:
    assert run(folder / "b.png").stderr == ""


def test_compiling_says_nothing_but_that_it_is_done(tmp_path: Path) -> None:
    model = tmp_path / "own.keras"
    shutil.copy(DEFAULT_MODEL_FILE.parent / "zoo" / "fast.keras", model)
    done = run("--compile", "--model", model)
    assert done.returncode == 0
    assert not done.stderr
    assert model.with_suffix(".tflite").exists()
