"""What the recipes for plain digits have in common: hyperparameters, and the optimizer."""

from dataclasses import dataclass
from typing import Any

from training.recipes.config import hyperparameter

OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd")  # Keras's names
SCHEDULES = ("constant", "cosine", "exponential", "one-cycle")
EXPONENTIAL_END = 0.01  # of the rate, after the last epoch
# One cycle (Smith 2018): up from a small rate in the first part of the training, then down to 0.
CYCLE_START, CYCLE_RISE = 0.04, 0.25
MOMENTUM = 0.9  # of sgd


@dataclass(frozen=True)
class Usual:
    """Hyperparameters that every such recipe has, with usual values."""

    epochs: int = hyperparameter(10, "passes over the training digits", low=1)
    batch_size: int = hyperparameter(128, "digits a step", low=1)
    optimizer: str = hyperparameter("adam", "how weights are updated", choices=OPTIMIZERS)
    # Adam's usual rate.
    learning_rate: float = hyperparameter(1e-3, "size of a step, the largest", low=1e-8, high=10)
    schedule: str = hyperparameter(
        "constant", "how the size of a step changes over the training", choices=SCHEDULES
    )
    label_smoothing: float = hyperparameter(
        0.0, "share of the probability spread over all digits", low=0, high=0.9
    )
    patience: int = hyperparameter(
        0, "stop after so many epochs without a better validation accuracy; 0: never", low=0
    )
    stop_at: float = hyperparameter(
        0.0, "stop as soon as the validation accuracy reaches this; 0: never", low=0, high=1
    )
    balanced: bool = hyperparameter(False, "show the ten digits equally often in every batch")
    validation_share: float = hyperparameter(
        0.1,
        "share of the training digits held out; from 1 upwards, how many",
        low=0.01,
        high=10**6,
    )
    seed: int = hyperparameter(1, "of split, weights, order and dropout", low=0, high=2**32 - 1)


def optimizer(config: Usual, steps: int) -> Any:
    """The optimizer by its name; `steps` are those of one epoch."""
    import keras

    options: dict[str, Any] = {"learning_rate": _rate(config, steps * config.epochs)}
    if config.optimizer == "sgd":
        options |= {"momentum": MOMENTUM, "nesterov": True}
    kinds = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
    return getattr(keras.optimizers, kinds[config.optimizer])(**options)


def _rate(config: Usual, steps: int) -> Any:
    from keras.optimizers import schedules

    rate = config.learning_rate
    if config.schedule == "cosine":
        return schedules.CosineDecay(rate, decay_steps=steps)
    if config.schedule == "exponential":
        return schedules.ExponentialDecay(rate, decay_steps=steps, decay_rate=EXPONENTIAL_END)
    if config.schedule == "one-cycle":
        rise = max(1, round(CYCLE_RISE * steps))
        return schedules.CosineDecay(
            CYCLE_START * rate,
            decay_steps=max(1, steps - rise),
            warmup_target=rate,
            warmup_steps=rise,
        )
    return rate
