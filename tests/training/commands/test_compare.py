"""The command line `python -m training compare`."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from tests.training.commands.conftest import DIGITS
from training.cli import main


def compared(models: list[str], file: Path) -> dict[str, Any]:
    """Return the report of a comparison on digits."""
    assert main(["compare", *models, "--data", DIGITS, "--json", str(file)]) == 0
    report: dict[str, Any] = json.loads(file.read_text())
    assert [row["model"] for row in report["models"]] == models
    return report


def accuracies(report: dict[str, Any], pair: dict[str, Any]) -> list[float]:
    """Return the accuracy of the one and the other model of a pair."""
    of = {row["model"]: row["accuracy"] for row in report["models"]}
    return [of[pair["one"]], of[pair["other"]]]


def test_figures_are_those_of_the_training(
    trained: Artifact, foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = compared([str(foreign), str(trained.keras)], tmp_path / "figures.json")
    card = trained.load_card()
    assert card.test
    _, row = report["models"]
    assert row["accuracy"] == card.test.accuracy
    assert row["loss"] == pytest.approx(card.test.loss)
    assert row["parameters"] == card.parameters
    assert row["multiply_adds"] == card.multiply_adds
    assert 0 < row["seconds"] < 1
    (pair,) = report["pairs"]
    one, other = accuracies(report, pair)
    assert pair["only_one"] - pair["only_other"] == round(card.test.n * (one - other))
    assert capsys.readouterr().out.splitlines()[0].startswith(f"{card.test.n} digits")


def test_models_are_compared_on_digits_that_none_has_learned(
    trained: Artifact, foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = [str(foreign), str(trained.keras), str(DEFAULT_MODEL_FILE)]
    report = compared(models, tmp_path / "figures.json")
    lines = capsys.readouterr().out.splitlines()
    n = int(lines[0].split()[0])
    test = trained.load_card().test
    assert test
    # The filter of the default model leaves out one in a hundred by chance.
    assert 0.95 * test.n < n <= test.n
    assert [(pair["one"], pair["other"]) for pair in report["pairs"]] == [
        (models[0], models[1]),
        (models[0], models[2]),
        (models[1], models[2]),
    ]
    for pair in report["pairs"]:
        one, other = accuracies(report, pair)
        assert pair["only_one"] - pair["only_other"] == round(n * (one - other))
    assert lines[3].startswith(str(DEFAULT_MODEL_FILE))  # the best one first
    assert sum("p = " in line for line in lines) == 3


def test_models_that_learned_from_different_parts_of_a_source_cannot_be_compared_on_it(
    trained: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Artifact(tmp_path / "other.keras")
    other.keras.write_bytes(trained.keras.read_bytes())
    card = trained.load_card()
    other_seed = dict(card.hyperparameters) | {"seed": 8}
    other.write_card(msgspec.structs.replace(card, hyperparameters=other_seed))
    assert main(["compare", str(trained.keras), str(other.keras), "--data", DIGITS]) == 1
    assert "learned from different parts of digits" in capsys.readouterr().err


def test_one_model_is_no_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["compare", "x.keras"])
    assert "needs two models" in capsys.readouterr().err
