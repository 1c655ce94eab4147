"""The command line `python -m training compare`."""

import json
from pathlib import Path

import msgspec
import pytest

from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from tests.training.commands.conftest import DIGITS
from training.cli import main


def test_models_are_compared_on_digits_that_none_has_learned(
    trained: Artifact, foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    models = [str(foreign), str(trained.keras), str(DEFAULT_MODEL_FILE)]
    assert main(["compare", *models, "--data", DIGITS, "--json", str(file)]) == 0
    report = json.loads(file.read_text())
    card = trained.load_card()
    assert card.test
    assert [row["model"] for row in report["models"]] == models
    row = report["models"][1]
    # The filter of the default model leaves out one in a hundred by chance.
    lines = capsys.readouterr().out.splitlines()
    n = int(lines[0].split()[0])
    assert 0.95 * card.test.n < n <= card.test.n
    assert row["accuracy"] == pytest.approx(card.test.accuracy, abs=0.03)
    assert row["loss"] == pytest.approx(card.test.loss, rel=0.2)
    assert row["parameters"] == card.parameters
    assert row["multiply_adds"] == card.multiply_adds
    assert 0 < row["seconds"] < 1
    assert [(pair["one"], pair["other"]) for pair in report["pairs"]] == [
        (models[0], models[1]),
        (models[0], models[2]),
        (models[1], models[2]),
    ]
    for pair in report["pairs"]:
        one, other = (
            next(row["accuracy"] for row in report["models"] if row["model"] == pair[name])
            for name in ("one", "other")
        )
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
