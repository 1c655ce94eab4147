"""What a recipe is, and what the recipes for plain digits share: hyperparameters and optimizer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from training.augment.characters import Mixture
from training.data.epochs import Targets, one_hot
from training.data.preprocess import Preprocess, preprocess_image
from training.recipes.config import one_of, within

Keep: TypeAlias = Literal["best", "last", "mean"]


@dataclass(frozen=True)
class Recipe:
    """How one network is built and trained; `python -m training NAME` runs it.

    Callables take a `config`, an instance of the class of the same name. Epochs in `average` are
    counted from 1, as people and cards count them; in `mixture` and `restarts` from 0.
    """

    name: str
    learns: str  # the data, for people
    config: type[Any]  # a frozen dataclass; its fields are flags, and stand on the model card
    build: Callable[[Any], Any]  # config -> Keras network, (28, 28, 1) to 10 probabilities
    optimizer: Callable[[Any, int], Any]  # config, steps an epoch -> Keras optimizer
    parameters: int
    multiply_adds: int  # for one digit
    # The weights to keep: of the epoch with the best validation accuracy, of the last epoch, or a
    # mean over the epochs in `average`.
    keep: Keep = "best"
    # Epoch -> its share in the mean after it; 1 starts the mean again.
    average: Callable[[Any], dict[int, float]] = lambda _: {}
    restarts: Callable[[Any], tuple[int, ...]] = lambda _: ()  # epochs that start from the mean
    # config, epoch -> how often each kind of example is generated; None: the images as they are.
    mixture: Callable[[Any, int], Mixture] | None = None
    preprocess: Preprocess = preprocess_image  # grey levels -> 28x28 input, for the training alone
    targets: Callable[[NDArray[np.int64]], Targets] = one_hot  # labels -> what to learn
    needs: str = ""  # a sentence for the person, where the recipe cannot do without `--data`
    reported: bool = False  # print precision and recall of every digit at the end
    also_as: tuple[str, ...] = ()  # further file formats, as suffixes

    @property
    def generated(self) -> bool:
        """Whether every epoch has new, generated examples."""
        return self.mixture is not None


OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd")  # Keras's names
SCHEDULES = ("constant", "cosine", "exponential", "one-cycle")
EXPONENTIAL_END = 0.01  # of the rate, after the last epoch
# One cycle (Smith 2018): up from a small rate in the first part of the training, then down to 0.
CYCLE_START, CYCLE_RISE = 0.04, 0.25
MOMENTUM = 0.9  # of sgd


@dataclass(frozen=True)
class BaseConfig:
    """Hyperparameters of a recipe that learns from images as they are."""

    epochs: Annotated[int, within(int, 1)] = 10
    """Passes over the training digits."""
    batch_size: Annotated[int, within(int, 1)] = 128
    """Digits a step."""
    optimizer: Annotated[str, one_of(*OPTIMIZERS)] = "adam"
    """Keras optimizer."""
    # Adam's usual rate.
    learning_rate: Annotated[float, within(float, 1e-8, 10)] = 1e-3
    """Largest learning rate."""
    schedule: Annotated[str, one_of(*SCHEDULES)] = "constant"
    """How the learning rate changes over the training."""
    label_smoothing: Annotated[float, within(float, 0, 0.9)] = 0.0
    """Share of the probability spread over all digits."""
    patience: Annotated[int, within(int, 0)] = 0
    """Stop after so many epochs without a better validation accuracy; 0: never."""
    stop_at: Annotated[float, within(float, 0, 1)] = 0.0
    """Stop as soon as the validation accuracy reaches this; 0: never."""
    balanced: bool = False
    """Show the ten digits equally often in every batch."""
    validation_share: Annotated[float, within(float, 0.01, 10**6)] = 0.1
    """Share of the training digits held out; from 1 upwards, how many."""
    seed: Annotated[int, within(int, 0, 2**32 - 1)] = 1
    """Seed of the split, the weights, the order and dropout."""


def build_optimizer(config: BaseConfig, steps: int) -> Any:
    """Build the optimizer; `steps` are the batches of one epoch."""
    import keras

    options: dict[str, Any] = {"learning_rate": _rate(config, steps * config.epochs)}
    if config.optimizer == "sgd":
        options |= {"momentum": MOMENTUM, "nesterov": True}
    kinds = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
    return getattr(keras.optimizers, kinds[config.optimizer])(**options)


def _rate(config: BaseConfig, steps: int) -> Any:
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
