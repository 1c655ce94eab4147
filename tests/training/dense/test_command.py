"""The commands `python -m training ink` and `line`, on next to nothing."""

import json
from pathlib import Path

import keras
import pytest

from model.card import decode_card
from model.network.artifact import Artifact, sha256
from tests.training.conftest import pen_records
from training.cli import main
from training.commands import ink, line
from training.dense import DENSE_TASKS, dense_artifact
from training.dense.command import command_of_dense
from ui.history.runs import Run

TINY = ["--epochs", "2", "--steps", "2", "--batch-size", "2", "--validation", "2", "--test", "2"]


@pytest.fixture(scope="module")
def strokes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("data") / "strokes.json"
    file.write_text(json.dumps(pen_records(1, 2, 28)))
    return file


@pytest.mark.parametrize("name", DENSE_TASKS)
def test_tiny_run_writes_three_files_and_a_card_that_the_page_shows(
    name: str, strokes: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table, half = tmp_path / "history.csv", tmp_path / "half.npz"
    words = [name, "--data", "digits", str(strokes), "--out", str(tmp_path / "out"), *TINY]
    assert main([*words, "--csv", str(table), "--checkpoint", str(half)]) == 0
    said = capfd.readouterr()
    assert "Test accuracy" in said.out
    assert "error" not in said.err
    artifact = Artifact(tmp_path / "out" / f"{name}_model.keras")
    assert {file.suffix for file in (tmp_path / "out").iterdir()} == {".keras", ".tflite", ".json"}
    assert artifact.read_compiled() is not None
    card = decode_card(artifact.card.read_bytes())
    assert card.sha256.keras == sha256(artifact.keras.read_bytes())
    assert card.recipe == name
    assert card.command is not None
    assert card.command.startswith(f"python -m training {name} --data digits strokes.json --epochs")
    assert card.parameters == DENSE_TASKS[name].parameters
    assert card.multiply_adds == DENSE_TASKS[name].multiply_adds
    assert card.data[0].name == "digits"
    assert card.test is not None
    assert card.test.n == 2
    assert len(Run.of_json(artifact.card.name, artifact.card.read_bytes()).epochs) == 2
    assert len(Run.of_csv(table.name, table.read_bytes()).epochs) == 2
    assert half.exists()
    network = keras.saving.load_model(artifact.keras, compile=False, safe_mode=True)
    assert network.count_params() == card.parameters
    assert {weight.dtype for weight in network.weights} == {"float32"}


@pytest.mark.parametrize(
    "arguments",
    [["--epochs", "0"], ["--precision", "half"], ["--workers", "0"], ["--dropout", "1"]],
)
@pytest.mark.parametrize("name", DENSE_TASKS)
def test_impossible_values_are_refused(
    name: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([name, *arguments])
    assert arguments[0] in capsys.readouterr().err


def test_missing_data_get_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["line", "--data", "nowhere.npz", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "nowhere.npz does not exist" in said
    assert said.count("\n") == 1
    assert main(["ink", "--resume", str(tmp_path / "none.npz"), "--out", str(tmp_path)]) == 1
    assert "none.npz does not exist" in capsys.readouterr().err


def test_model_is_replaced_only_with_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ink_model.keras").write_bytes(b"")
    monkeypatch.setattr("training.dense.DEFAULT_MODEL_FILE", tmp_path / "my_model.keras")
    with pytest.raises(SystemExit, match="2"):
        main(["ink", "--data", "nowhere.npz"])
    assert "--replace" in capsys.readouterr().err
    assert main(["ink", "--data", "nowhere.npz", "--replace"]) == 1


def test_command_on_the_card_repeats_the_run() -> None:
    options = line.parse(
        ["--data", "/a/mnist.npz", "/b/pen.json", "--epochs", "3", "--workers", "2"]
    )
    command = command_of_dense(DENSE_TASKS["line"], options)
    assert command == "python -m training line --data mnist.npz pen.json --epochs 3"
    assert ink.parse([]).hyperparameters == DENSE_TASKS["ink"].config()


def test_models_lie_beside_the_apps(tmp_path: Path) -> None:
    assert dense_artifact("ink", None).keras.name == "ink_model.keras"
    assert dense_artifact("ink", None).keras.parent.name == "model"
    assert dense_artifact("line", tmp_path).keras == tmp_path / "line_model.keras"
