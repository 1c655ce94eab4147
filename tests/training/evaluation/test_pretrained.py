"""Networks that were trained elsewhere."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from model.errors import ModelError
from model.network.artifact import DEFAULT_MODEL_FILE
from training.evaluation.pretrained import load_pretrained, output_kind

SAMPLE = np.random.default_rng(0).random((5, 28, 28), np.float32)


def network(*shape: int, batch: int | None = None, end: str | None = "softmax") -> Any:
    return keras.Sequential(
        [
            keras.Input(batch_shape=(batch, *shape)),
            layers.Flatten(),
            layers.Dense(10, activation=end, kernel_initializer="he_normal"),
        ]
    )


def saved(network: Any, file: Path) -> Path:
    network.save(file)
    return file


@pytest.mark.filterwarnings("ignore:.*HDF5.*")
@pytest.mark.parametrize(
    ("suffix", "shape", "batch"),
    [(".keras", (28, 28), None), (".h5", (28, 28, 1), None), (".h5", (28, 28), 1)],
)
def test_inputs_with_and_without_a_channel_and_of_any_batch_size(
    suffix: str, shape: tuple[int, ...], batch: int | None, tmp_path: Path
) -> None:
    own = network(*shape, batch=batch)
    model = load_pretrained(saved(own, tmp_path / f"theirs{suffix}"), SAMPLE)
    assert model.outputs == "probabilities"
    expected = np.asarray(own(SAMPLE.reshape(-1, *shape)))
    assert np.allclose(model.runtime.run(SAMPLE), expected, atol=1e-5)


@pytest.mark.parametrize(("end", "kind"), [(None, "logits"), ("sigmoid", "scores")])
def test_logits_and_scores_become_probabilities(end: str | None, kind: str, tmp_path: Path) -> None:
    own = network(28, 28, 1, end=end)
    model = load_pretrained(saved(own, tmp_path / "theirs.keras"), SAMPLE)
    assert model.outputs == kind
    given = np.asarray(own(SAMPLE[..., None]))
    expected = np.exp(given) if kind == "logits" else given
    expected = expected / expected.sum(axis=1, keepdims=True)
    assert np.allclose(model.runtime.run(SAMPLE), expected, atol=1e-5)
    assert np.allclose(np.asarray(model.network(SAMPLE[..., None])), expected, atol=1e-5)


def test_own_model_brings_its_calibration() -> None:
    model = load_pretrained(DEFAULT_MODEL_FILE, SAMPLE)
    assert model.outputs == "probabilities"
    assert model.calibration.temperature != 1


def test_many_inputs_are_run_in_batches(tmp_path: Path) -> None:
    model = load_pretrained(saved(network(28, 28, 1), tmp_path / "theirs.keras"), SAMPLE)
    many = np.random.default_rng(1).random((600, 28, 28), np.float32)
    given = model.runtime.run(many)
    assert given.shape == (600, 10)
    assert np.allclose(given[[599]], model.runtime.run(many[[599]]), atol=1e-6)


def test_outputs_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ModelError, match="finite"):
        output_kind(np.full((2, 10), np.nan, np.float32), "x.keras")


def with_code() -> Any:
    return keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Flatten(), layers.Lambda(lambda x: x), layers.Dense(10)]
    )


@pytest.mark.filterwarnings("ignore:.*HDF5.*")
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("theirs", "sentence"),
    [
        (lambda: network(32, 32, 1), "takes (None, 32, 32, 1) and gives (None, 10)"),
        (lambda: network(28, 28, 3), "takes (None, 28, 28, 3)"),
        (lambda: network(784), "takes (None, 784)"),
        (with_code, "it holds code"),
    ],
)
def test_network_of_other_shapes_or_with_code_is_refused_with_a_sentence(
    theirs: Any, sentence: str, suffix: str, tmp_path: Path
) -> None:
    file = saved(theirs(), tmp_path / f"theirs{suffix}")
    with pytest.raises(ModelError) as caught:
        load_pretrained(file, SAMPLE)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(f"The model theirs{suffix} ")


@pytest.mark.parametrize("name", ["theirs.keras", "theirs.h5"])
@pytest.mark.parametrize("content", [b"", b"no model", DEFAULT_MODEL_FILE.read_bytes()[:5000]])
def test_damaged_or_foreign_file_is_refused_with_a_sentence(
    name: str, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot be loaded: it is damaged or .*\.$"):
        load_pretrained(tmp_path / name, SAMPLE)


def test_file_of_another_kind_and_no_file_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"digits\.png is not one of \.keras, \.h5"):
        load_pretrained(tmp_path / "digits.png", SAMPLE)
    with pytest.raises(ModelError, match="There is no model at"):
        load_pretrained(tmp_path / "nowhere.keras", SAMPLE)
