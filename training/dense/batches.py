"""New examples for every batch, made in other processes while the network learns."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

import cv2
import numpy as np

from training.augment.render import Random
from training.dense.task import Batch
from training.scenes.corpus import Corpus

MakeBatch = Callable[[Corpus, int, Random], Batch]

NICENESS = 5  # of the processes, so that whoever works on the machine comes first
READY = 3  # batches that are made ahead, for each process


class BatchStream:
    """Makes the batches of an epoch; the same seed and numbers give the same ones.

    That holds for any number of processes, since each batch has a seed of its own.
    """

    def __init__(self, pool: ProcessPoolExecutor, workers: int, size: int, seed: int) -> None:
        self._pool, self._size, self._seed = pool, size, seed
        self._ahead = READY * workers
        self._waiting: dict[tuple[int, int], Future[Batch]] = {}

    def epoch(self, number: int, steps: int) -> Iterator[Batch]:
        """Yield so many batches; those of the next epoch are begun at the end."""
        places = deque((number + n // steps, n % steps) for n in range(steps + self._ahead))
        for step in range(steps):
            while places and len(self._waiting) < self._ahead:
                place = places.popleft()
                if place not in self._waiting and place >= (number, step):
                    seed = [self._seed, *place]
                    self._waiting[place] = self._pool.submit(_make_in_worker, self._size, seed)
            yield self._waiting.pop((number, step)).result()


@contextmanager
def batch_stream(
    make: MakeBatch, corpus: Corpus, *, workers: int, size: int, seed: int
) -> Iterator[BatchStream]:
    """Start and end the processes that make batches of `size` examples."""
    # Spawned, since a fork of a process that runs TensorFlow's threads can hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start_maker, initargs=(make, corpus)
    )
    try:
        yield BatchStream(pool, workers, size, seed)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def make_held_out(
    make: MakeBatch, corpus: Corpus, count: int, *, size: int, seed: int
) -> list[Batch]:
    """Return at least `count` examples to measure with, in whole batches of `size`.

    The same seed gives the same ones.
    """
    random = np.random.default_rng([seed, 2**20])  # of no epoch
    return [make(corpus, size, random) for _ in range(0, count, size)]


_maker: list[tuple[MakeBatch, Corpus]] = []  # the process's own


def _start_maker(make: MakeBatch, corpus: Corpus) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that trains answers Ctrl-C
    os.nice(NICENESS)
    cv2.setNumThreads(1)
    _maker.append((make, corpus))


def _make_in_worker(size: int, seed: list[int]) -> Batch:
    make, corpus = _maker[0]
    return make(corpus, size, np.random.default_rng(seed))
