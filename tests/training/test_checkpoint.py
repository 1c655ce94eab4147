"""A training that was stopped continues where it was."""

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from training.checkpoint import Checkpoint, EpochFigures
from training.data.dataset import Dataset
from training.data.epochs import Examples, ShuffledEpochs
from training.errors import TrainingError
from training.fit import History, fit
from training.recipes import default, streamlit
from training.recipes.base import Recipe


@dataclass(frozen=True)
class Config:
    """The configuration of a tiny network that has state of every kind."""

    epochs: int = 3
    batch_size: int = 32
    learning_rate: float = 0.01
    seed: int = 1


def build(config: Config) -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.AveragePooling2D(4),
            layers.Flatten(),
            layers.BatchNormalization(),
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


def optimizer(config: Config, steps: int) -> Any:
    schedule = keras.optimizers.schedules.CosineDecay(config.learning_rate, 20)
    return keras.optimizers.AdamW(schedule, weight_decay=0.01)


@dataclass(frozen=True)
class ConstantConfig(Config):
    """The configuration of a training whose epochs do not depend on their number."""

    schedule: str = "constant"


def constant_rate(config: Config, steps: int) -> Any:
    return keras.optimizers.Adam(config.learning_rate)


@pytest.fixture
def compiled() -> Recipe:
    """Return a recipe with a tiny network."""
    return Recipe("small", "digits", Config, build, optimizer, parameters=0, multiply_adds=0)


@pytest.fixture
def small(compiled: Recipe, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """Return the same recipe, run eagerly: compiling takes far longer than these trainings."""
    compile_network = keras.Sequential.compile
    monkeypatch.setattr(
        keras.Sequential,
        "compile",
        lambda network, **options: compile_network(network, run_eagerly=True, **options),
    )
    return compiled


@dataclass(frozen=True)
class Split:
    """Few examples, prepared once for all tests: that takes longer than a training on them."""

    train: Examples
    validation: Examples


@pytest.fixture(scope="module")
def split(tiny: Dataset) -> Split:
    """Return two batches to learn from and ten digits to validate on, each kind in both."""
    return Split(
        Examples.of(tiny.train.take(slice(0, None, 3))),
        Examples.of(tiny.validation.take(slice(0, None, 4))),
    )


@dataclass(frozen=True)
class InterruptedSource:
    """A source that stops the training in the epoch of this number."""

    source: ShuffledEpochs
    stop: threading.Event
    at: int

    @property
    def count(self) -> int:
        return self.source.count

    def epoch(self, number: int) -> tuple[Any, Any]:
        if number == self.at:
            self.stop.set()
        return self.source.epoch(number)


def train(
    recipe: Recipe,
    split: Split,
    file: Path | None,
    *,
    stop_in: int = -1,
    config: Any = Config(),
    data: str = "",
) -> tuple[Any, History]:
    stop = threading.Event()
    source = InterruptedSource(ShuffledEpochs(split.train, config.seed), stop, stop_in)
    checkpoint = Checkpoint(file, recipe.name, config, data) if file else None
    return fit(recipe, config, source, split.validation, stop, checkpoint=checkpoint)


def same_weights(one: Any, other: Any) -> bool:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(first, second) for first, second in pairs)


def figures(history: History) -> list[EpochFigures]:
    """Return the figures of each epoch, without its time."""
    return [replace(epoch, seconds=0.0) for epoch in history.epochs]


def test_run_that_stopped_ends_with_the_weights_of_an_uncut_run(
    compiled: Recipe, split: Split, tmp_path: Path
) -> None:
    """Dropout, the order of digits, the learning rate and the running means all continue."""
    compiled = replace(compiled, keep="last")
    file = tmp_path / "run.npz"
    uncut, expected = train(compiled, split, None)
    _, half = train(compiled, split, file, stop_in=1)
    assert half.interrupted
    assert figures(half) == figures(expected)[:1]
    keras.utils.set_random_seed(7)  # another process has drawn other numbers by then
    network, history = train(compiled, split, file)
    assert not history.interrupted
    assert figures(history) == figures(expected)
    assert same_weights(network, uncut)
    assert history.seconds >= half.seconds


