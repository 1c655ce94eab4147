"""The command line `python -m training export`."""

import re
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from model.network.artifact import Artifact
from model.network.runtime import LiteRTRuntime
from tests.training.commands.conftest import DIGITS
from training.cli import main
from training.data.epochs import Examples
from training.evaluation.export import FORMATS, TOLERANCE
from training.evaluation.pretrained import load_classifier
from training.sources import load_sources


@pytest.fixture(scope="module")
def pixels() -> Any:
    """Return real digits, (n, 28, 28)."""
    return Examples.of(load_sources([DIGITS], seed=3, validation_share=0.1).test).pixels


@pytest.mark.parametrize("name", FORMATS)
def test_exported_network_gives_the_same_probabilities_of_real_digits(
    name: str, trained: Artifact, pixels: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out{FORMATS[name].suffix}"
    assert main(["export", str(trained.keras), "--to", name, "--out", str(out)]) == 0
    expected = np.asarray(load_classifier(trained.keras)(pixels[..., None]))
    given = FORMATS[name].open(out).run(pixels)
    assert np.abs(given - expected).max() <= TOLERANCE
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    output = capsys.readouterr().out
    assert re.search(r"On 269 digits of digits its probabilities differ .* by \d", output)
    assert f"Written: {out}" in output


def test_foreign_network_becomes_one_that_gives_probabilities(
    foreign: Path, pixels: Any, tmp_path: Path
) -> None:
    out = tmp_path / "theirs.onnx"
    assert main(["export", str(foreign), "--to", "onnx", "--out", str(out)]) == 0
    logits = np.asarray(load_classifier(foreign)(pixels))
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(FORMATS["onnx"].open(out).run(pixels), expected, atol=TOLERANCE)


def test_default_name_is_the_models_in_this_folder(
    trained: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(trained.keras), "--to", "h5"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["own.h5"]


def test_int8_is_a_quarter_of_the_size_and_its_accuracy_is_reported(
    trained: Artifact, pixels: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small.tflite"
    words = ["--to", "tflite", "--int8", "--out", str(out)]
    assert main(["export", str(trained.keras), *words]) == 0
    assert out.stat().st_size < 0.3 * trained.tflite.stat().st_size
    small, full = (LiteRTRuntime(file.read_bytes()).run(pixels) for file in (out, trained.tflite))
    assert (small.argmax(axis=1) == full.argmax(axis=1)).mean() > 0.98
    reported = dict(
        re.findall(r"^(\w+) +(\d+\.\d\d)% of 269 digits", capsys.readouterr().out, re.MULTILINE)
    )
    assert set(reported) == {"float32", "int8"}
    test = trained.load_card().test
    assert test
    assert reported["float32"] == f"{100 * test.accuracy:.2f}"


def test_network_that_a_format_changes_is_not_written(
    trained: Artifact,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")]
    )
    write = FORMATS["h5"].write
    monkeypatch.setitem(
        vars(FORMATS["h5"]), "write", lambda _, file: write(other, file)
    )  # as a faulty converter would
    out = tmp_path / "x.h5"
    assert main(["export", str(trained.keras), "--to", "h5", "--out", str(out)]) == 1
    assert "answers differ by 0." in capsys.readouterr().err
    assert not out.exists()


def test_missing_converter_is_named(
    trained: Artifact,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    out = tmp_path / "x.onnx"
    assert main(["export", str(trained.keras), "--to", "onnx", "--out", str(out)]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("tf2onnx is not installed; pip install -r requirements-training.txt")
    assert list(tmp_path.iterdir()) == []


def test_export_never_replaces_the_model_or_a_folder_in_use(
    trained: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "x.h5"
    model.write_bytes(b"a model")
    assert main(["export", str(model), "--to", "h5", "--out", str(model)]) == 1
    assert "is the model itself" in capsys.readouterr().err
    words = ["--to", "savedmodel", "--out", str(tmp_path)]
    assert main(["export", str(trained.keras), *words]) == 1
    assert "is a folder with files in it" in capsys.readouterr().err
    assert model.read_bytes() == b"a model"


def test_folder_that_does_not_exist_gets_a_sentence(
    trained: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "nowhere" / "x.tflite")
    assert main(["export", str(trained.keras), "--to", "tflite", "--out", out]) == 1
    assert f"{out} cannot be written: No such file or directory." in capsys.readouterr().err


def test_int8_is_for_tflite_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["export", "x.keras", "--to", "onnx", "--int8"])
    assert "--int8 needs --to tflite" in capsys.readouterr().err
