"""Ctrl-C during a training."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def ctrl_c_as_event() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an event, since raised inside TensorFlow it aborts the process.

    The second one interrupts at once, as ever.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals come to the main one
        yield stop
        return
    usual = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, usual)


def stopper(keras: Any, stop: threading.Event) -> Any:
    """A callback that raises KeyboardInterrupt after the batch during which `stop` was set."""

    class Stopper(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
            if stop.is_set():
                raise KeyboardInterrupt

    return Stopper()
