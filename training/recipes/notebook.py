"""Reaches 99.17% of MNIST's test digits in 188 s on two cores: a beginner's notebook.

Two convolutions, ten epochs of Adam.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from training.recipes.base import BaseConfig, Recipe, build_optimizer
from training.recipes.config import within


@dataclass(frozen=True)
class Config(BaseConfig):
    """Hyperparameters."""

    # The baseline does not give its rate; this is a common one before the last layer.
    dropout: Annotated[float, within(float, 0, 0.99)] = 0.5
    """Share of hidden units dropped."""


def build(config: Config) -> Any:
    """Build the network, (28, 28, 1) to 10 probabilities."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(config.dropout),
            layers.Dense(10, activation="softmax"),
        ],
        name="notebook",
    )


RECIPE = Recipe(
    name="notebook",
    learns="MNIST",
    config=Config,
    build=build,
    optimizer=build_optimizer,
    # 320 + 18,496 + 204,928 + 1,290. The baseline's text says 224,034, which is not the sum of
    # the four layers that it lists.
    parameters=225_034,
    multiply_adds=2_631_040,
)
