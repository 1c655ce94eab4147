"""Training every ancestor in one go."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from model.network.artifact import DEFAULT
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.train_all import main
from ui.models import ZOO


def test_recipes_are_trained_one_after_the_other_and_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", str(tmp_path / "zoo"), "--checkpoints", str(tmp_path / "half")]
    words += ["--data", "digits", "--only", "fast", "notebook", "--limit", "100"]
    assert main(words) == 0
    cards = [json.loads((tmp_path / "zoo" / f"{n}.json").read_text()) for n in ("fast", "notebook")]
    assert [card["recipe"] for card in cards] == ["fast", "notebook"]
    assert {file.name for file in (tmp_path / "half").iterdir()} == {"fast.npz", "notebook.npz"}
    capsys.readouterr()
    assert main(words) == 0  # the checkpoints are finished: nothing is trained again
    assert "Epoch 1/" not in capsys.readouterr().out


def test_recipe_that_needs_images_is_left_out_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--checkpoints", str(tmp_path), "--only", "chars74k"]) == 0
    assert "chars74k is left out: it needs --images." in capsys.readouterr().out


def test_failure_is_told_by_the_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--checkpoints", str(tmp_path), "--data", str(tmp_path / "mnist.npz")]
    assert main([*words, "--only", "fast"]) == 1
    assert "mnist.npz does not exist" in capsys.readouterr().err


def test_default_model_is_not_trained_anew_by_the_way(tmp_path: Path) -> None:
    assert DEFAULT_RECIPE in RECIPES
    with pytest.raises(SystemExit, match="2"):
        main(["--checkpoints", str(tmp_path), "--only", DEFAULT_RECIPE])


@pytest.mark.parametrize("file", [DEFAULT.with_suffix(".json"), *ZOO.glob("*.json")], ids=str)
def test_command_of_a_committed_card_trains_what_the_card_says(file: Path) -> None:
    """Where a recipe changes, its model is trained anew, or the card tells of something else."""
    card = json.loads(file.read_text())
    assert asdict(RECIPES[card["recipe"]].config()) == card["hyperparameters"]
