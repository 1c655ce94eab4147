"""A whole training run on tiny data."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model import Recognizer
from model.artifact import Artifact, sha256
from tests.conftest import ROOT
from tests.drawings import render
from training.data import Dataset
from training.recipes import RECIPES, streamlit
from training.run import train_and_evaluate


@pytest.fixture(scope="module")
def trained(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    artifact = Artifact(tmp_path_factory.mktemp("run") / "my_model.keras")
    config = streamlit.Config(epochs=12, batch_size=32)
    train_and_evaluate(streamlit, config, tiny, artifact, command="the command")
    return artifact


def test_run_writes_three_files_that_read_digits(trained: Artifact) -> None:
    recognizer = Recognizer.load(trained.keras)
    labels = [recognizer.read(render(digit)).digits[0].label for digit in range(10)]
    assert sum(label == digit for digit, label in enumerate(labels)) >= 8


def test_card_tells_all_about_the_run(trained: Artifact) -> None:
    card = json.loads(trained.card.read_text())
    assert card["recipe"] == "streamlit"
    assert card["command"] == "the command"
    assert card["hyperparameters"]["epochs"] == 12
    assert card["parameters"] == streamlit.PARAMETERS
    assert card["data"][0]["counts"] == {"train": 160, "validation": 40, "test": 40}
    assert len(card["history"]) == 12
    assert set(card["history"][0]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
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
    assert all(example["label"] != example["answer"] for example in card["examples"]["wrong"])
    assert card["sha256"]["keras"] == sha256(trained.keras.read_bytes())
    assert card["sha256"]["tflite"] == sha256(trained.tflite.read_bytes())


def test_same_command_gives_the_same_figures(
    trained: Artifact, tiny: Dataset, tmp_path: Path
) -> None:
    again = Artifact(tmp_path / "my_model.keras")
    config = streamlit.Config(epochs=12, batch_size=32)
    train_and_evaluate(streamlit, config, tiny, again, command="the command")
    first, second = (json.loads(artifact.card.read_text()) for artifact in (trained, again))
    for varies in ("finished", "seconds", "sha256"):
        del first[varies], second[varies]
    assert first == second


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipe_has_the_parameters_that_it_states(recipe: object) -> None:
    network = recipe.build(recipe.Config())  # type: ignore[attr-defined]
    assert network.count_params() == recipe.PARAMETERS  # type: ignore[attr-defined]


def interrupt(data: Path, out: Path, *flags: str, at: str) -> tuple[int, str, str]:
    """Press Ctrl-C when a line begins with `at`; exit status, what follows on stdout, stderr."""
    command = [sys.executable, "-u", "-m", "training", "--data", str(data / "mnist.npz")]
    with subprocess.Popen(
        [*command, "--out", str(out), *flags],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout
        assert run.stderr
        assert any(line.startswith(at) for line in run.stdout)
        run.send_signal(signal.SIGINT)
        rest, errors = run.stdout.read(), run.stderr.read()
    return run.returncode, rest, errors


def test_interrupt_keeps_the_best_weights_so_far(data: Path, tmp_path: Path) -> None:
    flags = ["--limit", "500", "--epochs", "100000"]
    status, rest, _ = interrupt(data, tmp_path, *flags, at="Epoch 3/")
    assert status == 0
    assert "Stopped early; the best weights so far are kept." in rest
    card = json.loads((tmp_path / "my_model.json").read_text())
    assert card["interrupted"]
    assert card["command"].endswith("--data mnist.npz --limit 500 --epochs 100000")
    assert Recognizer.load(tmp_path / "my_model.keras").read(render(0)).digits


def test_interrupt_before_the_first_epoch_writes_nothing(data: Path, tmp_path: Path) -> None:
    status, _, errors = interrupt(data, tmp_path, at="Epoch 1/")
    assert status == 1
    assert errors.splitlines()[-1] == "Stopped before the first epoch ended; nothing was written."
    assert list(tmp_path.iterdir()) == []
