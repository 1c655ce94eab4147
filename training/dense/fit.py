"""Training a dense network: AdamW with a warm-up and a cosine, one step a batch."""

import dataclasses
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.checkpoint import Checkpoint, EpochFigures, Progress, Weights
from training.dense.task import Batch, DenseConfig, DenseTask

WARMUP_START = 0.05  # of the learning rate, at the first step
COSINE_END = 0.01  # of the learning rate, at the last step

# Number of an epoch, counted from 0, and steps -> its batches.
EpochBatches = Callable[[int, int], Iterable[Batch]]
Report = Callable[[int, EpochFigures], None]  # of an epoch, counted from 1


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a network does on examples that it does not learn from."""

    loss: float
    scores: NDArray[np.float64]  # (n,) in [0, 1]

    @property
    def accuracy(self) -> float:
        """The mean score."""
        return float(self.scores.mean())


def build_for_training(task: DenseTask, config: DenseConfig) -> Any:
    """Build the network of a task with its optimizer, in the precision of the configuration."""
    import keras

    keras.utils.clear_session()  # layers are numbered from 1 again, run for run
    keras.utils.set_random_seed(config.seed)
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(config.precision)
    try:
        network = task.build(None)
    finally:
        keras.config.set_dtype_policy(usual)
    network.compile(optimizer=_build_adamw(config))
    return network


def in_float32(task: DenseTask, network: Any, shape: tuple[int, int] | None = None) -> Any:
    """Return a network of float32 with the same weights and without optimizer."""
    import keras

    keras.utils.clear_session()
    bare = task.build(shape)
    bare.set_weights(network.get_weights())
    return bare


def _build_adamw(config: DenseConfig) -> Any:
    import keras

    steps = config.epochs * config.steps
    warmup = min(config.warmup, steps // 2)
    rate = keras.optimizers.schedules.CosineDecay(
        config.learning_rate * (WARMUP_START if warmup else 1.0),
        decay_steps=max(1, steps - warmup),
        warmup_target=config.learning_rate if warmup else None,
        warmup_steps=warmup,
        alpha=COSINE_END,
    )
    return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay)


def train(
    task: DenseTask,
    config: DenseConfig,
    batches: EpochBatches,
    held_out: list[Batch],
    stop: threading.Event,
    *,
    checkpoint: Checkpoint | None = None,
    report: Report = lambda *_: None,
) -> tuple[Any, Progress]:
    """Train a network; return it with the weights of the best epoch, and how it went.

    `stop` ends the training after the next batch. Raises KeyboardInterrupt if that is in the first
    epoch, TrainingError if the checkpoint is of another training.
    """
    network = build_for_training(task, config)
    progress = checkpoint.restore(network) if checkpoint else Progress()
    for number, figures in enumerate(progress.epochs, 1):
        report(number, figures)
    step, answer = _training_step(task, network), answer_step(task, network)
    started = time.monotonic() - progress.seconds
    for epoch in range(len(progress.epochs), config.epochs):
        learned = _run_epoch(task, step, batches(epoch, config.steps), stop)
        if learned is None:
            break
        validated = measure_on(task, answer, held_out)
        progress.seconds = time.monotonic() - started
        progress.epochs.append(
            EpochFigures(
                loss=learned.loss,
                accuracy=learned.accuracy,
                val_loss=validated.loss,
                val_accuracy=validated.accuracy,
                seconds=progress.seconds,
            )
        )
        _keep_best(progress, network.get_weights())
        if checkpoint:
            checkpoint.save(network, progress)
        report(epoch + 1, progress.epochs[-1])
    if not progress.epochs:
        raise KeyboardInterrupt
    network.set_weights(progress.best_weights)
    return network, progress


def _keep_best(progress: Progress, weights: Weights) -> None:
    """Keep the weights if the last epoch is the best; of two equal ones the later counts."""
    number = len(progress.epochs)
    best = progress.epochs[progress.best_epoch - 1] if progress.best_epoch else None
    if best is None or progress.epochs[-1].val_accuracy >= best.val_accuracy:
        progress.best_epoch, progress.best_weights = number, weights


def _run_epoch(
    task: DenseTask,
    step: Callable[..., tuple[Any, Any]],
    batches: Iterable[Batch],
    stop: threading.Event,
) -> Measured | None:
    """Learn from all batches; None if `stop` was set meanwhile."""
    losses, scores = [], []
    for batch in batches:
        loss, answers = step(batch.inputs, batch.targets)
        losses.append(float(loss))
        scores.append(task.score(np.asarray(answers), batch.targets))
        if stop.is_set():
            return None
    return Measured(float(np.mean(losses)), np.concatenate(scores))


def measure_on(
    task: DenseTask, answer: Callable[..., tuple[Any, Any]], batches: list[Batch]
) -> Measured:
    """Return loss and scores of the answers to held-out batches."""
    losses, scores = [], []
    for batch in batches:
        loss, answers = answer(batch.inputs, batch.targets)
        losses.append(float(loss) * len(batch.inputs))
        scores.append(task.score(np.asarray(answers), batch.targets))
    together = np.concatenate(scores)
    return Measured(sum(losses) / len(together), together)


def _training_step(task: DenseTask, network: Any) -> Callable[..., tuple[Any, Any]]:
    import tensorflow as tf

    variables = network.trainable_variables
    network.optimizer.build(variables)

    @tf.function  # type: ignore[untyped-decorator]
    def step(inputs: Any, targets: tuple[Any, ...]) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            loss, answers = task.loss(network(inputs, training=True), targets)
        gradients = tape.gradient(loss, variables)
        if task.clip is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, task.clip)
        network.optimizer.apply(gradients, variables)
        return loss, answers

    return step  # type: ignore[no-any-return]


def answer_step(task: DenseTask, network: Any) -> Callable[..., tuple[Any, Any]]:
    """Return the function of inputs and targets that gives loss and answers, and learns nothing."""
    import tensorflow as tf

    @tf.function  # type: ignore[untyped-decorator]
    def answer(inputs: Any, targets: tuple[Any, ...]) -> tuple[Any, Any]:
        return task.loss(network(inputs, training=False), targets)

    return answer  # type: ignore[no-any-return]
