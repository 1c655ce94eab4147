"""What happens during a training: progress on the screen, a table, TensorBoard, Ctrl-C.

The loggers are Keras callbacks. `training.fit` calls them once for every epoch, counted from 1, and
for the epochs before a break too when a training is resumed.
"""

import contextlib
import importlib.util
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model.network.load import import_keras
from training.errors import TrainingError, require_writable


def progress_printer(epochs: int) -> Any:
    """Return a callback that prints accuracies, the best epoch so far and the time left."""
    keras_callbacks: Any = import_keras().callbacks

    class ProgressPrinter(keras_callbacks.Callback):  # type: ignore[misc]
        best, best_epoch = -1.0, 0

        def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
            if logs["val_accuracy"] > self.best:
                self.best, self.best_epoch = logs["val_accuracy"], epoch
            left = logs["seconds"] / epoch * (epochs - epoch)
            print(
                f"Epoch {epoch} of {epochs}: training accuracy {100 * logs['accuracy']:.2f}%, "
                f"validation accuracy {100 * logs['val_accuracy']:.2f}% (best "
                f"{100 * self.best:.2f}% in epoch {self.best_epoch}), "
                f"at most {_duration(left)} left.",
                flush=True,
            )

    return ProgressPrinter()


def csv_logger(file: Path) -> Any:
    """Return a callback that writes a row an epoch: its number, losses, accuracies, seconds so far.

    Raises TrainingError where the file cannot be written.
    """
    require_writable(file.parent)
    if file.is_dir():
        raise TrainingError(f"{file} is a folder; name a file in it.")
    return import_keras().callbacks.CSVLogger(str(file))


def tensorboard(folder: Path) -> Any:
    """Return a callback that logs scalars, in the folders `train` and `validation`.

    Raises TrainingError where TensorBoard is not installed or the folder cannot be written.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise TrainingError(
            "TensorBoard is not installed; pip install tensorboard brings it, or leave out "
            "--tensorboard."
        )
    require_writable(folder, create=True)
    return import_keras().callbacks.TensorBoard(str(folder), write_graph=False)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


@contextlib.contextmanager
def ctrl_c_as_event() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an event, since raised inside TensorFlow it aborts the process.

    The second one interrupts at once, as always.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals come to the main one
        yield stop
        return
    default = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, default)

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, default)


def stopper(stop: threading.Event) -> Any:
    """Return a callback that raises KeyboardInterrupt after the batch in which `stop` was set."""
    keras_callbacks: Any = import_keras().callbacks

    class Stopper(keras_callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
            if stop.is_set():
                raise KeyboardInterrupt

    return Stopper()


def progress_bar(epochs: int) -> Any:
    """Return Keras's progress bar; it shows all epochs though `fit` is called for one at a time."""
    keras_callbacks: Any = import_keras().callbacks

    class ProgressBar(keras_callbacks.ProgbarLogger):  # type: ignore[misc]
        def set_params(self, params: dict[str, Any]) -> None:
            super().set_params(params | {"epochs": epochs})

    return ProgressBar()
