"""A model is three files: which of them are believed, and what happens to the others."""

import contextlib
import json
import os
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
from model.network.artifact import DEFAULT, Artifact, sha256
from model.network.compile import compile_in_subprocess
from model.network.load import load_compiled, load_network, load_runtime
from model.network.runtime import KerasRuntime, LiteRTRuntime, without_notice
from tests.conftest import ROOT
from training.augment.strokes import render


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
    twin, original = load_runtime(artifact), KerasRuntime(load_network(artifact))
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
    assert isinstance(load_runtime(artifact), KerasRuntime)
    assert isinstance(load_runtime(artifact), LiteRTRuntime)
    after = artifact.read_card()
    assert {**before, "sha256": None} == {**after, "sha256": None} or not before
    assert Recognizer.load(artifact.keras).read(render(3)).text == "3"


def test_damaged_card_is_kept_beside_the_new_one(artifact: Artifact) -> None:
    artifact.card.write_text('{"my": "notes",}')
    artifact.write_card({"sha256": {}})
    assert artifact.card.with_suffix(".json.damaged").read_text() == '{"my": "notes",}'


def test_both_ways_give_the_same_probabilities_on_real_digits(data: Path) -> None:
    with np.load(data / "mnist.npz") as npz:
        digits = npz["x_test"][::20].astype(np.float32) / 255
    artifact = Artifact(DEFAULT)
    twin, original = load_runtime(artifact), KerasRuntime(load_network(artifact))
    assert np.abs(twin.run(digits) - original.run(digits)).max() < 1e-4


def with_checksum(artifact: Artifact, twin: bytes) -> None:
    """Put in a twin that the card says is the right one."""
    artifact.tflite.write_bytes(twin)
    card = artifact.read_card()
    artifact.write_card(card | {"sha256": card["sha256"] | {"tflite": sha256(twin)}})


def test_twin_that_the_card_vouches_for_is_looked_at_all_the_same(artifact: Artifact) -> None:
    for twin in (b"", b"no network", artifact.tflite.read_bytes()[:5000]):
        with_checksum(artifact, twin)
        assert load_compiled(artifact) is None


def test_twin_of_another_shape_is_not_believed(artifact: Artifact) -> None:
    twin = artifact.tflite.read_bytes()
    shape = np.array([1, 28, 28, 1], np.int32).tobytes()
    assert shape in twin
    with_checksum(artifact, twin.replace(shape, np.array([1, 14, 56, 1], np.int32).tobytes()))
    assert load_compiled(artifact) is None


def test_card_of_another_model_is_not_believed(artifact: Artifact) -> None:
    card = json.loads(artifact.card.read_text())
    card["sha256"]["keras"] = "0" * 64
    artifact.card.write_text(json.dumps(card))
    assert artifact.read_card() == {}


def test_reading_does_not_import_tensorflow() -> None:
    program = (
        "import sys; from model import Recognizer; from training.augment.strokes import render;"
        "assert Recognizer.load().read(render(5)).text == '5';"
        "assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_missing_model() -> None:
    with pytest.raises(ModelError, match=r"no model at .*nowhere\.keras"):
        Recognizer.load("nowhere.keras")


def test_file_that_is_no_model(tmp_path: Path) -> None:
    sound = DEFAULT.read_bytes()
    flipped = bytearray(sound)
    flipped[len(sound) // 2] ^= 255
    for content in (b"not a network", b"", sound[: len(sound) // 2], bytes(flipped), sound[9:50]):
        (tmp_path / "text.keras").write_bytes(content)
        with pytest.raises(ModelError, match=r"^The model text\.keras is damaged, or no file that"):
            Recognizer.load(tmp_path / "text.keras")


def test_archive_of_something_else_is_no_model(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.keras", "w") as archive:
        archive.writestr("photo.png", b"")
    with pytest.raises(ModelError, match=r"photos\.keras is damaged, or no file"):
        Recognizer.load(tmp_path / "photos.keras")


def test_archive_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("model.weights.h5", "w") as member,
    ):
        for _ in range(201):
            member.write(bytes(2**20))
    with pytest.raises(ModelError, match=r"bomb\.keras is too large"):
        Recognizer.load(tmp_path / "bomb.keras")


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
    with pytest.raises(ModelError, match=r"code\.keras wants to run code of its own"):
        Recognizer.load(tmp_path / "code.keras")


def test_model_that_names_a_function_of_the_system_does_not_run_it(tmp_path: Path) -> None:
    """The file does not carry the code, so nothing but Keras's own refusal stands against it."""
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    small_model(*layers).save(tmp_path / "sound.keras")
    run, called = tmp_path / "run.keras", tmp_path / "called"
    call = {"module": "os", "class_name": "function", "config": "system", "registered_name": "x"}
    with (
        zipfile.ZipFile(tmp_path / "sound.keras") as sound,
        zipfile.ZipFile(run, "w") as changed,
    ):
        for name in sound.namelist():
            content = sound.read(name)
            if name == "config.json":
                config = json.loads(content)
                config["config"]["layers"][-1]["config"]["activation"] = call
                config["config"]["name"] = f"touch {called}"
                content = json.dumps(config).encode()
            changed.writestr(name, content)
    with pytest.raises(ModelError, match=r"run\.keras cannot be loaded with Keras .* refused"):
        Recognizer.load(run)
    assert not called.exists()


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from model.network.artifact import Artifact
from model.network.compile import write_compiled
artifact = Artifact(Path(sys.argv[1]))
twin, card = artifact.tflite.read_bytes(), artifact.read_card()
print("begun", flush=True)
while True:
    write_compiled(artifact, twin, card)
"""


def test_server_that_is_killed_while_it_writes_starts_again(artifact: Artifact) -> None:
    for milliseconds in (0, 3, 10, 31):
        command = [sys.executable, "-c", WRITE_FOR_EVER, str(artifact.keras)]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        with contextlib.suppress(subprocess.TimeoutExpired):
            writer.wait(milliseconds / 1000)
        writer.kill()
        writer.communicate()
        assert load_compiled(artifact) is not None
        assert Recognizer.load(artifact.keras).read(render(3)).text == "3"


def test_process_of_its_own_tells_what_is_wrong_with_a_model(tmp_path: Path) -> None:
    small_model(keras.layers.Flatten()).save(tmp_path / "flat.keras")
    with pytest.raises(ModelError, match=r"takes \(None, 28, 28, 1\) and gives \(None, 784\)"):
        compile_in_subprocess(Artifact(tmp_path / "flat.keras"))


def test_committed_model_carries_no_optimizer_state() -> None:
    with zipfile.ZipFile(DEFAULT) as archive, archive.open("model.weights.h5") as file:
        assert "optimizer" not in h5py.File(file)
    parameters = Artifact(DEFAULT).read_card()["parameters"]
    assert DEFAULT.stat().st_size < 4 * parameters + 300_000  # float32, and the topology


def test_errors_of_native_code_are_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with without_notice():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nERROR: broken\n")
    assert capfd.readouterr().err == "ERROR: broken\n"