def test_weights_show_whether_the_state_of_dropout_was_restored(
    small: Recipe, split: Split, tmp_path: Path
) -> None:
    """Without that state the weights differ, so the test above can fail."""
    small = replace(small, keep="last")
    file = tmp_path / "run.npz"
    uncut, _ = train(small, split, None)
    train(small, split, file, stop_in=1)
    with np.load(file) as npz:
        arrays = {name: npz[name] for name in npz.files if not name.startswith("random")}
        assert len(arrays) < len(npz.files)
    np.savez(file, **arrays)
    network, _ = train(small, split, file)
    assert not same_weights(network, uncut)


def test_finished_run_is_not_trained_again(small: Recipe, split: Split, tmp_path: Path) -> None:
    network, history = train(small, split, tmp_path / "run.npz")
    again, same = train(small, split, tmp_path / "run.npz", stop_in=0)
    assert same == history
    assert same_weights(network, again)


def test_best_epoch_survives_the_stop(small: Recipe, split: Split, tmp_path: Path) -> None:
    network, history = train(small, split, tmp_path / "run.npz", stop_in=2)
    resumed, same = train(small, split, tmp_path / "run.npz", stop_in=2)
    best = max(epoch.val_accuracy for epoch in history.epochs)
    assert same == history
    assert same.epochs[same.best_epoch - 1].val_accuracy == best
    assert same_weights(network, resumed)


def test_checkpoint_of_the_first_version_is_still_read(
    small: Recipe, split: Split, tmp_path: Path
) -> None:
    """It has no random states and no seconds, which a finished training does not need."""
    file = tmp_path / "run.npz"
    network, history = train(small, split, file)
    with np.load(file) as npz:
        arrays = {name: npz[name] for name in npz.files if not name.startswith("random")}
    state = json.loads(str(arrays.pop("state")))
    for epoch in state["epochs"]:
        del epoch["seconds"]
    np.savez(file, **arrays | {"told": np.array(json.dumps(state))})
    again, same = train(small, split, file, stop_in=0)
    assert same_weights(network, again)
    assert same.best_epoch == history.best_epoch
    assert same.epochs == figures(history)


def test_last_epoch_is_kept_where_a_recipe_says_so(
    small: Recipe, split: Split, tmp_path: Path
) -> None:
    small = replace(small, keep="last")
    assert train(small, split, None)[1].best_epoch == Config().epochs
    assert (default.RECIPE.keep, streamlit.RECIPE.keep) == ("mean", "best")


@pytest.mark.parametrize("cut", [None, 2])
def test_mean_of_epochs_is_kept_where_a_recipe_says_so(
    cut: int | None, small: Recipe, split: Split, tmp_path: Path
) -> None:
    small = replace(small, keep="last")
    first, third = (
        train(small, split, tmp_path / f"{n}.npz", stop_in=n)[0].get_weights() for n in (1, 3)
    )
    small = replace(small, keep="mean", average=lambda _: {1: 1, 3: 1 / 2})
    file = tmp_path / "run.npz"
    if cut:
        network, history = train(small, split, file, stop_in=cut)
        assert (history.best_epoch, history.averaged) == (1, (1,))
        assert all(map(np.array_equal, network.get_weights(), first))
    network, history = train(small, split, file)
    assert (history.best_epoch, history.averaged) == (3, (1, 3))
    learned = [weight.trainable for weight in network.weights]
    for mean, one, other, by_training in zip(
        network.get_weights(), first, third, learned, strict=True
    ):
        if by_training:
            np.testing.assert_allclose(mean, (one + other) / 2, rtol=1e-5, atol=1e-7)


