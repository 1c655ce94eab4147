"""The commands `python -m training ink` and `python -m training line`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from tyro.conf import FlagCreatePairsOff, arg

from model.errors import ModelError
from model.network.artifact import sha256
from training.checkpoint import Checkpoint, EpochFigures
from training.dense import dense_artifact
from training.dense.run import train_dense
from training.dense.task import DenseConfig, DenseTask
from training.errors import TrainingError, require_writable
from training.options import (
    PROGRAM,
    START,
    Sources,
    parse_as,
    usage_error,
    without_folders,
)
from training.recipes.config import changed, within
from training.scenes.corpus import load_corpora

H = TypeVar("H", bound=DenseConfig)

EXIT_DONE, EXIT_FAILED = 0, 1


@dataclass(frozen=True)
class DenseOptions(Generic[H]):
    """The flags of a training. The fields of the configuration are flags too."""

    hyperparameters: Annotated[H, arg(name="")]
    data: Sources = ()
    """Instead of a download: an mnist.npz, beside which or after which mnist-writers.npz names the
    writer of each digit; other images of digits as for the recipes; pen strokes as JSON."""
    out: Annotated[Path | None, arg(metavar="DIR")] = None
    """Folder for the model; else model/."""
    replace: FlagCreatePairsOff[bool] = False
    """Without --out: replace the model that is there."""
    checkpoint: Annotated[Path | None, arg(metavar="FILE"), START] = None
    """Written after every epoch; if it exists, the training goes on from there."""
    resume: Annotated[Path | None, arg(metavar="FILE"), START] = None
    """A checkpoint, which must exist, to go on from."""
    csv: Annotated[Path | None, arg(metavar="FILE")] = None
    """Write the history as a table, after every epoch."""
    workers: Annotated[int, within(int, 1, 64)] = 1
    """Processes that make examples; their number changes nothing but the time."""
    threads: Annotated[int, within(int, 1, 64)] = 1
    """Threads of TensorFlow that learn."""


def parse_dense(task: DenseTask, arguments: list[str]) -> DenseOptions[Any]:
    """Parse the command line. Exits with status 2 where it is wrong."""
    config = task.config
    return parse_as(
        DenseOptions[config],  # type: ignore[valid-type]  # a class that is known at run time
        arguments,
        f"{PROGRAM} {task.name}",
        f"Train the {task.name} network on {task.learns}. Writes {task.name}_model.keras, .tflite "
        f"and the model card .json. Its accuracy is the {task.measure}.",
        default=DenseOptions(hyperparameters=config()),
    )


def run_dense(task: DenseTask, arguments: list[str]) -> int:
    """Run the command; return the exit status. What went wrong is printed as one sentence."""
    options = parse_dense(task, arguments)
    file = dense_artifact(task.name, options.out).keras
    if file.exists() and not (options.out or options.replace):
        usage_error(
            f"{PROGRAM} {task.name}",
            f"There is a model at {file}. Add --out DIR to write to another folder, or --replace "
            "to replace it",
        )
    try:
        _train_task(task, options)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("Stopped; no model was written.", file=sys.stderr)
        return EXIT_FAILED
    return EXIT_DONE


def _train_task(task: DenseTask, options: DenseOptions[Any]) -> None:
    config = options.hyperparameters
    artifact = dense_artifact(task.name, options.out)
    if options.resume and not options.resume.exists():
        raise TrainingError(f"{options.resume} does not exist; --resume takes a checkpoint.")
    if find_spec("matplotlib") is None:  # told now, not by a process that makes examples
        raise TrainingError(
            "matplotlib is not installed, whose fonts print the words of scenes; "
            "pip install -r requirements-training.txt brings it."
        )
    require_writable(artifact.keras.parent, create=True)
    corpora = load_corpora(options.data, seed=config.seed)
    for note in corpora.notes:
        print(note)
    checkpoint = None
    if saved := options.resume or options.checkpoint:
        sources = sha256(msgspec.json.encode(corpora.card_sources))
        checkpoint = Checkpoint(saved, task.name, config, sources)
    print(f"Training {task.name} on {task.learns}; accuracy is the {task.measure}.", flush=True)
    outcome = train_dense(
        task,
        config,
        corpora,
        artifact,
        command=command_of_dense(task, options),
        workers=options.workers,
        threads=options.threads,
        checkpoint=checkpoint,
        report=_reporter(config.epochs, options.csv),
    )
    card, test = outcome.card, outcome.card.test
    assert test is not None  # noqa: S101  every run is tested
    if card.interrupted:
        print("Stopped early; the best weights so far are kept.")
    print(f"Kept epoch {card.best_epoch} of {len(card.history)}.")
    print(f"Test accuracy {100 * test.accuracy:.2f}%, test loss {test.loss:.4f}.")
    print("Written:", ", ".join(str(file) for file in outcome.files))


def command_of_dense(task: DenseTask, options: DenseOptions[Any]) -> str:
    """Return the command that repeats this run, without the folders of this machine."""
    data = " ".join(without_folders(spec) for spec in options.data)
    typed = [f"{PROGRAM} {task.name}", *([f"--data {data}"] if data else [])]
    threads = [f"--threads {options.threads}"] if options.threads > 1 else []
    return " ".join(typed + changed(options.hyperparameters) + threads)


def _reporter(epochs: int, table: Path | None) -> Callable[[int, EpochFigures], None]:
    """Print each epoch, and write the table of all epochs so far."""
    if table:
        require_writable(table.parent)
    names = ["epoch", *(field.name for field in fields(EpochFigures))]
    rows = [",".join(names)]

    def report(number: int, figures: EpochFigures) -> None:
        left = figures.seconds / number * (epochs - number)
        print(
            f"Epoch {number} of {epochs}: training loss {figures.loss:.4f}, accuracy "
            f"{100 * figures.accuracy:.2f}%; validation loss {figures.val_loss:.4f}, accuracy "
            f"{100 * figures.val_accuracy:.2f}%; about {left / 60:.0f} min left.",
            flush=True,
        )
        values = [getattr(figures, name) for name in names[1:]]
        rows.append(",".join([str(number), *(f"{value:.6g}" for value in values)]))
        if table:
            table.write_text("\n".join(rows) + "\n", encoding="utf-8")

    return report
