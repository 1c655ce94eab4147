"""Reading many image files on all cores."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

from model.errors import DigitReaderError
from model.network.artifact import Artifact
from model.options import ReadOptions
from model.reading import Reading
from model.recognizer import Recognizer

Outcome: TypeAlias = Reading | DigitReaderError

ALONE = 1.0  # seconds; starting other processes takes about as long
AT_ONCE = 8  # files handed to a process, so that handing over costs little


def read_files(
    recognizer: Recognizer,
    model: Path,
    files: Sequence[Path],
    options: ReadOptions = ReadOptions(),
    *,
    alone: float = ALONE,
) -> Iterator[Outcome]:
    """Read files in order; yield the reading of each, or its error.

    The `recognizer` of the `.keras` file `model` reads for the first `alone` seconds, then a
    process on every core reads the rest.
    """
    start, done = time.monotonic(), 0
    # Without a compiled model each process would load TensorFlow.
    together = _cores() > 1 and Artifact(model).read_compiled() is not None
    for file in files:
        if together and time.monotonic() - start >= alone:
            break
        yield _outcome(recognizer, file, options)
        done += 1
    if done < len(files):
        yield from _read_together(model, files[done:], options)


def _outcome(recognizer: Recognizer, file: Path, options: ReadOptions) -> Outcome:
    try:
        return recognizer.read(file, options)
    except DigitReaderError as error:
        return error


def _cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read_together(model: Path, files: Sequence[Path], options: ReadOptions) -> Iterator[Outcome]:
    # Spawned, since a forked process would inherit locks held by other threads.
    pool = ProcessPoolExecutor(_cores(), get_context("spawn"), _begin)
    try:
        yield from pool.map(partial(_read_in_process, model, options), files, chunksize=AT_ONCE)
    finally:  # the caller may stop early
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that prints
    cv2.setNumThreads(1)  # the other cores have processes of their own


def _read_in_process(model: Path, options: ReadOptions, file: Path) -> Outcome:
    return _outcome(_cached_recognizer(model), file, options)


@cache
def _cached_recognizer(model: Path) -> Recognizer:
    return Recognizer.load(model)
