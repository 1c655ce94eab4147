"""A model is three files: which are valid, and what happens to an invalid one."""

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
from msgspec.structs import replace

from model import ModelError, Recognizer
from model.card import Card, decode_card
from model.diagnostics import version_info
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, sha256, write_atomically
from model.network.compile import compile_in_subprocess, write_compiled
from model.network.load import load_compiled, load_network, load_runtime
from model.network.quiet import quiet_native_code, without_notice
from model.network.runtime import XNNPACK_NOTICE, KerasRuntime, LiteRTRuntime
from tests.conftest import ROOT
from training.augment.strokes import render


@pytest.fixture
def artifact(tmp_path: Path) -> Artifact:
    """A copy of the default model that a test may spoil."""
    original = Artifact(DEFAULT_MODEL_FILE)
    for file in (original.keras, original.tflite, original.card):
        shutil.copy(file, tmp_path)
    return Artifact(tmp_path / DEFAULT_MODEL_FILE.name)


def pictures() -> np.ndarray:
    recognizer = Recognizer.load()
    digits = [recognizer.read(render(digit), single=True).digits[0] for digit in range(10)]
    return np.stack([digit.pixels for digit in digits])


def test_compiled_model_gives_the_probabilities_of_the_original() -> None:
    artifact = Artifact(DEFAULT_MODEL_FILE)
    compiled = load_runtime(artifact)
    original = KerasRuntime(load_network(artifact))
    assert np.abs(compiled.run(pictures()) - original.run(pictures())).max() < 1e-4


@pytest.mark.parametrize("spoil", ["none", "foreign", "no card", "broken card"])
def test_model_without_a_valid_compiled_model_is_compiled_again(
    artifact: Artifact, spoil: str
) -> None:
    match spoil:
        case "none":
            artifact.tflite.unlink()
        case "foreign":
            artifact.tflite.write_bytes(b"another network")
        case "no card":
            artifact.card.unlink()
        case "broken card":
            artifact.card.write_text("{")
    before = artifact.load_card()
    assert isinstance(load_runtime(artifact), KerasRuntime)
    assert isinstance(load_runtime(artifact), LiteRTRuntime)
    after = artifact.require_card()
    assert before in (Card(), replace(after, sha256=before.sha256))
    assert Recognizer.load(artifact.keras).read(render(3)).text == "3"


def test_damaged_card_is_kept_beside_the_new_one(artifact: Artifact) -> None:
    artifact.card.write_text('{"my": "notes",}')
    artifact.write_card(Card())
    assert artifact.card.with_suffix(".json.damaged").read_text() == '{"my": "notes",}'


def test_both_ways_give_the_same_probabilities_on_real_digits(data: Path) -> None:
    with np.load(data / "mnist.npz") as npz:
        digits = npz["x_test"][::20].astype(np.float32) / 255
    artifact = Artifact(DEFAULT_MODEL_FILE)
    compiled = load_runtime(artifact)
    original = KerasRuntime(load_network(artifact))
    assert np.abs(compiled.run(digits) - original.run(digits)).max() < 1e-4


def with_checksum(artifact: Artifact, compiled: bytes) -> None:
    """Put in a compiled model with the checksum on the card."""
    artifact.tflite.write_bytes(compiled)
    card = artifact.require_card()
    artifact.write_card(replace(card, sha256=replace(card.sha256, tflite=sha256(compiled))))


def test_damaged_compiled_model_with_a_valid_checksum_is_refused(
    artifact: Artifact,
) -> None:
    for compiled in (b"", b"no network", artifact.tflite.read_bytes()[:5000]):
        with_checksum(artifact, compiled)
        assert load_compiled(artifact) is None


def test_compiled_model_of_another_shape_is_refused(artifact: Artifact) -> None:
    compiled = artifact.tflite.read_bytes()
    shape = np.array([1, 28, 28, 1], np.int32).tobytes()
    assert shape in compiled
    with_checksum(artifact, compiled.replace(shape, np.array([1, 14, 56, 1], np.int32).tobytes()))
    assert load_compiled(artifact) is None


def test_card_of_another_model_is_ignored(artifact: Artifact) -> None:
    card = json.loads(artifact.card.read_text())
    card["sha256"]["keras"] = "0" * 64
    artifact.card.write_text(json.dumps(card))
    assert artifact.require_card() == Card()


