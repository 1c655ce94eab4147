"""One training across several processes, on this machine or on many, by TensorFlow's collectives.

Every worker has all the data, generates the same epochs from the same seed and takes its share of
each batch; `tf.distribute.MultiWorkerMirroredStrategy` adds up the gradients, so that all weights
stay the same. Keras's own `fit` fails under that strategy, see docs/distribute.md; its training
step does not.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

import numpy as np

from model.network.load import import_keras
from training.checkpoint import EpochFigures
from training.data.epochs import EpochSource, Examples, as_inputs
from training.errors import TrainingError
from training.evaluation.metrics import cross_entropy

# The environment variable by which TensorFlow's workers know of each other.
CLUSTER = "TF_CONFIG"
SECONDS_TO_END = 30  # for a worker, when another has ended
VALIDATION_BATCH = 1000


class Workers:
    """All processes of a training, seen from this one. The constructor waits until all are there.

    `TF_CONFIG` says where they are. To be constructed before TensorFlow does anything else.
    Raises TrainingError if that variable does not describe several workers.
    """

    def __init__(self) -> None:
        import_keras()
        import tensorflow as tf

        try:
            cluster = json.loads(os.environ[CLUSTER])
            first = "chief" if "chief" in cluster["cluster"] else "worker"
            self.is_chief = (cluster["task"]["type"], int(cluster["task"]["index"])) == (first, 0)
            self.strategy = tf.distribute.MultiWorkerMirroredStrategy()
        except (ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                f"{CLUSTER} does not describe workers as TensorFlow expects it; docs/distribute.md "
                "has an example."
            ) from error
        self.count = int(self.strategy.num_replicas_in_sync)
        self._network: Any = None
        self._step: Any = None

    def epoch(
        self,
        network: Any,
        config: Any,
        source: EpochSource,
        validation: Examples,
        *,
        number: int,
        stop: threading.Event,
    ) -> EpochFigures:
        """Train one epoch, `config.batch_size` examples a step in total; return the same figures.

        Raises KeyboardInterrupt in every process if `stop` is set in one when an epoch begins, and
        TrainingError if another process has gone.
        """
        import tensorflow as tf

        try:
            if self._mean(float(stop.is_set())) > 0:
                raise KeyboardInterrupt
            self._train(network, *source.epoch(number), config.batch_size)
            metrics = network.get_metrics_result()
            for statistic in network.non_trainable_weights:  # of each one's own examples
                statistic.assign(self._mean(statistic.numpy()))
        except tf.errors.OpError as error:
            raise TrainingError("Another process of this training has stopped.") from error
        probabilities = self._probabilities(network, validation)
        return EpochFigures(
            loss=float(metrics["cross_entropy"]),
            accuracy=float(metrics["accuracy"]),
            val_loss=cross_entropy(probabilities, validation.labels),
            val_accuracy=float((probabilities.argmax(axis=1) == validation.labels).mean()),
        )

    def _train(self, network: Any, pictures: Any, targets: Any, batch_size: int) -> None:
        import tensorflow as tf

        if min(batch_size, len(pictures)) < self.count:
            raise TrainingError(
                f"A batch of {min(batch_size, len(pictures))} cannot be shared among {self.count}."
            )
        if self._network is not network:  # a step is traced once for each network
            self._network = network
            self._step = tf.function(
                lambda *batch: self.strategy.run(network.train_step, args=(batch,))
            )
        network.reset_metrics()
        for start in range(0, len(pictures), batch_size):
            batch = slice(start, start + batch_size)
            inputs = as_inputs(pictures[batch])
            # The last examples of an epoch are skipped where there are fewer than workers.
            if len(inputs) >= self.count:
                self._step(self._shared(inputs), self._shared(targets[batch]))

    def _shared(self, rows: Any) -> Any:
        """Return the rows in equal shares: the mean of their losses is that of the batch."""
        import tensorflow as tf

        whole = len(rows) // self.count * self.count
        return self.strategy.experimental_distribute_values_from_function(
            lambda of: tf.constant(rows[of.replica_id_in_sync_group : whole : self.count])
        )

    def _probabilities(self, network: Any, examples: Examples) -> Any:
        """Return (n, 10) probabilities, computed by this process alone."""
        starts = range(0, len(examples.labels), VALIDATION_BATCH)
        parts = [
            network(examples.inputs[at : at + VALIDATION_BATCH], training=False) for at in starts
        ]
        return np.concatenate([np.asarray(part) for part in parts])

    def _mean(self, value: Any) -> Any:
        """Return the mean over all processes; each waits here for the others."""
        import tensorflow as tf

        values = self.strategy.experimental_distribute_values_from_function(
            lambda _: tf.constant(value, tf.float32)
        )
        return self.strategy.reduce("MEAN", values, axis=None).numpy()

    def leave(self) -> None:
        """Wait until all are ready to end, since one that ends early counts as crashed."""
        import tensorflow as tf

        with suppress(tf.errors.OpError):
            self._mean(0)


def launch(count: int, command: Sequence[str]) -> int:
    """Run a command in `count` processes of this machine that know of each other.

    Return the exit status of the first, which writes all files and prints. The others are silent.
    """
    places = [f"127.0.0.1:{port}" for port in _free_ports(count)]
    children = []
    for index in range(count):
        task = {"cluster": {"worker": places}, "task": {"type": "worker", "index": index}}
        quiet = subprocess.DEVNULL if index else None
        environment = os.environ | {CLUSTER: json.dumps(task)}
        children.append(subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet))  # noqa: S603
    default = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the children too
    try:
        return _wait(children)
    finally:
        signal.signal(signal.SIGINT, default)
        for child in children:
            child.terminate()
            child.wait()


def _wait(children: Sequence["subprocess.Popen[bytes]"]) -> int:
    """Wait until the first has ended, or another has failed; return the exit status."""
    first, *others = children
    while first.poll() is None:
        if any(other.poll() for other in others):
            with suppress(subprocess.TimeoutExpired):
                return first.wait(SECONDS_TO_END)
            print("Another process of this training has stopped.", file=sys.stderr)
            return 1
        time.sleep(0.1)
    return int(first.returncode)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
