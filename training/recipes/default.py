"""The default model: a small residual network for hands, pens and papers that it has never seen.

It learns from MNIST, the strokes of a tablet and handwriting typefaces, anew in every epoch written
by other hands and damaged as ink extraction damages them, and from marks that are no digits. An
eleventh class takes those marks; its probability is spread evenly over the ten digits, so that the
network's ten probabilities say "none of them" by having no favourite.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from training.augment.characters import Mixture
from training.recipes.config import hyperparameter

NAME = "default"
LEARNS = "MNIST, pen strokes and handwriting typefaces, written anew in every epoch"
PARAMETERS = 272_679
MULTIPLY_ADDS = 16_108_086
AUGMENTED = True
KEEP = "mean"


@dataclass(frozen=True)
class Config:
    """Hyperparameters."""

    epochs: int = hyperparameter(83, "epochs, each of new examples", low=1)
    examples: int = hyperparameter(150_000, "examples an epoch", low=1)
    batch_size: int = hyperparameter(128, "examples a step", low=1)
    learning_rate: float = hyperparameter(
        2e-3,
        "largest step of AdamW; it rises for an epoch and falls along a cosine to 0, "
        "in later rounds from less",
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


@dataclass(frozen=True)
class Round:
    """Epochs of one descent of the learning rate, on one mix of examples."""

    epochs: int  # in a training of another length as large a part of it
    rate: float  # at the start, as a part of the configured one
    mix: Mixture
    kept: float = 1.0  # of the weights that are kept, the part that those at its end are
    rise: bool = False  # to that rate, for an epoch
    anew: bool = False  # it begins from the weights that are kept


# Damage teaches a network to read what is hard, and to doubt what is easy. So the second round
# shows more digits as people write them, rare shapes, and pairs that could be taken for one digit;
# the third also digits as they are, which are sharper than what is drawn anew, all kinds a little
# larger or smaller, and digits written fast. The fourth adds pens with a nib, and by bending more
# variety to the digits that stay sharp; the fifth the digits and letters of typefaces, zeros that
# are tied to what is beside them, and a digit with a smaller one as no digit, so that they are cut;
# the last shapes that are usual in Latin America.
_WRITTEN = Mixture(
    image=0.7, mild=0.7, template=0.25, rare=0.35, letter=0.28, pair=0.28, narrow_pair=0.35
)
_MOVED = replace(_WRITTEN, raw=0.35, jittered=0.5, one_stroke=0.15)
_SHARP = replace(_MOVED, raw=0.6, warped=0.7, nib=0.25)
_FOREIGN = replace(
    _SHARP,
    image=0.65,
    template=0.2,
    font=0.35,
    ligature=0.25,
    letter=0.31,
    pair=0.25,
    uneven_pair=0.4,
)
_LATIN = replace(_FOREIGN, template=0.25, latin=0.5)
ROUNDS = (
    Round(22, 1.0, Mixture(), rise=True),
    Round(20, 0.5, _WRITTEN),
    Round(15, 0.35, _MOVED, kept=1 / 2),
    Round(8, 0.2, _SHARP, kept=1 / 3, anew=True),
    Round(9, 0.35, _FOREIGN, kept=1 / 4, rise=True, anew=True),
    Round(9, 0.35, _LATIN, kept=1 / 3, rise=True, anew=True),
)


def mix(config: Config, number: int) -> Mixture:
    """How often each kind of example comes in epoch `number`, counted from 0."""
    return replace(ROUNDS[_round(config, number)].mix, non_digit=config.no_digit)


def kept(config: Config) -> dict[int, float]:
    """The epochs, counted from 1, whose weights go into those that are kept, and their parts.

    Between a network that learned from everything and what it becomes on digits as they are lies
    one that is good at both: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models".
    """
    return {end: one.kept for one, start, end in _spans(config) if start < end}


def anew(config: Config) -> tuple[int, ...]:
    """The epochs, counted from 0, that begin from what is kept."""
    return tuple(start for one, start, end in _spans(config) if one.anew and start < end)


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
    """AdamW whose rate falls along a cosine, in each round anew, in some after an epoch of rise.

    Warm restarts: Loshchilov and Hutter 2017, "SGDR".
    """
    import keras

    starts = [steps * start for start in _starts(config)]
    cosine = keras.optimizers.schedules.CosineDecay
    descents = []
    for one, start, end in _spans(config):
        rate, rise = one.rate * config.learning_rate, steps if one.rise else 0
        descents.append(
            cosine(
                rate / 20 if rise else rate,
                decay_steps=max(1, steps * (end - start) - rise),
                warmup_target=rate if rise else None,
                warmup_steps=rise,
                alpha=0.005,
            )
        )

    class Rounds(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            step = keras.ops.cast(step, "float32")
            rate = descents[0](step)
            for descent, start in zip(descents[1:], starts[1:], strict=True):
                rate = keras.ops.where(step < start, rate, descent(step - start))
            return rate

    return keras.optimizers.AdamW(Rounds(), weight_decay=config.weight_decay)


def _starts(config: Config) -> list[int]:
    """The first epoch of each round, counted from 0; the first round has one at least."""
    ends = itertools.accumulate(one.epochs for one in ROUNDS)
    total = sum(one.epochs for one in ROUNDS)
    return [0, *(max(1, round(config.epochs * end / total)) for end in ends)][:-1]


def _spans(config: Config) -> Iterator[tuple[Round, int, int]]:
    """Each round with its first epoch, counted from 0, and the first behind it."""
    starts = _starts(config)
    return zip(ROUNDS, starts, [*starts[1:], config.epochs], strict=True)


def _round(config: Config, number: int) -> int:
    return sum(number >= start for start in _starts(config)) - 1