def test_averaged_weights_have_statistics_of_their_own(small: Recipe, split: Split) -> None:
    """Batch statistics are measured on the examples, not averaged."""
    small = replace(small, keep="mean", average=lambda _: {1: 1, 3: 1 / 2})
    network, _ = train(small, split, None)
    normalising = next(x for x in network.layers if isinstance(x, layers.BatchNormalization))
    pictures = split.train.inputs
    seen = pictures.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)
    np.testing.assert_allclose(normalising.moving_mean, seen.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(normalising.moving_variance, seen.var(axis=0), atol=1e-5)
    assert normalising.momentum == 0.99


def test_epoch_after_a_restart_needs_nothing_but_the_mean_of_those_before(
    small: Recipe, split: Split, tmp_path: Path
) -> None:
    """Earlier optimizer states, random states and weights do not change the result."""
    small = replace(
        small, keep="mean", average=lambda _: {1: 1, 2: 1 / 2, 3: 1 / 3}, restarts=lambda _: (2,)
    )
    whole, _ = train(small, split, None)
    file = tmp_path / "run.npz"
    train(small, split, file, stop_in=2)
    with np.load(file) as npz:
        arrays = {name: npz[name] for name in npz.files}
    for name, value in arrays.items():
        if name.startswith("network"):
            arrays[name] = arrays[name.replace("network", "best")]
        elif name.startswith("random") or (name.startswith("optimizer") and value.shape):
            arrays[name] = np.ones_like(value)
    np.savez(file, **arrays)
    assert same_weights(whole, train(small, split, file)[0])
    small = replace(small, restarts=lambda _: ())
    assert not same_weights(whole, train(small, split, None)[0])


@pytest.mark.parametrize("part", [1, 1 / 2])
def test_last_weights_are_kept_in_the_part_that_a_recipe_says(
    part: float, small: Recipe, split: Split
) -> None:
    small = replace(small, keep="mean", average=lambda _: {1: 1, 2: 1 / 2, 3: part})
    network, history = train(small, split, None)
    assert history.averaged == ((3,) if part == 1 else (1, 2, 3))
    small = replace(small, keep="last")
    assert same_weights(network, train(small, split, None)[0]) == (part == 1)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"learning_rate": 0.02}, ("learning rate", "0.01", "0.02")),
        ({"epochs": 5}, ("epochs", "5")),
    ],
    ids=["rate", "more epochs"],
)
def test_checkpoint_of_another_training_is_refused_with_what_differs(
    other: dict[str, Any],
    named: tuple[str, ...],
    small: Recipe,
    split: Split,
    tmp_path: Path,
) -> None:
    """The learning rate falls over all epochs, so another number of them changes each."""
    train(small, split, tmp_path / "run.npz", stop_in=1)
    with pytest.raises(TrainingError, match=r"run\.npz") as caught:
        train(small, split, tmp_path / "run.npz", config=replace(Config(), **other))
    assert all(word in str(caught.value) for word in named)
    with pytest.raises(TrainingError, match="other"):
        train(replace(small, name="other"), split, tmp_path / "run.npz")


def test_training_at_a_constant_rate_can_be_resumed_for_more_epochs(
    small: Recipe, split: Split, tmp_path: Path
) -> None:
    """It ends with the same weights as a run with all these epochs from the start."""
    small = replace(small, keep="last", optimizer=constant_rate)
    train(small, split, tmp_path / "run.npz", config=ConstantConfig(epochs=1))
    longer, history = train(small, split, tmp_path / "run.npz", config=ConstantConfig(epochs=2))
    whole, expected = train(small, split, None, config=ConstantConfig(epochs=2))
    assert figures(history) == figures(expected)
    assert same_weights(longer, whole)
    with pytest.raises(TrainingError, match="epochs"):  # there are two already
        train(small, split, tmp_path / "run.npz", config=ConstantConfig(epochs=1))


def test_checkpoint_of_other_data_is_refused(small: Recipe, split: Split, tmp_path: Path) -> None:
    train(small, split, tmp_path / "run.npz", stop_in=1, data="these")
    with pytest.raises(TrainingError, match=r"run\.npz .* other data"):
        train(small, split, tmp_path / "run.npz", data="those")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 cut short"])
def test_file_that_is_no_checkpoint_is_refused(
    content: bytes, small: Recipe, split: Split, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_bytes(content)
    with pytest.raises(TrainingError, match=r"notes\.txt .*\.$"):
        train(small, split, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_bytes() == content


def test_folder_that_cannot_be_written_is_found_out_before_the_first_epoch(
    small: Recipe, split: Split, tmp_path: Path
) -> None:
    """Otherwise the error would come after the first epoch, perhaps an hour later."""
    with pytest.raises(TrainingError, match=r"nowhere.* cannot be written"):
        train(small, split, tmp_path / "nowhere" / "run.npz", stop_in=0)


def test_cut_while_writing_leaves_the_old_checkpoint(
    small: Recipe, split: Split, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "run.npz"
    train(small, split, file, stop_in=1)
    before = file.read_bytes()

    def cut(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", cut)
    with pytest.raises(OSError, match="no space left"):
        train(small, split, file)
    assert file.read_bytes() == before
