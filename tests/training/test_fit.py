"""When a training ends, and what it reports in every epoch."""

import csv
import dataclasses
import threading
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from training.callbacks import csv_logger, progress_printer, tensorboard
from training.checkpoint import EpochFigures
from training.data.dataset import LabelledImages
from training.data.epochs import Examples, ShuffledEpochs
from training.data.run_data import RunData
from training.errors import TrainingError
from training.fit import enough, fit
from training.recipes import notebook


def epochs(*accuracies: float) -> list[EpochFigures]:
    return [
        EpochFigures(0.5, 0.75, 0.25, accuracy, seconds=2.0 * number)
        for number, accuracy in enumerate(accuracies, 1)
    ]


def run(callback: Any, *accuracies: float) -> None:
    """Call a callback as a training with so many epochs does."""
    network = keras.Sequential()
    network.compile("adam")
    callbacks = keras.callbacks.CallbackList([callback], model=network)
    callbacks.on_train_begin()
    for number, figures in enumerate(epochs(*accuracies), 1):
        callbacks.on_epoch_end(number, dataclasses.asdict(figures))
    callbacks.on_train_end()


@pytest.mark.parametrize(
    ("settings", "accuracies", "ends"),
    [
        ({"stop_at": 0.995}, [0.9, 0.994], False),
        ({"stop_at": 0.995}, [0.9, 0.995], True),
        ({"patience": 2}, [0.9, 0.8, 0.91], False),
        ({"patience": 2}, [0.9, 0.8, 0.9], True),  # as good is not better
        ({"patience": 2}, [0.9, 0.8], False),
        ({"patience": 1, "stop_at": 1.0}, [0.9, 0.8], True),
        ({}, [0.9] * 50, False),
        ({"stop_at": 0.1, "patience": 1}, [], False),
    ],
)
def test_training_ends_when_it_is_good_enough_or_no_longer_gets_better(
    settings: dict[str, Any], accuracies: list[float], ends: bool
) -> None:
    assert enough(notebook.Config(**settings), epochs(*accuracies)) is ends


def test_training_stops_at_the_accuracy_to_reach(run_data: RunData) -> None:
    config = notebook.Config(epochs=30, batch_size=16, stop_at=0.3)
    digits = ShuffledEpochs(Examples.of(run_data.digits.train), config.seed)
    held_out = Examples.of(run_data.digits.validation)
    seen: list[int] = []
    _, history = fit(
        notebook.RECIPE,
        config,
        digits,
        held_out,
        threading.Event(),
        watchers=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: seen.append(epoch))],
    )
    assert history.epochs[-1].val_accuracy >= 0.3
    assert all(epoch.val_accuracy < 0.3 for epoch in history.epochs[:-1])
    assert len(history.epochs) < 30
    assert seen == list(range(1, len(history.epochs) + 1))
    assert not history.interrupted


def labelled(*per_class: int) -> Examples:
    labels = np.repeat(np.arange(10), per_class)
    pixels = np.arange(len(labels), dtype=np.float32)[:, None, None] / len(labels)
    return Examples(np.broadcast_to(pixels, (len(labels), 28, 28)), labels)


def test_every_digit_is_shown_once_an_epoch_each_time_in_another_order() -> None:
    examples = labelled(*[7] * 10)
    feed = ShuffledEpochs(examples, seed=1)
    first, again, second = (feed.epoch(number) for number in (0, 0, 1))
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], second[0])
    for pictures, targets in (first, second):
        order = np.argsort(pictures[:, 0, 0])
        assert np.array_equal(pictures[order], examples.pixels)
        assert targets[order].argmax(axis=1).tolist() == examples.labels.tolist()


def test_balanced_batches_show_the_ten_digits_equally_often() -> None:
    feed = ShuffledEpochs(labelled(*[50] * 9, 5), seed=1, balanced=True)
    pictures, targets = feed.epoch(0)
    assert len(pictures) == feed.count == 455
    batches = targets[:450].reshape(-1, 10, 10)
    assert np.array_equal(batches.sum(axis=1), np.ones((45, 10)))
    rare = pictures[targets.argmax(axis=1) == 9][:, 0, 0]
    assert set(np.unique(rare, return_counts=True)[1]) <= {9, 10}  # each of the five as often


def test_weights_say_how_often_a_digit_is_shown() -> None:
    digits = labelled(*[100] * 10)
    weights = np.where(np.arange(1000) % 2, 3.0, 1.0)
    pictures, _ = ShuffledEpochs(digits, seed=1, weights=weights).epoch(0)
    places = np.rint(pictures[:, 0, 0] * 1000).astype(int)
    assert np.mean(places % 2) == pytest.approx(0.75, abs=0.05)


def test_prepared_pictures_are_not_prepared_again() -> None:
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 3, 5] = 255  # a dot in a corner, which would be centred and enlarged
    digits = LabelledImages(picture, np.array([1]), preprocessed=True)
    assert np.array_equal(Examples.of(digits).pixels, (picture / 255).astype(np.float32))


def test_progress_shows_accuracies_the_best_epoch_and_the_time_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(progress_printer(10), 0.9, 0.95, 0.93)
    *_, line = capsys.readouterr().out.splitlines()
    assert line.startswith("Epoch 3 of 10")
    for figure in ("75.00%", "93.00%", "95.00% in epoch 2", "14 s"):
        assert figure in line


def test_history_as_a_table_has_a_row_an_epoch(tmp_path: Path) -> None:
    run(csv_logger(tmp_path / "history.csv"), 0.9, 0.95)
    rows = list(csv.DictReader((tmp_path / "history.csv").read_text().splitlines()))
    figures = {"loss": "0.5", "accuracy": "0.75", "val_loss": "0.25"}
    assert rows == [
        {"epoch": "1", **figures, "val_accuracy": "0.9", "seconds": "2.0"},
        {"epoch": "2", **figures, "val_accuracy": "0.95", "seconds": "4.0"},
    ]


def test_tensorboard_reads_its_logs(tmp_path: Path) -> None:
    run(tensorboard(tmp_path / "logs"), 0.9, 0.95)
    read = EventAccumulator(str(tmp_path / "logs" / "validation")).Reload()
    events = read.Tensors("epoch_accuracy")
    assert [event.step for event in events] == [1, 2]
    values = [float(make_ndarray(event.tensor_proto)) for event in events]
    assert values == pytest.approx([0.9, 0.95])
    assert (tmp_path / "logs" / "train").is_dir()


@pytest.mark.parametrize("logger", [csv_logger, tensorboard])
def test_place_that_cannot_be_written_is_found_out_before_the_first_epoch(logger: Any) -> None:
    with pytest.raises(TrainingError, match=r"/dev/null.* cannot be written"):
        logger(Path("/dev/null/history/file"))


def test_folder_in_the_place_of_the_table_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="is a folder"):
        csv_logger(tmp_path)
