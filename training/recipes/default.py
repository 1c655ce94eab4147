"""The default model: a small residual network for hands, pens and papers that it has never seen.

It learns from MNIST and from the strokes of a tablet, anew in every epoch written by other hands
and damaged as ink extraction damages them, and from marks that are no digits. An eleventh class
takes those marks; its probability is spread evenly over the ten digits, so that the network's ten
probabilities say "none of them" by having no favourite.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.recipes.hyperparameter import hyperparameter

NAME = "default"
LEARNS = "MNIST and pen strokes, written anew in every epoch"
PARAMETERS = 272_679
MULTIPLY_ADDS = 16_108_086
AUGMENTED = True
KEEP = (
    "last"  # the rate falls to nothing, and the noise of earlier epochs is no reason to choose one
)


@dataclass(frozen=True)
class Config:
    """Hyperparameters."""

    epochs: int = hyperparameter(22, "epochs, each of new examples", low=1)
    examples: int = hyperparameter(150_000, "examples an epoch", low=1)
    batch_size: int = hyperparameter(128, "examples a step", low=1)
    learning_rate: float = hyperparameter(
        2e-3,
        "largest step of AdamW; it rises for an epoch and falls along a cosine to 0",
        low=1e-8,
        high=10,
    )
    weight_decay: float = hyperparameter(0.02, "of AdamW", low=0, high=1)
    width: int = hyperparameter(40, "channels at 14x14; twice as many at 7x7", low=8, high=128)
    dropout: float = hyperparameter(0.2, "share of the last features dropped", low=0, high=0.99)
    no_digit: float = hyperparameter(0.25, "share of marks that are no digits", low=0, high=0.9)
    validation_share: float = hyperparameter(
        0.08, "share of MNIST's training digits held out", low=0.01, high=0.9
    )
    seed: int = hyperparameter(1, "of everything that chance decides", low=0, high=2**32 - 1)


def build(config: Config) -> Any:
    """The network, (28, 28, 1) to 10 probabilities."""
    import keras
    from keras import layers

    def convolve(x: Any, channels: int, *, stride: int = 1, padding: str = "same") -> Any:
        x = layers.Conv2D(
            channels,
            3,
            strides=stride,
            padding=padding,
            use_bias=False,
            kernel_initializer="he_normal",
        )(x)
        return layers.BatchNormalization(momentum=0.98)(x)

    def convolve_relu(x: Any, channels: int, **options: Any) -> Any:
        return layers.ReLU()(convolve(x, channels, **options))

    def residual(x: Any, channels: int) -> Any:
        y = convolve(convolve_relu(x, channels), channels)
        # Which features count depends on the pen: squeeze and excite (Hu et al. 2018).
        gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
        gate = layers.Dense(channels // 4, activation="relu")(gate)
        gate = layers.Dense(channels, activation="sigmoid")(gate)
        return layers.ReLU()(layers.Add()([x, layers.Multiply()([y, gate])]))

    inputs = keras.Input((28, 28, 1))
    x = convolve_relu(inputs, 16)
    x = convolve_relu(x, config.width, stride=2)
    x = residual(x, config.width)
    x = convolve_relu(x, 2 * config.width, stride=2)
    x = residual(x, 2 * config.width)
    x = convolve_relu(x, 3 * config.width, padding="valid")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(config.dropout)(x)
    x = layers.Dense(11, activation="softmax")(x)
    spread = layers.Dense(10, use_bias=False, trainable=False, name="spread")
    network = keras.Model(inputs, spread(x), name=NAME)
    spread.set_weights([np.concatenate([np.eye(10), np.full((1, 10), 0.1)])])
    return network


def optimizer(config: Config, steps: int) -> Any:
    """AdamW whose rate rises for one epoch and then falls along a cosine."""
    import keras

    schedule = keras.optimizers.schedules.CosineDecay(
        config.learning_rate / 20,
        decay_steps=max(1, steps * (config.epochs - 1)),
        warmup_target=config.learning_rate,
        warmup_steps=steps,
        alpha=0.005,
    )
    return keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay)
