"""A whole run of a dense network: train, test once, write the three files."""

import contextlib
import dataclasses
import math
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from model.card import Card, Epoch, TestFigures
from model.errors import ModelError
from model.network.artifact import Artifact, write_atomically
from model.network.compile import convert_network, write_compiled
from model.network.load import import_keras
from training.callbacks import ctrl_c_as_event
from training.checkpoint import Checkpoint, Progress
from training.dense.batches import batch_stream, make_held_out
from training.dense.fit import Measured, Report, answer_step, in_float32, measure_on, train
from training.dense.task import DenseConfig, DenseTask
from training.evaluation.metrics import wilson_interval
from training.evaluation.network_summary import multiply_adds, summarize_network
from training.run import provenance, versions
from training.scenes.corpus import Corpora

DENSE_TOLERANCE = 1e-3  # largest difference of a logit between the compiled network and Keras's
CHECKED_SIZES = (1, 3)  # the compiled network is checked at its reference and at wider images
Z_95 = 1.96  # standard errors on either side of a 95% interval


@dataclasses.dataclass(frozen=True)
class DenseOutcome:
    """What a run reports at its end."""

    card: Card
    files: tuple[Path, ...]


def train_dense(
    task: DenseTask,
    config: DenseConfig,
    corpora: Corpora,
    artifact: Artifact,
    *,
    command: str,
    workers: int = 1,
    threads: int = 1,
    checkpoint: Checkpoint | None = None,
    report: Report = lambda *_: None,
) -> DenseOutcome:
    """Train a network and write `X.keras`, `X.tflite` and the card `X.json`.

    The best epoch is chosen on scenes by validation writers; those by test writers are read once,
    in float32. Ctrl-C ends the training early; what was learned is still tested and written.
    """
    import_keras()
    _limit_threads(threads)
    size, seed = config.batch_size, config.seed
    held_out = make_held_out(task.make, corpora.validation, config.validation, size=size, seed=seed)
    with ctrl_c_as_event() as stop:
        with batch_stream(
            task.make, corpora.train, workers=workers, size=size, seed=seed
        ) as batches:
            network, progress = train(
                task, config, batches.epoch, held_out, stop, checkpoint=checkpoint, report=report
            )
        network = in_float32(task, network)
        compiled = compile_dense(task, network)
        tested = make_held_out(task.make, corpora.test, config.test, size=size, seed=seed + 1)
        measured = measure_on(task, answer_step(task, network), tested)
        card = _dense_card(task, config, corpora, progress, network)
        card = msgspec.structs.replace(card, command=command, test=_test_figures(task, measured))
        _save_keras(network, artifact)
        write_compiled(artifact, compiled, card)
    return DenseOutcome(card, (artifact.keras, artifact.tflite, artifact.card))


def _limit_threads(threads: int) -> None:
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):  # TensorFlow has started already
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)


def compile_dense(task: DenseTask, network: Any) -> bytes:
    """Compile a network for LiteRT, for images of any size.

    Raises ModelError if that fails, or the compiled network gives other logits at some size.
    """
    try:
        compiled = convert_network(network)
        height, width = task.reference
        channels = network.input_shape[-1]
        random = np.random.default_rng(0)
        for times in CHECKED_SIZES:
            image = random.uniform(-1, 1, (1, height, times * width, channels)).astype(np.float32)
            difference = np.abs(
                run_compiled(compiled, image) - np.asarray(network(image, training=False))
            ).max()
            if not difference < DENSE_TOLERANCE:  # "not <" because it may be NaN
                raise ModelError(
                    f"The compiled network differs from the original by {difference:.2g}."
                )
    except ModelError:
        raise
    except Exception as error:  # each layer that LiteRT lacks fails in its own way
        raise ModelError("The network cannot be compiled for LiteRT.") from error
    return compiled


def run_compiled(compiled: bytes, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the logits of a compiled network for (n, h, w, channels) inputs of any size."""
    from ai_edge_litert.interpreter import Interpreter

    from model.network.quiet import quiet_native_code

    with quiet_native_code():
        interpreter = Interpreter(model_content=compiled, num_threads=1)
        (given,), (taken,) = interpreter.get_input_details(), interpreter.get_output_details()
        interpreter.resize_tensor_input(given["index"], inputs.shape)
        interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], inputs)
    interpreter.invoke()
    return np.array(interpreter.get_tensor(taken["index"]), np.float32)


def _dense_card(
    task: DenseTask, config: DenseConfig, corpora: Corpora, progress: Progress, network: Any
) -> Card:
    fixed = in_float32(task, network, task.reference)  # a card states sizes
    made = provenance()
    return Card(
        recipe=task.name,
        finished=made["finished"],
        machine=made["machine"],
        seconds=progress.seconds,
        interrupted=len(progress.epochs) < config.epochs,
        versions=versions(),
        hyperparameters=dataclasses.asdict(config),
        parameters=network.count_params(),
        multiply_adds=multiply_adds(fixed),
        network=summarize_network(fixed),
        data=corpora.card_sources,
        left_out=corpora.notes,
        best_epoch=progress.best_epoch,
        history=tuple(Epoch(**dataclasses.asdict(epoch)) for epoch in progress.epochs),
    )


def _test_figures(task: DenseTask, measured: Measured) -> TestFigures:
    n, accuracy = len(measured.scores), measured.accuracy
    if task.exact:
        interval = wilson_interval(round(accuracy * n), n)
    else:
        error = Z_95 * float(measured.scores.std()) / math.sqrt(n)
        interval = (max(0.0, accuracy - error), min(1.0, accuracy + error))
    return TestFigures(
        n=n,
        accuracy=accuracy,
        accuracy_interval_95=interval,
        set=f"scenes by MNIST's test writers and held-out pens and fonts: {task.measure}",
        loss=measured.loss,
    )


def _save_keras(network: Any, artifact: Artifact) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / artifact.keras.name
        network.save(file)
        write_atomically(artifact.keras, file.read_bytes())
