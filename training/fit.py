"""One training run: from a recipe and examples to a trained network and its history."""

import contextlib
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.network.load import import_keras
from training.callbacks import Watcher, stopper
from training.checkpoint import Checkpoint, Progress, Weights, random_states
from training.data.epochs import EpochSource, Examples, as_inputs
from training.distribute import Workers
from training.errors import TrainingError
from training.recipes.base import Recipe

# Examples that the statistics of averaged weights are measured on, and how many at once.
SETTLED_BY, AT_ONCE = 25_600, 512
# What is remembered of an epoch, and what Keras calls it.
FIGURES = {
    "loss": "cross_entropy",
    "accuracy": "accuracy",
    "val_loss": "val_cross_entropy",
    "val_accuracy": "val_accuracy",
}


@dataclass(frozen=True)
class History:
    """What was measured after every epoch, and which epoch was kept."""

    # loss, accuracy, val_loss, val_accuracy, and the seconds of training up to then
    epochs: list[dict[str, float]]
    best_epoch: int  # that was kept, counted from 1; the last one in a mean
    averaged: tuple[int, ...]  # the epochs whose weights' mean was kept; one alone is no mean
    seconds: float
    interrupted: bool


def fit(
    recipe: Recipe,
    config: Any,
    feed: EpochSource,
    validation: Examples,
    stop: threading.Event,
    *,
    checkpoint: Checkpoint | None = None,
    watchers: Sequence[Watcher] = (),
    workers: Workers | None = None,
) -> tuple[Any, History]:
    """Train a recipe; the network with the weights that the recipe keeps, and the history.

    A recipe keeps the epoch of highest validation accuracy, or the last one where its learning rate
    has fallen to nothing by then, or a mean of several, whose normalising layers then measure their
    inputs anew. Epochs that it names `anew` begin from what is kept by then. It ends early as
    its `stop_at` and `patience` say. Setting `stop` ends it after the batch and keeps the best
    weights so far; before the first epoch has ended it raises TrainingError. A checkpoint is
    written after every epoch, and gone on from if there is one: all that chance decides follows
    from the seed and the number of the epoch, so that the weights are those of a run without the
    cut. Watchers are told after every epoch. Of a training across processes, `workers`, only the
    first writes a checkpoint.
    """
    keras = import_keras()
    with workers.strategy.scope() if workers else contextlib.nullcontext():
        network = compiled(recipe, config, steps=-(-feed.count // config.batch_size))
        progress = checkpoint.restore(network) if checkpoint else Progress()
    callbacks = [stopper(keras, stop), _bar(keras, config.epochs)]
    interrupted = False
    _tell(watchers, progress)
    for number in range(len(progress.epochs), config.epochs):
        if enough(config, progress.epochs):
            break
        start = time.perf_counter()
        if number in recipe.restarts(config):
            _begin_anew(network, progress.best_weights, [config.seed, number])
        try:
            if workers:
                figures = workers.epoch(network, config, feed, validation, number=number, stop=stop)
            else:
                figures = _one_epoch(
                    network, config, feed, validation, number=number, callbacks=callbacks
                )
        except KeyboardInterrupt:
            interrupted = True
            break
        progress.seconds += time.perf_counter() - start
        best_so_far = max((e["val_accuracy"] for e in progress.epochs), default=-1.0)
        share = _share(recipe, config, number + 1)
        if share and (recipe.keep != "best" or figures["val_accuracy"] > best_so_far):
            progress.best_weights = _mean(progress.best_weights, network.get_weights(), share)
            progress.best_epoch = number + 1
        progress.epochs.append(figures | {"seconds": round(progress.seconds, 2)})
        if checkpoint and (workers is None or workers.is_chief):
            checkpoint.save(network, progress)
        _tell(watchers, progress)
    if not progress.epochs:
        raise TrainingError("Stopped before the first epoch ended; nothing was written.")
    network = recipe.build(config)  # which no strategy holds
    network.set_weights(progress.best_weights)
    averaged = _averaged(recipe, config, progress.best_epoch)
    if len(averaged) > 1:
        _settle(network, feed.epoch(progress.best_epoch - 1)[0])
    return network, History(
        progress.epochs,
        progress.best_epoch,
        averaged,
        round(progress.seconds, 1),
        interrupted,
    )


def _share(recipe: Recipe, config: Any, epoch: int) -> float:
    """The part of an epoch's weights, counted from 1, in those that are kept after it."""
    if recipe.keep != "mean":
        return 1.0
    shares = recipe.average(config)
    return shares.get(epoch, float(epoch < min(shares)))


def _averaged(recipe: Recipe, config: Any, best_epoch: int) -> tuple[int, ...]:
    """The epochs whose weights are kept: the last that took the place of all, and those since."""
    shares = recipe.average(config) if recipe.keep == "mean" else {}
    epochs = [epoch for epoch in shares if epoch <= best_epoch]
    whole = [place for place, epoch in enumerate(epochs) if shares[epoch] == 1]
    return tuple(epochs[whole[-1] if whole else 0 :]) or (best_epoch,)


def _mean(kept: Weights, now: Weights, share: float) -> Weights:
    """Weights of which `share` are `now`, the others `kept`."""
    if share == 1:
        return now
    return [(1 - share) * k + share * n for k, n in zip(kept, now, strict=True)]


def _begin_anew(network: Any, weights: Weights, seed: list[int]) -> None:
    """Go on from these weights as if they were the first: the optimizer at rest, chance anew."""
    network.set_weights(weights)
    for variable in network.optimizer.variables:
        if variable.shape:  # the count of the steps, which the learning rate goes by, goes on
            variable.assign(np.zeros(variable.shape, np.float32))
    for state in random_states(network):
        state.assign(np.array(seed, state.dtype))


def _settle(network: Any, pictures: NDArray[Any]) -> None:
    """Measure anew what normalising layers know of their inputs, which is no mean of several.

    Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization".
    """
    keras = import_keras()
    layers = [x for x in network.layers if isinstance(x, keras.layers.BatchNormalization)]
    usual = [layer.momentum for layer in layers]
    pictures = pictures[:SETTLED_BY]
    whole = max(1, len(pictures) // AT_ONCE)  # batches of the same size, which count the same
    for number, batch in enumerate(np.array_split(pictures, whole)):
        for layer in layers:
            layer.momentum = number / (number + 1)
        network(as_inputs(batch), training=True)
    for layer, momentum in zip(layers, usual, strict=True):
        layer.momentum = momentum


def compiled(recipe: Recipe, config: Any, *, steps: int) -> Any:
    """The network of a recipe, ready to train; the same weights for the same seed.

    `steps` are those of one epoch, which the learning rate goes by.
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


def enough(config: Any, epochs: Sequence[dict[str, float]]) -> bool:
    """Whether the training has reached what it shall, or no longer gets better."""
    accuracies = [epoch["val_accuracy"] for epoch in epochs]
    if not accuracies:
        return False
    stop_at, patience = getattr(config, "stop_at", 0.0), getattr(config, "patience", 0)
    since_best = len(accuracies) - 1 - accuracies.index(max(accuracies))
    return bool((stop_at and accuracies[-1] >= stop_at) or (patience and since_best >= patience))


def _one_epoch(
    network: Any,
    config: Any,
    feed: EpochSource,
    validation: Examples,
    *,
    number: int,
    callbacks: list[Any],
) -> dict[str, float]:
    pictures, targets = feed.epoch(number)
    told = network.fit(
        as_inputs(pictures),
        targets,
        batch_size=config.batch_size,
        shuffle=False,  # the feed has
        initial_epoch=number,
        epochs=number + 1,
        validation_data=(validation.inputs, validation.one_hot),
        validation_batch_size=1000,
        callbacks=callbacks,
        # Keras's bar shows the time left of the epoch; in a log a line an epoch reads better.
        verbose=1 if sys.stdout.isatty() else 2,
    ).history
    return {name: round(float(told[key][-1]), 6) for name, key in FIGURES.items()}


def _tell(watchers: Sequence[Watcher], progress: Progress) -> None:
    if progress.epochs:
        for watcher in watchers:
            watcher(progress)


def _bar(keras: Any, epochs: int) -> Any:
    """Keras's progress bar, told of all epochs though `fit` is called for one at a time."""

    class Bar(keras.callbacks.ProgbarLogger):  # type: ignore[misc]
        def set_params(self, params: dict[str, Any]) -> None:
            super().set_params(params | {"epochs": epochs})

    return Bar()
