"""A model is three files: which of them are believed, and what happens to the others."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from model import ModelError, Recognizer
from model.artifact import DEFAULT, Artifact
from model.engine import KerasEngine, LiteRTEngine, load_engine, load_network
from tests.conftest import ROOT
from tests.drawings import render


@pytest.fixture
def artifact(tmp_path: Path) -> Artifact:
    """A copy of the default model that a test may spoil."""
    original = Artifact(DEFAULT)
    for file in (original.keras, original.tflite, original.card):
        shutil.copy(file, tmp_path)
    return Artifact(tmp_path / DEFAULT.name)


def pictures() -> np.ndarray:
    recognizer = Recognizer.load()
    digits = [recognizer.read(render(digit), single=True).digits[0] for digit in range(10)]
    return np.stack([digit.pixels for digit in digits])


def test_compiled_twin_gives_the_probabilities_of_the_original() -> None:
    artifact = Artifact(DEFAULT)
    twin, original = load_engine(artifact), KerasEngine(load_network(artifact))
    assert np.abs(twin.run(pictures()) - original.run(pictures())).max() < 1e-4


@pytest.mark.parametrize("spoil", ["no twin", "foreign twin", "no card", "broken card"])
def test_model_without_a_valid_twin_is_compiled_again(artifact: Artifact, spoil: str) -> None:
    match spoil:
        case "no twin":
            artifact.tflite.unlink()
        case "foreign twin":
            artifact.tflite.write_bytes(b"another network")
        case "no card":
            artifact.card.unlink()
        case "broken card":
            artifact.card.write_text("{")
    before = artifact.usable_card()
    assert isinstance(load_engine(artifact), KerasEngine)
    assert isinstance(load_engine(artifact), LiteRTEngine)
    after = artifact.read_card()
    assert {**before, "sha256": None} == {**after, "sha256": None} or not before
    assert Recognizer.load(artifact.keras).read(render(3)).text == "3"


def test_card_of_another_model_is_not_believed(artifact: Artifact) -> None:
    card = json.loads(artifact.card.read_text())
    card["sha256"]["keras"] = "0" * 64
    artifact.card.write_text(json.dumps(card))
    assert artifact.read_card() == {}


def test_reading_does_not_import_tensorflow() -> None:
    program = (
        "import sys; from model import Recognizer; from tests.drawings import render;"
        "assert Recognizer.load().read(render(5)).text == '5';"
        "assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_missing_model() -> None:
    with pytest.raises(ModelError, match=r"no model at .*nowhere\.keras"):
        Recognizer.load("nowhere.keras")


def test_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "text.keras").write_text("not a network")
    with pytest.raises(ModelError, match=r"text\.keras cannot be loaded"):
        Recognizer.load(tmp_path / "text.keras")


def test_model_of_another_shape(tmp_path: Path) -> None:
    network = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()])
    network.save(tmp_path / "colour.keras")
    with pytest.raises(ModelError, match=r"takes \(None, 32, 32, 3\)"):
        Recognizer.load(tmp_path / "colour.keras")


def small_model(*layers: object) -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def test_model_without_softmax_is_refused(tmp_path: Path) -> None:
    network = small_model(keras.layers.Flatten(), keras.layers.Dense(10))
    network.save(tmp_path / "logits.keras")
    with pytest.raises(ModelError, match="softmax"):
        Recognizer.load(tmp_path / "logits.keras")


def test_model_that_cannot_be_compiled_is_read_with_keras(tmp_path: Path) -> None:
    layers = keras.layers
    network = small_model(
        layers.Reshape((28, 28)), layers.LSTM(4), layers.Dense(10, activation="softmax")
    )
    network.save(tmp_path / "lstm.keras")
    reading = Recognizer.load(tmp_path / "lstm.keras").read(render(3))
    assert reading.digits[0].probabilities.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("calibration", [None, [], {"temperature": "hot"}, {"temperature": 0}])
def test_card_with_a_senseless_calibration_does_no_harm(
    artifact: Artifact, calibration: object
) -> None:
    artifact.write_card(artifact.read_card() | {"calibration": calibration})
    assert Recognizer.load(artifact.keras).read(render(3)).digits[0].label == 3


def test_model_that_wants_to_run_code_is_refused(tmp_path: Path) -> None:
    network = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Lambda(lambda x: x * 2)])
    network.save(tmp_path / "code.keras")
    with pytest.raises(ModelError, match=r"code\.keras cannot be loaded"):
        Recognizer.load(tmp_path / "code.keras")


def test_committed_model_carries_no_optimizer_state() -> None:
    with zipfile.ZipFile(DEFAULT) as archive, archive.open("model.weights.h5") as file:
        assert "optimizer" not in h5py.File(file)
    parameters = Artifact(DEFAULT).read_card()["parameters"]
    assert DEFAULT.stat().st_size < 4 * parameters + 300_000  # float32, and the topology
