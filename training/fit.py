"""One training run: from a recipe and examples to a trained network and its history."""

import contextlib
import dataclasses
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from model.network.load import import_keras
from training.callbacks import progress_bar, stopper
from training.checkpoint import Checkpoint, EpochFigures, Progress
from training.data.epochs import EpochSource, Examples, as_inputs
from training.distribute import Workers
from training.errors import TrainingError
from training.recipes.base import Recipe
from training.weight_averaging import (
    averaged_epochs,
    measure_batch_statistics,
    record_epoch,
    restart_from_average,
)

# Figures of an epoch, and what Keras calls them.
KERAS_NAMES = {
    "loss": "cross_entropy",
    "accuracy": "accuracy",
    "val_loss": "val_cross_entropy",
    "val_accuracy": "val_accuracy",
}


@dataclasses.dataclass(frozen=True)
class History:
    """What was measured after every epoch, and which epoch was kept."""

    epochs: list[EpochFigures]
    best_epoch: int  # whose weights were kept, counted from 1; the last one of a mean
    averaged: tuple[int, ...]  # epochs whose weights were averaged; a single one is no mean
    seconds: float
    interrupted: bool


def fit(
    recipe: Recipe,
    config: Any,
    source: EpochSource,
    validation: Examples,
    stop: threading.Event,
    *,
    checkpoint: Checkpoint | None = None,
    watchers: Sequence[Any] = (),
    workers: Workers | None = None,
) -> tuple[Any, History]:
    """Train a recipe. Return the network, with the weights that the recipe keeps, and the history.

    A recipe keeps the epoch of highest validation accuracy, the last epoch, or a mean over several,
    whose batch statistics are then measured again. Epochs in `recipe.restarts` start from the mean
    so far. The training ends early as `stop_at` and `patience` of the config say. Setting `stop`
    ends it after the batch and keeps the best weights so far; before the end of the first epoch it
    raises TrainingError.

    A checkpoint is written after every epoch, and resumed if it exists: everything random follows
    from the seed and the number of the epoch, so that the weights are those of a run without the
    break. `watchers` are Keras callbacks, called after every epoch, counted from 1. Of a training
    in several processes, `workers`, only the first writes a checkpoint.
    """
    keras = import_keras()
    with workers.strategy.scope() if workers else contextlib.nullcontext():
        network = compiled(recipe, config, steps=-(-source.count // config.batch_size))
        progress = checkpoint.restore(network) if checkpoint else Progress()
    callbacks = [stopper(stop), progress_bar(config.epochs)]
    watching = keras.callbacks.CallbackList(list(watchers), model=network)
    watching.on_train_begin()
    for number, figures in enumerate(progress.epochs, 1):
        watching.on_epoch_end(number, dataclasses.asdict(figures))
    interrupted = False
    for epoch in range(len(progress.epochs), config.epochs):
        if enough(config, progress.epochs):
            break
        start = time.perf_counter()
        if epoch in recipe.restarts(config):
            restart_from_average(network, progress.best_weights, [config.seed, epoch])
        try:
            if workers:
                figures = workers.epoch(
                    network, config, source, validation, number=epoch, stop=stop
                )
            else:
                figures = _one_epoch(
                    network, config, source, validation, number=epoch, callbacks=callbacks
                )
        except KeyboardInterrupt:
            interrupted = True
            break
        progress.seconds += time.perf_counter() - start
        figures = dataclasses.replace(figures, seconds=round(progress.seconds, 2))
        record_epoch(recipe, config, progress, figures, network)
        if checkpoint and (workers is None or workers.is_chief):
            checkpoint.save(network, progress)
        watching.on_epoch_end(epoch + 1, dataclasses.asdict(figures))
    watching.on_train_end()
    if not progress.epochs:
        raise TrainingError("Stopped before the first epoch ended; nothing was written.")
    network = recipe.build(config)  # which no strategy holds
    network.set_weights(progress.best_weights)
    averaged = averaged_epochs(recipe, config, progress.best_epoch)
    if len(averaged) > 1:
        measure_batch_statistics(network, source.epoch(progress.best_epoch - 1)[0])
    return network, History(
        progress.epochs,
        progress.best_epoch,
        averaged,
        round(progress.seconds, 1),
        interrupted,
    )


def compiled(recipe: Recipe, config: Any, *, steps: int) -> Any:
    """Build and compile the network of a recipe; the same seed gives the same weights.

    `steps` are the batches of one epoch, by which the learning rate goes.
    """
    keras = import_keras()
    import tensorflow as tf

    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    network = recipe.build(config)
    network.compile(
        optimizer=recipe.optimizer(config, steps),
        loss=keras.losses.CategoricalCrossentropy(
            label_smoothing=getattr(config, "label_smoothing", 0.0)
        ),
        # Keras's own loss adds penalties, which say nothing about the digits.
        metrics=["accuracy", keras.metrics.CategoricalCrossentropy(name="cross_entropy")],
    )
    return network


def enough(config: Any, epochs: Sequence[EpochFigures]) -> bool:
    """Return whether the training has reached `stop_at`, or not improved for `patience` epochs."""
    accuracies = [epoch.val_accuracy for epoch in epochs]
    if not accuracies:
        return False
    stop_at, patience = getattr(config, "stop_at", 0.0), getattr(config, "patience", 0)
    since_best = len(accuracies) - 1 - accuracies.index(max(accuracies))
    return bool((stop_at and accuracies[-1] >= stop_at) or (patience and since_best >= patience))


def _one_epoch(
    network: Any,
    config: Any,
    source: EpochSource,
    validation: Examples,
    *,
    number: int,
    callbacks: list[Any],
) -> EpochFigures:
    pictures, targets = source.epoch(number)
    history = network.fit(
        as_inputs(pictures),
        targets,
        batch_size=config.batch_size,
        shuffle=False,  # the source has done it
        initial_epoch=number,
        epochs=number + 1,
        validation_data=(validation.inputs, validation.one_hot),
        validation_batch_size=1000,
        callbacks=callbacks,
        # A progress bar is for a terminal; in a log one line an epoch reads better.
        verbose=1 if sys.stdout.isatty() else 2,
    ).history
    return EpochFigures(
        **{name: round(float(history[key][-1]), 6) for name, key in KERAS_NAMES.items()}
    )
