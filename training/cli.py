"""The command line: `python -m training [RECIPE]`, and the commands on trained models."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from model.errors import ModelError
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, sha256
from model.network.load import import_keras
from model.network.quiet import quiet_tensorflow
from training.data.dataset import Dataset
from training.dense import DENSE_TASKS, dense_artifact
from training.distribute import CLUSTER, Workers, launch
from training.errors import TrainingError, require_writable
from training.options import PROGRAM, TrainOptions, command_of, parse, usage_error
from training.recipes import DEFAULT_RECIPE, RECIPES

if TYPE_CHECKING:
    from training.data.run_data import RunData
    from training.fit import History

EXIT_DONE, EXIT_FAILED = 0, 1
NOTES_SHOWN = 20
# With flags of their own: on a trained model, and trainings of the networks for whole images.
COMMANDS = ("evaluate", "export", "compare", "ink", "line", "confidence")
LISTED = RECIPES | DENSE_TASKS
LIST_HEAD = ("recipe", "parameters", "multiply-adds", "test accuracy", "learns from")


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    quiet_tensorflow()
    if arguments[:1] and arguments[0] in COMMANDS:
        return int(import_module(f"training.commands.{arguments[0]}").main(arguments[1:]))
    try:
        options = parse(arguments)
        if options.list_recipes:
            print(recipe_table({name: artifact_of(name, options.out) for name in LISTED}))
            return EXIT_DONE
        refuse_to_replace(options)
        if options.distribute and CLUSTER not in os.environ:
            return launch(options.distribute, [sys.executable, "-m", "training", *arguments])
        return _train(options)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("Stopped; no model was written.", file=sys.stderr)
        return EXIT_FAILED


def artifact_of(recipe: str, folder: Path | None) -> Artifact:
    """Return where a recipe's three files go: those of the default one are the app's model."""
    if recipe in DENSE_TASKS:
        return dense_artifact(recipe, folder)
    if recipe == DEFAULT_RECIPE:
        return Artifact((folder or DEFAULT_MODEL_FILE.parent) / DEFAULT_MODEL_FILE.name)
    return Artifact((folder or DEFAULT_MODEL_FILE.parent / "zoo") / f"{recipe}.keras")


def refuse_to_replace(options: TrainOptions[Any]) -> None:
    """Exit with status 2 where a run without `--out` would replace a model unasked."""
    file = artifact_of(options.recipe, options.out).keras
    if file.exists() and not (options.out or options.preview or options.replace):
        usage_error(
            PROGRAM,
            f"There is a model at {file}. Add --out DIR to write to another folder, or --replace "
            "to replace it",
        )


def recipe_table(artifacts: Mapping[str, Artifact]) -> str:
    """Return a line for each recipe: what it costs, and the accuracy on its model card."""
    rows = [LIST_HEAD]
    for name, artifact in artifacts.items():
        recipe = LISTED[name]
        cost = (f"{recipe.parameters:,}", f"{recipe.multiply_adds:,}")
        rows.append((name, *cost, _test_accuracy(artifact), recipe.learns))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if column in (1, 2) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _test_accuracy(artifact: Artifact) -> str:
    test = artifact.load_card().test if artifact.keras.exists() else None
    if not test:
        return "not trained yet"
    return f"{100 * test.accuracy:.2f}% of {test.n:,}, {test.set}"


def _train(options: TrainOptions[Any]) -> int:
    recipe, config = RECIPES[options.recipe], options.hyperparameters
    if options.resume and not options.resume.exists():
        raise TrainingError(f"{options.resume} does not exist; --resume takes a checkpoint.")
    workers = None
    if options.distribute:
        import_keras()
        workers = Workers()
    from training.data.run_data import load_run_data

    data = load_run_data(options.data, recipe, config, options.limit, options.weights)
    checkpoint = _checkpoint(options, data)
    _print_notes(data.digits.notes)
    if options.preview:
        from training.data.preview import preview

        preview(recipe, config, data, options.preview)
        print("Written:", options.preview)
        return EXIT_DONE
    import_keras()  # once the options and the data are known to be right
    from training.run import follow, train_and_evaluate

    if workers and not workers.is_chief:
        follow(recipe, config, data, workers, checkpoint)
        workers.leave()
        return EXIT_DONE
    artifact = artifact_of(recipe.name, options.out)
    require_writable(artifact.keras.parent, create=True)
    sources = " and ".join(source.name for source in data.card_sources)
    print(f"Training {recipe.name} on {sources}.")
    print(_sizes(data.digits))
    outcome = train_and_evaluate(
        recipe,
        config,
        data,
        artifact,
        command=command_of(options, workers.count if workers else None),
        checkpoint=checkpoint,
        watchers=_watchers(options, config.epochs),
        workers=workers,
    )
    if workers:
        workers.leave()
    if outcome.history.interrupted:
        print("Stopped early; the best weights so far are kept.")
    print(_kept(outcome.history))
    if recipe.reported:
        print(outcome.report)
    print(f"Test accuracy {100 * outcome.accuracy:.2f}%, test loss {outcome.loss:.4f}.")
    print("Written:", ", ".join(str(file) for file in outcome.files))
    return EXIT_DONE


def _kept(history: "History") -> str:
    last, count = history.best_epoch, len(history.epochs)
    if len(history.averaged) == 1:
        return f"Kept epoch {last} of {count}."
    *before, last = history.averaged
    return f"Kept the mean of epochs {', '.join(map(str, before))} and {last} of {count}."


def _print_notes(notes: Sequence[str]) -> None:
    """Print what was left out, a line each; of very many the first."""
    for note in notes[:NOTES_SHOWN]:
        print(f"Left out: {note}")
    if len(notes) > NOTES_SHOWN:
        print(f"Left out: {len(notes) - NOTES_SHOWN} more.")


def _sizes(digits: Dataset) -> str:
    few, many = min(digits.train.per_class), max(digits.train.per_class)
    return (
        f"{len(digits.train):,} images to learn from ({few:,} to {many:,} of each digit), "
        f"{len(digits.validation):,} to validate on, {len(digits.test):,} to test on."
    )


def _watchers(options: TrainOptions[Any], epochs: int) -> list[Any]:
    from training.callbacks import csv_logger, progress_printer, tensorboard

    watchers = [progress_printer(epochs)]
    if options.csv:
        watchers.append(csv_logger(options.csv))
    if options.tensorboard:
        watchers.append(tensorboard(options.tensorboard))
    return watchers


def _checkpoint(options: TrainOptions[Any], data: "RunData") -> Any:
    from training.checkpoint import Checkpoint

    file = options.resume or options.checkpoint
    fingerprint = sha256(msgspec.json.encode(data.card_sources))
    return Checkpoint(file, options.recipe, options.hyperparameters, fingerprint) if file else None
