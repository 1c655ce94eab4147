"""A fresh set of examples for every epoch, made in a second process while the network learns."""

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
from training.augment.generator import Maker, Mix, Sources

Epoch = tuple[NDArray[np.uint8], NDArray[np.float32]]  # (n, 28, 28) pictures, (n, 10) targets


class Stream:
    """Epochs of examples by number; the one after the last that was asked for is made ahead."""

    def __init__(
        self, pool: ProcessPoolExecutor, mix: Callable[[int], Mix], count: int, seed: int
    ) -> None:
        self._pool, self._mix, self._count, self._seed = pool, mix, count, seed
        self._ahead: tuple[int, Future[Epoch]] | None = None

    def epoch(self, number: int) -> Epoch:
        """The examples of an epoch; the same seed and number give the same ones."""
        ahead = self._ahead if self._ahead and self._ahead[0] == number else None
        future = ahead[1] if ahead else self._make(number)
        self._ahead = (number + 1, self._make(number + 1))
        return future.result()

    def _make(self, number: int) -> "Future[Epoch]":
        return self._pool.submit(_make_epoch, self._mix(number), self._count, self._seed, number)


@contextmanager
def stream(
    sources: Sources, mix: Callable[[int], Mix], *, count: int, seed: int
) -> Iterator[Stream]:
    """A stream of `count` examples an epoch, with the process that makes them.

    `mix` says for an epoch's number, counted from 0, how often each kind of example comes.
    """
    # Spawned, since a fork of a process that runs TensorFlow's threads can hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        1, mp_context=context, initializer=_start_worker, initargs=(sources,)
    )
    try:
        yield Stream(pool, mix, count, seed)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def make(maker: Maker, count: int, seed: list[int]) -> Epoch:
    """`count` examples by a maker."""
    random = np.random.default_rng(seed)
    pictures = np.empty((count, SIDE, SIDE), np.uint8)
    targets = np.empty((count, CLASSES), np.float32)
    for place in range(count):
        pictures[place], targets[place] = maker.example(random)
    return pictures, targets


_sources: list[Sources] = []  # the worker's own


def _start_worker(sources: Sources) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that trains answers Ctrl-C
    cv2.setNumThreads(1)  # tiny images; the other core trains
    _sources.append(sources)


def _make_epoch(mix: Mix, count: int, seed: int, number: int) -> Epoch:
    return make(Maker(_sources[0], mix), count, [seed, number])
