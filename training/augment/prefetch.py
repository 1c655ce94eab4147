"""New examples for every epoch, generated in a second process while the network learns."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

import cv2
import numpy as np
from numpy.typing import NDArray

from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from training.augment.characters import Mixture, WritingSamples
from training.augment.generator import ExampleGenerator

Epoch = tuple[NDArray[np.uint8], NDArray[np.float32]]  # (n, 28, 28) inputs, (n, 10) targets


class GeneratedEpochs:
    """An `EpochSource` of generated examples; it prefetches the epoch after the last requested."""

    def __init__(
        self, pool: ProcessPoolExecutor, mixture: Callable[[int], Mixture], count: int, seed: int
    ) -> None:
        self._pool, self._mixture, self._seed = pool, mixture, seed
        self.count = count  # examples an epoch
        self._next: tuple[int, Future[Epoch]] | None = None

    def epoch(self, number: int) -> Epoch:
        """Return the examples of an epoch; the same seed and number give the same ones."""
        prefetched = self._next if self._next and self._next[0] == number else None
        future = prefetched[1] if prefetched else self._submit(number)
        self._next = (number + 1, self._submit(number + 1))
        return future.result()

    def _submit(self, number: int) -> "Future[Epoch]":
        return self._pool.submit(
            _generate_epoch, self._mixture(number), self.count, self._seed, number
        )


@contextmanager
def generated_epochs(
    samples: WritingSamples, mixture: Callable[[int], Mixture], *, count: int, seed: int
) -> Iterator[GeneratedEpochs]:
    """Start and end the process that generates `count` examples an epoch.

    `mixture` says for an epoch's number, counted from 0, how often each kind of example comes.
    """
    # Spawned, since a fork of a process that runs TensorFlow's threads can hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        1, mp_context=context, initializer=_start_worker, initargs=(samples,)
    )
    try:
        yield GeneratedEpochs(pool, mixture, count, seed)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def generate(generator: ExampleGenerator, count: int, seed: list[int]) -> Epoch:
    """Return `count` examples; the same seed gives the same ones."""
    random = np.random.default_rng(seed)
    inputs = np.empty((count, SIDE, SIDE), np.uint8)
    targets = np.empty((count, CLASSES), np.float32)
    for place in range(count):
        inputs[place], targets[place] = generator.example(random)
    return inputs, targets


_worker_samples: list[WritingSamples] = []  # the worker's own


def _start_worker(samples: WritingSamples) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that trains answers Ctrl-C
    cv2.setNumThreads(1)  # the images are tiny, and the other core trains
    _worker_samples.append(samples)


def _generate_epoch(mixture: Mixture, count: int, seed: int, number: int) -> Epoch:
    return generate(ExampleGenerator(_worker_samples[0], mixture), count, [seed, number])
