"""One training run: from a recipe and data to a trained network and its history."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.engine import CLASSES, import_keras
from training.data import LabelledImages
from training.errors import TrainingError
from training.prepare import prepare

# What is remembered of an epoch, and what Keras calls it.
FIGURES = {
    "loss": "cross_entropy",
    "accuracy": "accuracy",
    "val_loss": "val_cross_entropy",
    "val_accuracy": "val_accuracy",
}


@dataclass(frozen=True, eq=False)
class Examples:
    """What a network learns from, or is judged on."""

    pixels: NDArray[np.float32]  # (n, 28, 28) in [0, 1], ink bright
    labels: NDArray[np.int64]  # (n,)

    @classmethod
    def of(cls, digits: LabelledImages) -> "Examples":
        """Prepare images with the stages of a reading."""
        return cls(prepare(digits.images), digits.labels)

    @property
    def inputs(self) -> NDArray[np.float32]:
        """(n, 28, 28, 1), as Keras takes them."""
        return self.pixels[..., np.newaxis]

    @property
    def one_hot(self) -> NDArray[np.float32]:
        """(n, 10)."""
        return np.eye(CLASSES, dtype=np.float32)[self.labels]


@dataclass(frozen=True)
class History:
    """What was measured after every epoch, and which epoch was kept."""

    epochs: list[dict[str, float]]  # loss, accuracy, val_loss, val_accuracy
    best_epoch: int  # counted from 1
    seconds: float
    interrupted: bool


def fit(
    recipe: ModuleType,
    config: Any,
    train: Examples,
    validation: Examples,
    stop: threading.Event,
) -> tuple[Any, History]:
    """Train a recipe; the network with the weights of its best epoch, and the history.

    The best epoch is the one with the highest validation accuracy. Setting `stop` ends the training
    after the batch and keeps the best weights so far; before the first epoch has ended it raises
    TrainingError.
    """
    keras = import_keras()
    import tensorflow as tf

    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    network = recipe.build(config)
    optimizer = {"class_name": config.optimizer, "config": {"learning_rate": config.learning_rate}}
    network.compile(
        optimizer=keras.optimizers.get(optimizer),
        loss="categorical_crossentropy",
        # Keras's own loss adds the penalty on the weights, which says nothing about the digits.
        metrics=["accuracy", keras.metrics.CategoricalCrossentropy(name="cross_entropy")],
    )
    interrupted = True
    start = time.perf_counter()
    best = _best_weights(keras, stop)
    with contextlib.suppress(KeyboardInterrupt):
        network.fit(
            train.inputs,
            train.one_hot,
            batch_size=config.batch_size,
            epochs=config.epochs,
            validation_data=(validation.inputs, validation.one_hot),
            callbacks=[best],
            # Keras's bar shows the time left; in a log a line an epoch reads better.
            verbose=1 if sys.stdout.isatty() else 2,
        )
        interrupted = False
    if not best.epochs:
        raise TrainingError("Stopped before the first epoch ended; nothing was written.")
    network.set_weights(best.weights)
    seconds = time.perf_counter() - start
    return network, History(best.epochs, best.epoch, round(seconds, 1), interrupted)


@contextlib.contextmanager
def ctrl_c_as_event() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an event, since raised inside TensorFlow it aborts the process.

    The second one interrupts at once, as ever.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals come to the main one
        yield stop
        return
    usual = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, usual)


def _best_weights(keras: Any, stop: threading.Event) -> Any:
    """A callback that remembers every epoch's figures and the weights of the best one.

    It raises KeyboardInterrupt after the batch during which `stop` was set.
    """

    class BestWeights(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.epochs: list[dict[str, float]] = []
            self.epoch = 0
            self.weights: list[NDArray[np.float32]] = []

        def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
            if stop.is_set():
                raise KeyboardInterrupt

        def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
            figures = {name: round(float(logs[key]), 6) for name, key in FIGURES.items()}
            best_so_far = max((e["val_accuracy"] for e in self.epochs), default=-1.0)
            if figures["val_accuracy"] > best_so_far:
                self.epoch, self.weights = epoch + 1, self.model.get_weights()
            self.epochs.append(figures)

    return BestWeights()
