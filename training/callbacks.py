"""Following a training: lines for the person, a table for other programs, TensorBoard."""

import contextlib
import importlib.util
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from model.network.artifact import write_atomically
from training.checkpoint import Progress
from training.errors import TrainingError

# Called after every epoch, and once before the first of a run that goes on.
Watcher: TypeAlias = Callable[[Progress], None]

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")


def lines(epochs: int) -> Watcher:
    """Prints how good the network is, which epoch is the best so far, and the time left."""

    def tell(progress: Progress) -> None:
        done, now = len(progress.epochs), progress.epochs[-1]
        best = progress.epochs[progress.best_epoch - 1]["val_accuracy"]
        left = progress.seconds / done * (epochs - done)
        print(
            f"Epoch {done} of {epochs} done: {100 * now['accuracy']:.2f} % right in training, "
            f"{100 * now['val_accuracy']:.2f} % of the validation digits; kept so far: epoch "
            f"{progress.best_epoch} with {100 * best:.2f} %; {_duration(left)} left at most.",
            flush=True,
        )

    return tell


def table(file: Path) -> Watcher:
    """Writes the history anew as CSV, in one step, so that a reader never sees half of it.

    Columns: `COLUMNS`; accuracies and losses of an epoch, and the seconds of training up to its
    end. Raises TrainingError where the file cannot be written.
    """
    _try_to_write(file.parent)

    def write(progress: Progress) -> None:
        rows = [
            ",".join(str(value) for value in (number, *(epoch.get(c, "") for c in COLUMNS[1:])))
            for number, epoch in enumerate(progress.epochs, 1)
        ]
        write_atomically(file, ("\n".join([",".join(COLUMNS), *rows]) + "\n").encode())

    return write


def tensorboard(folder: Path) -> Watcher:
    """Writes scalars for TensorBoard, runs `train` and `validation` beside each other.

    Raises TrainingError where TensorBoard is not installed or the folder cannot be written.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise TrainingError(
            "TensorBoard is not installed; pip install tensorboard brings it, or leave out "
            "--tensorboard."
        )
    _try_to_write(folder, make=True)
    import tensorflow as tf

    runs = {"train": "", "validation": "val_"}
    writers = {run: tf.summary.create_file_writer(str(folder / run)) for run in runs}
    written: list[dict[str, float]] = []

    def write(progress: Progress) -> None:
        for number, epoch in enumerate(progress.epochs[len(written) :], len(written) + 1):
            for run, prefix in runs.items():
                _scalars(tf, writers[run], epoch, prefix, number)
            written.append(epoch)

    return write


def _scalars(tf: Any, writer: Any, epoch: dict[str, float], prefix: str, number: int) -> None:
    with writer.as_default(step=number):
        for name in ("loss", "accuracy"):
            tf.summary.scalar(name, epoch[prefix + name])
    writer.flush()


def _try_to_write(folder: Path, *, make: bool = False) -> None:
    """Find out now, not after an epoch, that the folder cannot be written."""
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


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
