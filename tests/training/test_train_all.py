"""Training all baselines with one command."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.train_all import main
from ui.models import ZOO


def test_training_that_is_done_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", str(tmp_path / "zoo"), "--checkpoints", str(tmp_path / "half")]
    words += ["--data", "digits", "--only", "fast", "--limit", "100"]
    assert main(words) == 0
    assert Artifact(tmp_path / "zoo" / "fast.keras").load_card().recipe == "fast"
    assert [file.name for file in (tmp_path / "half").iterdir()] == ["fast.npz"]
    assert "Epoch 1/" in capsys.readouterr().out
    assert main(words) == 0
    assert "Epoch 1/" not in capsys.readouterr().out


def test_recipe_that_needs_images_is_skipped_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--checkpoints", str(tmp_path), "--only", "chars74k"]) == 0
    assert "chars74k" in capsys.readouterr().out


def test_failure_of_a_recipe_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every failure is reported, and the exit status is that of the first."""
    trained = []

    def train(words: list[str]) -> int:
        trained.append(words[0])
        return {"fast": 0, "notebook": 2}.get(words[0], 1)

    monkeypatch.setattr("training.train_all.train", train)
    words = ["--checkpoints", str(tmp_path), "--only", "notebook", "fast", "heroku"]
    assert main(words) == 2
    assert trained == ["notebook", "fast", "heroku"]
    said = capsys.readouterr().err
    assert "notebook" in said
    assert "heroku" in said
    assert "fast" not in said


def test_missing_data_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--checkpoints", str(tmp_path), "--data", str(tmp_path / "mnist.npz")]
    assert main([*words, "--only", "fast", "--out", str(tmp_path)]) == 1
    assert "mnist.npz does not exist" in capsys.readouterr().err


def test_default_model_is_not_trained_too(tmp_path: Path) -> None:
    assert DEFAULT_RECIPE in RECIPES
    with pytest.raises(SystemExit, match="2"):
        main(["--checkpoints", str(tmp_path), "--only", DEFAULT_RECIPE])


@pytest.mark.parametrize(
    "file", [DEFAULT_MODEL_FILE.with_suffix(".json"), *ZOO.glob("*.json")], ids=str
)
def test_command_of_a_committed_card_trains_what_the_card_says(file: Path) -> None:
    """A recipe that changes needs a new training, or the card no longer describes it."""
    card = json.loads(file.read_text())
    assert asdict(RECIPES[card["recipe"]].config()) == card["hyperparameters"]
