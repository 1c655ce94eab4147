"""Training dense networks: repeatable to the bit, also across a break."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.checkpoint import Checkpoint, Weights
from training.dense import DENSE_TASKS
from training.dense.batches import batch_stream, make_held_out
from training.dense.fit import build_for_training, in_float32, train
from training.dense.ink_network import pen_overlap
from training.dense.line_network import read_exactly
from training.dense.run import compile_dense, run_compiled
from training.dense.task import Batch, DenseConfig, DenseTask
from training.errors import TrainingError
from training.evaluation.network_summary import multiply_adds
from training.scenes.corpus import Corpora, Corpus
from training.scenes.scene import PAPER, PEN, PRINT

TASKS = list(DENSE_TASKS.values())
LINE = DENSE_TASKS["line"]


def tiny(task: DenseTask, **changes: int) -> DenseConfig:
    config = task.config(epochs=2, steps=2, batch_size=2, warmup=1, validation=2, test=2)
    return replace(config, **changes)  # type: ignore[arg-type]


class InProcess:
    """Batches of each epoch, made as they are asked for."""

    def __init__(self, task: DenseTask, corpus: Corpus, config: DenseConfig) -> None:
        self._task, self._corpus, self._config = task, corpus, config

    def epoch(self, number: int, steps: int) -> Iterator[Batch]:
        size, seed = self._config.batch_size, self._config.seed
        for step in range(steps):
            yield self._task.make(self._corpus, size, np.random.default_rng([seed, number, step]))


def trained(
    corpus: Corpus, config: DenseConfig, checkpoint: Checkpoint | None = None, until: int = 9
) -> tuple[Weights, int]:
    """Return the weights of a training, which is stopped after an epoch, and how many it had."""
    batches = InProcess(LINE, corpus, config).epoch
    held_out = make_held_out(LINE.make, corpus, 2, size=2, seed=1)
    stop = threading.Event()
    network, progress = train(
        LINE,
        config,
        batches,
        held_out,
        stop,
        checkpoint=checkpoint,
        report=lambda number, _: stop.set() if number == until else None,
    )
    return network.get_weights(), len(progress.epochs)


def same(one: Weights, other: Weights) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_training_repeats_and_resumes_to_the_bit(corpus: Corpus, tmp_path: Path) -> None:
    config = tiny(LINE)
    weights, epochs = trained(corpus, config)
    assert epochs == 2
    file = tmp_path / "half.npz"
    _, half = trained(corpus, config, Checkpoint(file, "line", config), until=1)
    assert half == 1
    faster = replace(config, learning_rate=0.1)
    with pytest.raises(TrainingError, match="learning rate"):
        trained(corpus, faster, Checkpoint(file, "line", faster))
    resumed, whole = trained(corpus, config, Checkpoint(file, "line", config))
    assert whole == 2
    assert same(weights, resumed)


@pytest.mark.parametrize("task", TASKS, ids=DENSE_TASKS)
def test_batches_are_the_same_for_any_number_of_processes(
    task: DenseTask, corpora: Corpora
) -> None:
    expected = list(InProcess(task, corpora.train, tiny(task, seed=5)).epoch(1, 3))
    for workers in (1, 2):
        with batch_stream(task.make, corpora.train, workers=workers, size=2, seed=5) as batches:
            made = list(batches.epoch(1, 3))
        for one, other in zip(made, expected, strict=True):
            assert np.array_equal(one.inputs, other.inputs)
            for target, same_target in zip(one.targets, other.targets, strict=True):
                assert np.array_equal(target, same_target)


@pytest.mark.parametrize("task", TASKS, ids=DENSE_TASKS)
def test_network_is_as_large_as_it_states(task: DenseTask) -> None:
    network = task.build(task.reference)
    assert network.count_params() == task.parameters
    assert multiply_adds(network) == task.multiply_adds


@pytest.mark.parametrize("task", TASKS, ids=DENSE_TASKS)
def test_compiled_network_takes_images_of_any_size(task: DenseTask) -> None:
    network = task.build(None)
    compiled = compile_dense(task, network)
    channels = network.input_shape[-1]
    for height, width in ((32, 64), (task.reference[0], 320)):
        shape = (1, height, width, channels)
        image = np.random.default_rng(1).uniform(-1, 1, shape).astype(np.float32)
        expected = np.asarray(network(image, training=False))
        assert np.abs(run_compiled(compiled, image) - expected).max() < 1e-3


def test_network_in_float32_has_the_weights_of_the_trained_one() -> None:
    config = tiny(LINE)
    assert config.precision == "mixed_bfloat16"
    network = build_for_training(LINE, config)
    assert "mixed_bfloat16" in {layer.dtype_policy.name for layer in network.layers}
    bare = in_float32(LINE, network)
    assert same(bare.get_weights(), network.get_weights())
    assert {layer.dtype_policy.name for layer in bare.layers} == {"float32"}


def test_seed_decides_on_the_weights_to_begin_with() -> None:
    weights = [build_for_training(LINE, tiny(LINE, seed=s)).get_weights() for s in (1, 1, 2)]
    assert same(weights[0], weights[1])
    assert not same(weights[0], weights[2])


def test_overlap_of_pen_counts_both_kinds_of_errors() -> None:
    truth = np.full((4, 20, 20), PAPER)
    truth[:3, :10] = PEN  # 200 pixels; the last scene is blank
    answers = truth.copy()
    answers[1, 5:10] = PRINT  # half is missed
    answers[2, 10:15] = PEN  # half as much again is found
    scores = pen_overlap(answers, (truth,))
    assert scores == pytest.approx([1, 110 / 210, 210 / 310, 1])


def test_line_is_read_exactly_or_not() -> None:
    """Repeated columns are one character, and only a line's own columns count."""
    labels, lengths = np.array([[4, 2, 0], [4, 4, 0]]), np.array([2, 2])
    columns = np.zeros((2, 6), int)
    blank = 18
    answers = np.array([[4, 4, blank, 2, 7, 7], [4, 4, 4, blank, blank, blank]])
    targets = (labels, lengths, columns, np.array([4, 6]))
    assert read_exactly(answers, targets).tolist() == [1, 0]
