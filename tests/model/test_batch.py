"""Many files are read on all cores, with the same results as one by one."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from model import ImageError, Reading, ReadOptions, Recognizer
from model.batch import Outcome, read_files
from model.network.artifact import DEFAULT_MODEL_FILE
from tests.conftest import ROOT
from training.augment.strokes import render


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Digits, with a file that is not an image and one that is missing among them."""
    paths = [tmp_path / f"{number}.png" for number in range(70)]
    for number, path in enumerate(paths):
        cv2.imwrite(str(path), render(number % 10, side=60, brush=5))
    paths[40].write_text("no image")
    paths[50].unlink()
    return paths


def shown(outcome: Outcome) -> object:
    """Return an outcome in a form that can be compared."""
    if isinstance(outcome, ImageError):
        return type(outcome), str(outcome)
    assert isinstance(outcome, Reading)
    return outcome.text, [(d.box, d.probabilities.tobytes()) for d in outcome.digits]


@pytest.mark.parametrize("single", [True, False])
def test_all_cores_give_the_answers_of_one_in_the_same_order(
    recognizer: Recognizer, files: list[Path], single: bool
) -> None:
    options = ReadOptions(single=single)
    alone = list(read_files(recognizer, DEFAULT_MODEL_FILE, files, options, alone=np.inf))
    together = list(read_files(recognizer, DEFAULT_MODEL_FILE, files, options, alone=0))
    assert list(map(shown, together)) == list(map(shown, alone))
    assert [str(k) for k, o in enumerate(together) if isinstance(o, ImageError)] == ["40", "50"]


def test_reading_can_be_stopped_early(recognizer: Recognizer, files: list[Path]) -> None:
    outcomes = read_files(recognizer, DEFAULT_MODEL_FILE, files * 100, alone=0)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]


def test_command_line_reads_a_folder_on_all_cores(files: list[Path]) -> None:
    program = "import model.batch, model.cli as m, sys; model.batch.read_files.__kwdefaults__"
    program += "['alone'] = 0\nif __name__ == '__main__': sys.exit(m.main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "--format", "csv", str(files[0].parent)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1  # one is no image
    assert done.stdout.count("\n") == 70
    assert "Traceback" not in done.stderr
