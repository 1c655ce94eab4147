"""Which weights a training keeps: the best epoch's, the last epoch's, or a mean over several."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.network.load import import_keras
from training.checkpoint import EpochFigures, Progress, Weights, random_states
from training.data.epochs import as_inputs
from training.recipes.base import Recipe

# Batch statistics of averaged weights are measured on so many examples, in batches of this size.
STATISTICS_EXAMPLES, STATISTICS_BATCH = 25_600, 512


def record_epoch(
    recipe: Recipe, config: Any, progress: Progress, figures: EpochFigures, network: Any
) -> None:
    """Record an epoch, and its weights where the recipe keeps them."""
    best_so_far = max((done.val_accuracy for done in progress.epochs), default=-1.0)
    progress.epochs.append(figures)
    share = _share(recipe, config, len(progress.epochs))
    if share and (recipe.keep != "best" or figures.val_accuracy > best_so_far):
        progress.best_weights = _mean(progress.best_weights, network.get_weights(), share)
        progress.best_epoch = len(progress.epochs)


def _share(recipe: Recipe, config: Any, epoch: int) -> float:
    """Return the share of an epoch's weights, counted from 1, in those that are kept after it."""
    if recipe.keep != "mean":
        return 1.0
    shares = recipe.average(config)
    return shares.get(epoch, float(epoch < min(shares)))


def averaged_epochs(recipe: Recipe, config: Any, best_epoch: int) -> tuple[int, ...]:
    """Return the epochs whose weights are kept: the last that replaced all, and those since."""
    shares = recipe.average(config) if recipe.keep == "mean" else {}
    epochs = [epoch for epoch in shares if epoch <= best_epoch]
    whole = [place for place, epoch in enumerate(epochs) if shares[epoch] == 1]
    return tuple(epochs[whole[-1] if whole else 0 :]) or (best_epoch,)


def _mean(kept: Weights, now: Weights, share: float) -> Weights:
    """Return the mean of weights, of which `share` are `now` and the others `kept`."""
    if share == 1:
        return now
    return [(1 - share) * k + share * n for k, n in zip(kept, now, strict=True)]


def restart_from_average(network: Any, weights: Weights, seed: list[int]) -> None:
    """Start from these weights with a fresh optimizer and random states that follow from a seed."""
    network.set_weights(weights)
    for variable in network.optimizer.variables:
        if variable.shape:  # all but the count of steps, by which the learning rate goes
            variable.assign(np.zeros(variable.shape, np.float32))
    for state in random_states(network):
        state.assign(np.array(seed, state.dtype))


def measure_batch_statistics(network: Any, pictures: NDArray[Any]) -> None:
    """Measure mean and variance for batch normalisation, which averaged weights do not have.

    Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization".
    """
    keras = import_keras()
    layers = [x for x in network.layers if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    pictures = pictures[:STATISTICS_EXAMPLES]
    batches = max(1, len(pictures) // STATISTICS_BATCH)  # of the same size, to count the same
    for number, batch in enumerate(np.array_split(pictures, batches)):
        for layer in layers:
            layer.momentum = number / (number + 1)
        network(as_inputs(batch), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
