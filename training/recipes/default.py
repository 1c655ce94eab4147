"""Reaches 99.70% of MNIST's test digits in 16,326 s on two cores: the model of the app.

A small residual network for writers, pens and backgrounds that it has never seen. It learns from
MNIST, pen strokes and handwriting typefaces. Every epoch has new examples: digits in other writing
styles, degraded as ink extraction degrades them, and non-digits. The non-digits are an eleventh
class; its probability is spread evenly over the ten digits, so that none of them stands out.

The training has six phases with warm restarts; the weights at the ends of the last five are
averaged.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from training.augment.characters import Mixture
from training.recipes.base import Recipe
from training.recipes.config import within


@dataclass(frozen=True)
class Config:
    """Hyperparameters."""

    epochs: Annotated[int, within(int, 1)] = 83
    """Epochs, each of new examples."""
    examples: Annotated[int, within(int, 1)] = 150_000
    """Examples an epoch."""
    batch_size: Annotated[int, within(int, 1)] = 128
    """Examples a step."""
    learning_rate: Annotated[float, within(float, 1e-8, 10)] = 2e-3
    """Largest step of AdamW; falls along a cosine to 0 in every phase, in later ones from less."""
    weight_decay: Annotated[float, within(float, 0, 1)] = 0.02
    """Weight decay of AdamW."""
    width: Annotated[int, within(int, 8, 128)] = 40
    """Channels at 14x14; twice as many at 7x7."""
    dropout: Annotated[float, within(float, 0, 0.99)] = 0.2
    """Share of the last features dropped."""
    no_digit: Annotated[float, within(float, 0, 0.9)] = 0.25
    """Share of non-digits."""
    validation_share: Annotated[float, within(float, 0.01, 0.9)] = 0.08
    """Share of MNIST's training digits held out."""
    seed: Annotated[int, within(int, 0, 2**32 - 1)] = 1
    """Seed of everything random."""


@dataclass(frozen=True)
class Phase:
    """Epochs of one descent of the learning rate, on one mixture of examples."""

    epochs: int  # of 83; a shorter or longer training scales them
    rate: float  # at the start, as a share of the configured learning rate
    mixture: Mixture
    average: float = 1.0  # share of the weights at its end in the mean after it
    warmup: bool = False  # the rate rises for the first epoch
    restart: bool = False  # it starts from the averaged weights, with a fresh optimizer


# Degraded examples teach a network to read what is hard, and to be uncertain about what is easy. So
# phase 2 shows more digits as people write them, rare shapes, and pairs that could be taken for one
# digit. Phase 3 adds digits as they are, which are sharper than generated ones, all kinds a little
# larger or smaller, and digits written in one stroke. Phase 4 adds pens with a nib, and warps the
# digits that stay sharp for more variety. Phase 5 adds the digits and letters of typefaces, zeros
# with a ligature, and a digit with a smaller one as a non-digit, so that the reader splits them.
# Phase 6 adds shapes that are usual in Latin America.
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
PHASES = (
    Phase(22, 1.0, Mixture(), warmup=True),
    Phase(20, 0.5, _WRITTEN),
    Phase(15, 0.35, _MOVED, average=1 / 2),
    Phase(8, 0.2, _SHARP, average=1 / 3, restart=True),
    Phase(9, 0.35, _FOREIGN, average=1 / 4, warmup=True, restart=True),
    Phase(9, 0.35, _LATIN, average=1 / 3, warmup=True, restart=True),
)
WARMUP_START, DESCENT_END = 0.05, 0.005  # shares of a phase's largest rate


def mixture(config: Config, epoch: int) -> Mixture:
    """Return how often each kind of example comes in an epoch, counted from 0."""
    return replace(PHASES[_phase_at(config, epoch)].mixture, non_digit=config.no_digit)


def average(config: Config) -> dict[int, float]:
    """Return the epochs, counted from 1, whose weights are averaged, and the share of each.

    Between a network that learned from everything and what it becomes on digits as they are lies
    one that is good at both: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models".
    """
    return {end: phase.average for phase, start, end in _spans(config) if start < end}


def restarts(config: Config) -> tuple[int, ...]:
    """Return the epochs, counted from 0, that start from the averaged weights."""
    return tuple(start for phase, start, end in _spans(config) if phase.restart and start < end)


def build(config: Config) -> Any:
    """Build the network, (28, 28, 1) to 10 probabilities."""
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
    network = keras.Model(inputs, spread(x), name="default")
    spread.set_weights([np.concatenate([np.eye(10), np.full((1, 10), 0.1)])])
    return network


def build_phased_optimizer(config: Config, steps: int) -> Any:
    """Build AdamW; its rate falls along a cosine in every phase, in some after an epoch of warm-up.

    Warm restarts: Loshchilov and Hutter 2017, "SGDR".
    """
    import keras
    from keras import ops

    # Of each phase: first step, steps of warm-up, steps of the descent, largest rate.
    phases = np.array(
        [
            (steps * start, warmup, max(1, steps * (end - start) - warmup), phase.rate)
            for phase, start, end in _spans(config)
            for warmup in [steps * phase.warmup]
        ],
        np.float32,
    )

    class PhasesSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        # Keras asks for the rate once for every variable, so it takes few operations: one cosine,
        # not one for every phase.
        def __call__(self, step: Any) -> Any:
            step = ops.cast(step, "float32")
            phase = ops.sum(ops.cast(step >= phases[:, 0], "int32")) - 1
            start, warmup, descent, rate = ops.unstack(ops.take(phases, phase, axis=0), 4)
            done = step - start
            rising = WARMUP_START + (1 - WARMUP_START) * done / ops.maximum(warmup, 1)
            fallen = ops.minimum((done - warmup) / descent, 1)
            falling = DESCENT_END + (1 - DESCENT_END) * (1 + ops.cos(np.pi * fallen)) / 2
            return config.learning_rate * rate * ops.where(done < warmup, rising, falling)

    return keras.optimizers.AdamW(PhasesSchedule(), weight_decay=config.weight_decay)


def _starts(config: Config) -> list[int]:
    """Return the first epoch of each phase, counted from 0; phase 1 has at least one."""
    ends = itertools.accumulate(phase.epochs for phase in PHASES)
    total = sum(phase.epochs for phase in PHASES)
    return [0, *(max(1, round(config.epochs * end / total)) for end in ends)][:-1]


def _spans(config: Config) -> Iterator[tuple[Phase, int, int]]:
    """Iterate over phases with their first epoch, counted from 0, and the first epoch after."""
    starts = _starts(config)
    return zip(PHASES, starts, [*starts[1:], config.epochs], strict=True)


def _phase_at(config: Config, epoch: int) -> int:
    return sum(epoch >= start for start in _starts(config)) - 1


RECIPE = Recipe(
    name="default",
    learns="MNIST, pen strokes and handwriting typefaces, new examples in every epoch",
    config=Config,
    build=build,
    optimizer=build_phased_optimizer,
    parameters=272_679,
    multiply_adds=16_108_086,
    keep="mean",
    average=average,
    restarts=restarts,
    mixture=mixture,
)
