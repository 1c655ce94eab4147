"""Networks for images of any size: loading them, and what is refused."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model.errors import ModelError
from model.line.alphabet import CLASS_COUNT
from model.line.features import LINE_HEIGHT, STRIDE
from model.line.network import CompiledLineNetwork
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.dense import DenseRuntime, load_dense
from model.networks import LINE_MODEL_FILE, load_networks


@pytest.fixture(scope="module")
def line() -> CompiledLineNetwork:
    return CompiledLineNetwork(load_dense(Artifact(LINE_MODEL_FILE)))


def pixels(width: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).uniform(0, 0.1, (LINE_HEIGHT, width, 1))
    found[5:27, width // 2 : width // 2 + 3] = 1
    return np.asarray(found, np.float32)


@pytest.mark.parametrize("width", [1, 4, 31, 32, 33, 250, 2560])
def test_each_column_of_a_line_of_any_width_has_log_probabilities(
    line: CompiledLineNetwork, width: int
) -> None:
    found = line.log_probs(pixels(width))
    assert found.shape == (-(-width // STRIDE), CLASS_COUNT)
    assert np.allclose(np.exp(found).sum(axis=1), 1)


def test_line_is_seen_the_same_whatever_was_seen_before_and_by_threads(
    line: CompiledLineNetwork,
) -> None:
    lines = [pixels(50 + 70 * n, n) for n in range(6)]
    alone = [line.log_probs(given) for given in lines]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(line.log_probs, lines))
    for one, two in zip(alone, together, strict=True):
        assert (one == two).all()


@pytest.mark.parametrize("compiled", [b"", b"no network", b"\x1c\0\0\0TFL3" + bytes(100)])
def test_foreign_file_is_refused(compiled: bytes) -> None:
    with pytest.raises(ModelError):
        DenseRuntime(compiled, 1, CLASS_COUNT)


def test_truncated_file_is_refused() -> None:
    compiled = load_dense(Artifact(LINE_MODEL_FILE))
    with pytest.raises(ModelError):
        DenseRuntime(compiled[: len(compiled) // 2], 1, CLASS_COUNT)


def test_network_of_other_classes_is_refused() -> None:
    for file in (DEFAULT_MODEL_FILE, LINE_MODEL_FILE):
        with pytest.raises(ModelError):
            DenseRuntime(load_dense(Artifact(file)), 2, 3)


def test_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.keras"):
        load_dense(Artifact(tmp_path / "nowhere.keras"))


def test_damaged_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "line_model.keras").write_bytes(b"not a network")
    with pytest.raises(ModelError, match=r"line_model\.keras"):
        load_dense(Artifact(tmp_path / "line_model.keras"))


def test_model_without_its_compiled_file_is_compiled_again(tmp_path: Path) -> None:
    shutil.copy(LINE_MODEL_FILE, tmp_path)
    artifact = Artifact(tmp_path / LINE_MODEL_FILE.name)
    again = CompiledLineNetwork(load_dense(artifact)).log_probs(pixels(120))
    original = load_networks().line.log_probs(pixels(120))
    assert np.allclose(np.exp(again), np.exp(original), atol=1e-4)
    assert artifact.read_compiled() is not None
