"""Keeping the messages of native libraries out of what a command prints; errors stay loud."""

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Iterator

STDERR = 2  # file descriptor
_redirecting = threading.RLock()  # stderr belongs to the whole process


def quiet_tensorflow() -> None:
    """Silence what TensorFlow logs as it starts; call it before the import.

    Its errors are exceptions too, so that nothing is lost.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("absl").setLevel(logging.ERROR)


def quiet_native_code() -> contextlib.AbstractContextManager[None]:
    """Hide what native code writes to stderr, unless an exception is raised.

    Libraries say there how they were built, and converters print warnings that do not matter,
    before a log level can be set.
    """
    return _filtered_stderr(b"")


def without_notice(notice: bytes) -> contextlib.AbstractContextManager[None]:
    """Hide the lines that native code writes to stderr with this notice in them."""
    return _filtered_stderr(notice)


@contextlib.contextmanager
def _filtered_stderr(noise: bytes) -> Iterator[None]:
    """Hold back stderr, then pass on the lines without this text; after an exception all of them.

    Whatever exceeds the buffer of a pipe is lost.
    """
    with _redirecting:
        if sys.stderr:
            sys.stderr.flush()
        try:
            kept = os.dup(STDERR)
        except OSError:  # this process has no stderr
            yield
            return
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        os.dup2(writing, STDERR)
        os.close(writing)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
            with open(reading, "rb") as held:
                lines = (held.read() or b"").splitlines(keepends=True)
            os.write(STDERR, b"".join(line for line in lines if failed or noise not in line))
