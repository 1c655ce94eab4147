"""One training run: from a recipe and data to a trained network and its history."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.engine import CLASSES, import_keras
from training.checkpoint import Checkpoint, Progress
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
        """Prepare images with the stages of a reading, unless they are prepared already."""
        if digits.prepared:
            return cls(np.multiply(digits.images, 1 / 255, dtype=np.float32), digits.labels)
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


class Feed(Protocol):
    """Where an epoch's examples come from."""

    def epoch(self, number: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Pictures (n, 28, 28) and targets (n, 10) of epoch `number`, counted from 0.

        uint8 pictures are in 0 to 255, others in 0 to 1.
        """


@dataclass(frozen=True, eq=False)
class SameEveryEpoch:
    """The plain way: all training digits, again and again."""

    examples: Examples

    def epoch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:  # noqa: ARG002
        """The same ones whichever the epoch."""
        return self.examples.pixels, self.examples.one_hot


def fit(
    recipe: ModuleType,
    config: Any,
    feed: Feed,
    validation: Examples,
    stop: threading.Event,
    *,
    checkpoint: Checkpoint | None = None,
) -> tuple[Any, History]:
    """Train a recipe; the network with the weights of its best epoch, and the history.

    A recipe keeps the epoch of highest validation accuracy, or the last one where its learning rate
    has fallen to nothing by then. Setting `stop` ends the training
    after the batch and keeps the best weights so far; before the first epoch has ended it raises
    TrainingError. A checkpoint is written after every epoch, and gone on from if there is one.
    """
    keras = import_keras()
    import tensorflow as tf

    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    network = recipe.build(config)
    network.compile(
        optimizer=recipe.optimizer(config),
        loss="categorical_crossentropy",
        # Keras's own loss adds the penalty on the weights, which says nothing about the digits.
        metrics=["accuracy", keras.metrics.CategoricalCrossentropy(name="cross_entropy")],
    )
    progress = checkpoint.restore(network) if checkpoint else Progress()
    callbacks = [_stopper(keras, stop), _progress(keras, config.epochs)]
    interrupted = False
    for number in range(len(progress.epochs), config.epochs):
        start = time.perf_counter()
        try:
            figures = _one_epoch(
                network, config, feed, validation, number=number, callbacks=callbacks
            )
        except KeyboardInterrupt:
            interrupted = True
            break
        best_so_far = max((e["val_accuracy"] for e in progress.epochs), default=-1.0)
        if recipe.KEEP == "last" or figures["val_accuracy"] > best_so_far:
            progress.best_epoch, progress.best_weights = number + 1, network.get_weights()
        progress.epochs.append(figures)
        progress.seconds += time.perf_counter() - start
        if checkpoint:
            checkpoint.save(network, progress)
    if not progress.epochs:
        raise TrainingError("Stopped before the first epoch ended; nothing was written.")
    network.set_weights(progress.best_weights)
    seconds = round(progress.seconds, 1)
    return network, History(progress.epochs, progress.best_epoch, seconds, interrupted)


def _one_epoch(
    network: Any,
    config: Any,
    feed: Feed,
    validation: Examples,
    *,
    number: int,
    callbacks: list[Any],
) -> dict[str, float]:
    pictures, targets = feed.epoch(number)
    inputs = pictures[..., np.newaxis].astype(np.float32)
    if pictures.dtype == np.uint8:
        inputs /= 255
    told = network.fit(
        inputs,
        targets,
        batch_size=config.batch_size,
        initial_epoch=number,
        epochs=number + 1,
        validation_data=(validation.inputs, validation.one_hot),
        callbacks=callbacks,
        # Keras's bar shows the time left; in a log a line an epoch reads better.
        verbose=1 if sys.stdout.isatty() else 2,
    ).history
    return {name: round(float(told[key][-1]), 6) for name, key in FIGURES.items()}


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


def _stopper(keras: Any, stop: threading.Event) -> Any:
    """A callback that raises KeyboardInterrupt after the batch during which `stop` was set."""

    class Stopper(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
            if stop.is_set():
                raise KeyboardInterrupt

    return Stopper()


def _progress(keras: Any, epochs: int) -> Any:
    """Keras's progress bar, told of all epochs though `fit` is called for one at a time."""

    class Progress(keras.callbacks.ProgbarLogger):  # type: ignore[misc]
        def set_params(self, params: dict[str, Any]) -> None:
            super().set_params(params | {"epochs": epochs})

    return Progress()
