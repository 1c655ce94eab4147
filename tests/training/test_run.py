"""A whole training run on tiny data."""

import json
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import Recognizer
from model.network.artifact import Artifact, sha256
from model.network.load import load_network
from tests.conftest import ROOT
from training.augment.strokes import render
from training.cli import main
from training.data.epochs import ShuffledEpochs
from training.data.run_data import RunData
from training.evaluation.network_summary import multiply_adds
from training.recipes import default, streamlit
from training.run import train_and_evaluate

STREAMLIT = streamlit.Config(epochs=12, batch_size=32)
DEFAULT = default.Config(epochs=2, examples=100, batch_size=50, width=8)
NON_DIGITS = 200
FIGURES = {"loss", "accuracy", "val_loss", "val_accuracy", "seconds"}


@pytest.fixture(scope="module")
def trained(run_data: RunData, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """Train the recipe that learns from images without augmentation."""
    artifact = Artifact(tmp_path_factory.mktemp("run") / "my_model.keras")
    plain = RunData(run_data.digits)
    train_and_evaluate(streamlit.RECIPE, STREAMLIT, plain, artifact, command="the command")
    return artifact


@pytest.fixture(scope="module")
def trained_default(run_data: RunData, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """Train the recipe that generates new examples in every epoch."""
    artifact = Artifact(tmp_path_factory.mktemp("default") / "my_model.keras")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.data.run_data.NON_DIGITS_GENERATED", NON_DIGITS)
        train_and_evaluate(default.RECIPE, DEFAULT, run_data, artifact, command="the command")
    return artifact


def test_run_writes_three_files_that_read_digits(trained: Artifact) -> None:
    recognizer = Recognizer.load(trained.keras)
    labels = [recognizer.read(render(d), single=True).digits[0].label for d in range(10)]
    assert sum(label == digit for digit, label in enumerate(labels)) >= 8


def test_artefact_holds_the_weights_and_no_optimizer(trained: Artifact) -> None:
    """The optimizer's moments would triple the size of the file."""
    card = json.loads(trained.card.read_text("utf-8"))
    with zipfile.ZipFile(trained.keras) as archive:
        assert not json.loads(archive.read("config.json")).get("compile_config")
        weights = archive.getinfo("model.weights.h5").file_size
    assert weights < 4 * card["parameters"] + 60_000


def test_card_describes_the_run(trained: Artifact) -> None:
    card = json.loads(trained.card.read_text())
    assert card["recipe"] == "streamlit"
    assert card["command"] == "the command"
    assert card["hyperparameters"]["epochs"] == 12
    assert card["parameters"] == streamlit.RECIPE.parameters
    assert card["data"][0]["counts"] == {"train": 160, "validation": 40, "test": 40}
    assert len(card["data"]) == 1
    assert len(card["history"]) == 12
    assert set(card["history"][0]) == FIGURES
    assert card["history"][card["best_epoch"] - 1]["val_accuracy"] == max(
        epoch["val_accuracy"] for epoch in card["history"]
    )
    test = card["test"]
    low, high = test["accuracy_interval_95"]
    assert test["n"] == 40
    assert low < test["accuracy"] <= high
    assert sum(map(sum, card["confusion_matrix"])) == 40
    right = sum(card["confusion_matrix"][digit][digit] for digit in range(10))
    assert right / 40 == test["accuracy"]
    assert len(card["examples"]["right"]) == min(20, right)
    assert card["sha256"]["keras"] == sha256(trained.keras.read_bytes())
    assert card["sha256"]["tflite"] == sha256(trained.tflite.read_bytes())


def test_card_describes_the_network(trained: Artifact) -> None:
    card = json.loads(trained.card.read_text())
    layers, filters = card["network"]["layers"], card["network"]["filters"]
    assert sum(layer["parameters"] for layer in layers) == card["parameters"]
    assert sum(layer["multiply_adds"] for layer in layers) == card["multiply_adds"]
    assert np.array(filters["kernels"]).shape == (32, 3, 3)
    saved = load_network(trained)
    assert [layer["name"] for layer in layers[1:]] == [layer.name for layer in saved.layers]


def test_card_has_the_calibration_curve(trained: Artifact) -> None:
    card = json.loads(trained.card.read_text())
    bins = card["reliability"]
    assert len(bins) == 15
    assert sum(b["n"] for b in bins) == card["test"]["n"]
    right = sum(b["n"] * b["accuracy"] for b in bins if b["n"])
    assert right == pytest.approx(card["test"]["n"] * card["test"]["accuracy"])


def test_plain_recipe_reports_what_it_accepts_and_has_no_non_digits(trained: Artifact) -> None:
    refusal = json.loads(trained.card.read_text())["refusal"]
    assert set(refusal) == {"set", "digits", "accepted"}
    assert refusal["digits"] == 40
    assert 0 <= refusal["accepted"] <= 1


def test_default_recipe_learns_from_images_strokes_and_non_digits(
    trained_default: Artifact,
) -> None:
    card = json.loads(trained_default.card.read_text())
    assert card["recipe"] == "default"
    assert [source["name"] for source in card["data"]] == [
        "ten drawings",
        "Pen-Based Recognition of Handwritten Digits, original strokes",
        "Handwriting typefaces",
    ]
    images, strokes, _ = card["data"]
    assert images["counts"] == {"train": 160, "validation": 40, "test": 40}
    assert strokes["counts"] == {"train": 30, "validation": 20}
    for source in card["data"]:
        assert {"source", "licence", "sha256"} < set(source)
    refusal = card["refusal"]
    assert refusal["digits"] == 40 + 20
    assert refusal["no_digits"] == NON_DIGITS
    assert 0.949 <= refusal["refused"] <= 1
    assert 0 <= refusal["accepted"] <= 1
    assert 0 < refusal["auroc"] <= 1
    assert 0 <= card["calibration"]["threshold"] <= 1
    assert card["multiply_adds"] > 0
    assert [set(epoch) for epoch in card["history"]] == [FIGURES] * DEFAULT.epochs
    assert card["test"]["n"] == 40


def test_default_recipe_writes_three_files_that_read(trained_default: Artifact) -> None:
    for file in (trained_default.keras, trained_default.tflite, trained_default.card):
        assert file.stat().st_size > 0
    card = trained_default.load_card()
    assert card.sha256.keras == sha256(trained_default.keras.read_bytes())
    assert trained_default.read_compiled() is not None
    (digit,) = Recognizer.load(trained_default.keras).read(render(3), single=True).digits
    assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_default_recipe_keeps_its_last_epoch(trained_default: Artifact) -> None:
    card = json.loads(trained_default.card.read_text())
    assert card["best_epoch"] == DEFAULT.epochs


def test_run_writes_the_three_files_only(trained: Artifact, trained_default: Artifact) -> None:
    for artifact in (trained, trained_default):
        names = {file.name for file in artifact.keras.parent.iterdir()}
        assert names == {"my_model.keras", "my_model.tflite", "my_model.json"}


def test_same_command_gives_the_same_figures(
    trained: Artifact, run_data: RunData, tmp_path: Path
) -> None:
    again = Artifact(tmp_path / "my_model.keras")
    plain = RunData(run_data.digits)
    train_and_evaluate(streamlit.RECIPE, STREAMLIT, plain, again, command="the command")
    first, second = (json.loads(artifact.card.read_text()) for artifact in (trained, again))
    for varies in ("finished", "seconds", "sha256"):
        del first[varies], second[varies]
    for card in (first, second):
        assert all(epoch.pop("seconds") > 0 for epoch in card["history"])
    assert first == second


def test_default_network_is_small_enough_for_a_reading_in_milliseconds() -> None:
    network = default.build(default.Config())
    assert 10_000_000 < multiply_adds(network) <= 20_000_000
    assert network.count_params() < 300_000


def test_interrupt_keeps_the_best_weights_so_far(tmp_path: Path) -> None:
    """Nothing is on stderr, where TensorFlow's own messages would look like errors."""
    flags = ["--data", "digits", "--limit", "100", "--epochs", "100000"]
    command = [sys.executable, "-u", "-m", "training", "streamlit", *flags, "--out", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout
        assert run.stderr
        assert any(line.startswith("Epoch 3/") for line in run.stdout)
        run.send_signal(signal.SIGINT)  # as Ctrl-C does
        rest, errors = run.stdout.read(), run.stderr.read()
    assert run.returncode == 0
    assert errors == ""
    assert "Stopped early; the best weights so far are kept." in rest
    assert "Test accuracy" in rest
    card = json.loads((tmp_path / "streamlit.json").read_text())
    assert card["interrupted"]
    assert card["command"].endswith("--data digits --limit 100 --epochs 100000")
    assert Recognizer.load(tmp_path / "streamlit.keras").read(render(0)).digits


def test_interrupt_before_the_first_epoch_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch = ShuffledEpochs.epoch

    def interrupted(source: ShuffledEpochs, number: int) -> Any:
        signal.raise_signal(signal.SIGINT)
        return epoch(source, number)

    monkeypatch.setattr(ShuffledEpochs, "epoch", interrupted)
    words = ["streamlit", "--data", "digits", "--limit", "100", "--out", str(tmp_path)]
    assert main(words) == 1
    errors = capsys.readouterr().err
    assert errors.splitlines()[-1] == "Stopped before the first epoch ended; nothing was written."
    assert list(tmp_path.iterdir()) == []
