"""One process of a distributed training: `python -m tests.training.worker FOLDER WORDS...`.

It does what `python -m training WORDS...` does, and then trains two networks of its own: processes
find each other only once, and starting them takes longer than training such networks.
"""

import dataclasses
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
from keras import layers

import training.cli
from training.checkpoint import Checkpoint
from training.data.epochs import Examples, ShuffledEpochs
from training.distribute import Workers
from training.fit import fit
from training.recipes.base import Recipe
from training.sources import load_sources


@dataclass(frozen=True)
class Config:
    """The configuration of a tiny network."""

    epochs: int = 1
    batch_size: int = 50
    seed: int = 1


def plain(_: Config) -> Any:
    """Build a network in which nothing depends on how a batch is shared."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 5, strides=3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def noisy(_: Config) -> Any:
    """Build a network with batch statistics and dropout, which differ in each share of a batch."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.AveragePooling2D(4),
            layers.Flatten(),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ]
    )


class Falling(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A schedule that Keras cannot save, like the default recipe's."""

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at a step."""
        return 0.01 / (1 + 0.01 * keras.ops.cast(step, "float32"))


def optimizer(config: Config, steps: int) -> Any:
    """Build an optimizer as most recipes do."""
    return keras.optimizers.Adam(Falling())


def train(build: Any, workers: Workers | None, checkpoint: Checkpoint | None = None) -> Any:
    """Train a network for one epoch; return it and its history."""
    recipe = Recipe("tiny", "digits", Config, build, optimizer, parameters=0, multiply_adds=0)
    digits = load_sources(["digits"], seed=1, validation_share=0.1)
    count = 300 if build is plain else 301  # of which one is left over where two share
    feed = ShuffledEpochs(Examples.of(digits.train.take(slice(count))), seed=1)
    return fit(
        recipe,
        Config(),
        feed,
        Examples.of(digits.validation),
        threading.Event(),
        checkpoint=checkpoint,
        workers=workers,
    )


def main(folder: Path, words: list[str]) -> None:
    """Train all networks along with the other processes; write the weights of this one."""
    workers = Workers()
    with patch.object(training.cli, "Workers", lambda: workers):
        assert training.cli.main(words) == 0
    name = "first" if workers.is_chief else "other"
    for build in (plain, noisy):
        checkpoint = Checkpoint(folder / name / f"{build.__name__}.checkpoint", "tiny", Config())
        network, history = train(build, workers, checkpoint)
        (figures,) = history.epochs
        np.savez(
            folder / name / build.__name__, *network.get_weights(), **dataclasses.asdict(figures)
        )
    workers.leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
