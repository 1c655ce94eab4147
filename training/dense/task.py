"""What a network that answers for every place of an image is, and how it is trained."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.augment.render import Random
from training.recipes.config import one_of, within
from training.scenes.corpus import Corpus

PRECISIONS = ("float32", "mixed_bfloat16")  # Keras's names


class Batch(NamedTuple):
    """Examples to learn from, or to measure with."""

    inputs: NDArray[np.float32]  # (n, h, w, channels)
    targets: tuple[NDArray[np.integer], ...]  # (n, ...) each; what they are is up to the task


@dataclass(frozen=True)
class DenseConfig:
    """Hyperparameters that the tasks share."""

    epochs: Annotated[int, within(int, 1)] = 40
    """Epochs; each has new examples."""
    steps: Annotated[int, within(int, 1)] = 500
    """Batches an epoch."""
    batch_size: Annotated[int, within(int, 1)] = 16
    """Examples a batch."""
    learning_rate: Annotated[float, within(float, 1e-8, 10)] = 3e-3
    """Largest learning rate, after the warm-up; it falls to nearly 0 along a cosine."""
    warmup: Annotated[int, within(int, 0)] = 200
    """Batches in which the learning rate rises."""
    weight_decay: Annotated[float, within(float, 0, 1)] = 1e-3
    """Decay of the weights (AdamW, Loshchilov and Hutter 2019)."""
    precision: Annotated[str, one_of(*PRECISIONS)] = "float32"
    """Precision of the training; the model that is written has float32 throughout."""
    validation: Annotated[int, within(int, 1)] = 200
    """Examples to validate on, by other writers, up to whole batches; the same after each epoch."""
    test: Annotated[int, within(int, 1)] = 500
    """Examples to test on at the end, by writers of MNIST's test digits, up to whole batches."""
    seed: Annotated[int, within(int, 0, 2**32 - 1)] = 1
    """Seed of the weights, the examples and dropout."""


@dataclass(frozen=True)
class DenseTask:
    """One network: how it is built, what it learns from, and how it is measured."""

    name: str  # of the command; the model is `NAME_model.keras`
    learns: str  # the data, for people
    measure: str  # what its accuracy is, for people
    config: type[DenseConfig]
    # A fixed (h, w), or None for images of any size -> Keras network of logits
    build: Callable[[tuple[int, int] | None], Any]
    make: Callable[[Corpus, int, Random], Batch]  # corpus, count -> that many examples
    # logits, targets as tensors -> mean loss, answers as a tensor
    loss: Callable[[Any, tuple[Any, ...]], tuple[Any, Any]]
    # answers, targets -> (n,) how good each answer is, in [0, 1]
    score: Callable[[NDArray[np.integer], tuple[NDArray[np.integer], ...]], NDArray[np.float64]]
    exact: bool  # whether an answer is right or wrong, with nothing between
    reference: tuple[int, int]  # (h, w) for which multiply-adds are counted
    parameters: int
    multiply_adds: int  # of the reference
    clip: float | None = None  # largest norm of a gradient