def test_reading_does_not_import_tensorflow() -> None:
    program = (
        "import sys; from model import Recognizer; from training.augment.strokes import render;"
        "assert Recognizer.load().read(render(5)).text == '5';"
        "assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_no_wait_is_announced_for_what_cannot_be_loaded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ModelError, match="There is no model at"):
        load_runtime(Artifact(tmp_path / "nowhere.keras"))
    assert not caplog.records


def test_missing_model() -> None:
    with pytest.raises(ModelError, match=r"no model at .*nowhere\.keras"):
        Recognizer.load("nowhere.keras")


def test_file_that_is_no_model(tmp_path: Path) -> None:
    sound = DEFAULT_MODEL_FILE.read_bytes()
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


HOSTILE_CARDS = {
    "no JSON": b"{",
    "a list": b"[]",
    "nested lists": b'{"recipe": ' + 10_000 * b"[" + 10_000 * b"]" + b"}",
    "nested objects": 10_000 * b'{"a":' + b"1" + 10_000 * b"}",
    "a huge integer": b'{"calibration": {"temperature": ' + 5000 * b"9" + b', "threshold": 0.5}}',
    "a tiny temperature": b'{"calibration": {"temperature": 5e-324, "threshold": 0.5}}',
    "a huge temperature": b'{"calibration": {"temperature": 1e308, "threshold": 0.5}}',
    "a temperature of text": b'{"calibration": {"temperature": "hot", "threshold": 0.5}}',
    "HTML": b'{"recipe": "<b>bold</b>"}',
    "control characters": b'{"recipe": "a\\u001b[2J"}',
    "a path for a checksum": b'{"sha256": {"keras": "../../../../x"}}',
    "bytes that are no text": b'{"recipe": "\xff\xfe"}',
}


@pytest.mark.parametrize("name", HOSTILE_CARDS)
def test_hostile_card_is_one_sentence(artifact: Artifact, name: str) -> None:
    artifact.card.write_bytes(HOSTILE_CARDS[name])
    with pytest.raises(ModelError, match=rf"^The card {artifact.card.name} is damaged"):
        artifact.require_card()
    assert artifact.load_card() == Card()
    assert version_info(artifact).recipe == ""


def test_card_that_is_a_pipe_does_not_hang(artifact: Artifact) -> None:
    for file in (artifact.card, artifact.tflite):
        file.unlink()
        os.mkfifo(file)
    assert artifact.load_card() == Card()
    assert artifact.read_compiled() is None


def test_model_with_a_hostile_card_is_read_with_the_defaults(artifact: Artifact) -> None:
    hostile = HOSTILE_CARDS["a tiny temperature"]
    artifact.card.write_bytes(hostile)
    assert Recognizer.load(artifact.keras).read(render(3)).digits[0].label == 3
    assert artifact.card.with_suffix(".json.damaged").read_bytes() == hostile


def test_card_of_a_model_that_is_replaced_and_put_back_is_kept(artifact: Artifact) -> None:
    first, card = artifact.keras.read_bytes(), artifact.require_card()
    second = small_model(keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax"))
    second.save(artifact.keras)
    write_compiled(artifact, b"compiled", artifact.load_card())
    assert artifact.require_card().recipe is None
    assert artifact.kept_card(sha256(first)).is_file()
    artifact.keras.write_bytes(first)
    assert artifact.load_card() == card
    write_compiled(artifact, b"compiled", artifact.load_card())
    assert decode_card(artifact.card.read_bytes()).history == card.history
    assert not artifact.kept_card(sha256(first)).exists()


def test_model_that_needs_keras_says_what_to_install(
    artifact: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact.tflite.unlink()
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ModelError, match=r"pip install -r requirements\.txt"):
        Recognizer.load(artifact.keras)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_new_file_has_the_permissions_of_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_atomically(tmp_path / "new", b"1")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o666 & ~umask


def test_rewritten_file_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"0")
    (tmp_path / "old").chmod(0o640)
    write_atomically(tmp_path / "old", b"1")
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "old").read_bytes() == b"1"


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
compiled, card = artifact.tflite.read_bytes(), artifact.require_card()
print("begun", flush=True)
while True:
    write_compiled(artifact, compiled, card)
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


def test_separate_process_reports_why_a_model_cannot_be_used(tmp_path: Path) -> None:
    small_model(keras.layers.Flatten()).save(tmp_path / "flat.keras")
    with pytest.raises(ModelError, match=r"takes \(None, 28, 28, 1\) and gives \(None, 784\)"):
        compile_in_subprocess(Artifact(tmp_path / "flat.keras"))


def test_committed_model_carries_no_optimizer_state() -> None:
    with zipfile.ZipFile(DEFAULT_MODEL_FILE) as archive, archive.open("model.weights.h5") as file:
        assert "optimizer" not in h5py.File(file)
    parameters = Artifact(DEFAULT_MODEL_FILE).require_card().parameters
    assert parameters
    assert DEFAULT_MODEL_FILE.stat().st_size < 4 * parameters + 300_000  # float32, and the topology


def test_errors_of_native_code_are_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with without_notice(XNNPACK_NOTICE):
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nERROR: broken\n")
    assert capfd.readouterr().err == "ERROR: broken\n"


def test_messages_of_native_code_are_shown_if_it_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_native_code():
        os.write(2, b"how it was built\n")
    assert not capfd.readouterr().err

    def fail() -> None:
        with quiet_native_code():
            os.write(2, b"why it failed\n")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capfd.readouterr().err == "why it failed\n"
