"""Train a recipe from the command line: `python -m training [RECIPE]`."""

import argparse
import dataclasses
import os
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from model.errors import ModelError
from model.network.artifact import DEFAULT, Artifact, sha256
from training.arguments import CLUSTER, command_of, parse, parser
from training.data.dataset import Dataset
from training.errors import TrainingError
from training.recipes import DEFAULT_RECIPE, RECIPES

if TYPE_CHECKING:
    from training.fit import History

EXIT_DONE, EXIT_NOT_TRAINED = 0, 1
NOTES_SHOWN = 20
COMMANDS = ("evaluate", "export", "compare")  # of a trained model, each with flags of its own


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    words = sys.argv[1:] if argv is None else argv
    if words[:1] and words[0] in COMMANDS:
        return int(import_module(f"training.commands.{words[0]}").main(words[1:]))
    try:
        arguments = parse(words)
        if arguments.list:
            from training.listing import listing

            print(listing({name: artifact_of(name, arguments.out) for name in RECIPES}))
            return EXIT_DONE
        if arguments.limit and not arguments.out and not arguments.preview:
            parser(arguments.recipe).error(
                "--limit needs --out, or a quick try would replace a real model"
            )
        if arguments.distribute and CLUSTER not in os.environ:
            from training.distribute import launch

            command = [sys.executable, "-m", "training", *words]
            return launch(arguments.distribute, command)
        return _train(arguments)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_NOT_TRAINED
    except KeyboardInterrupt:
        print("Stopped; no model was written.", file=sys.stderr)
        return EXIT_NOT_TRAINED


def _train(arguments: argparse.Namespace) -> int:
    recipe = RECIPES[arguments.recipe]
    names = [field.name for field in dataclasses.fields(recipe.config)]
    config = recipe.config(**{name: getattr(arguments, name) for name in names})
    if arguments.resume and not arguments.resume.exists():
        raise TrainingError(f"{arguments.resume} does not exist; --resume takes a checkpoint.")
    workers = _workers(arguments)
    from training.data.run_data import load  # TensorFlow, once the arguments are known to be right

    materials = load(arguments.data, recipe, config, arguments.limit, arguments.weights)
    checkpoint = _checkpoint(arguments, config, materials)
    _tell(materials.digits.notes)
    if arguments.preview:
        from training.data.preview import preview

        preview(recipe, config, materials, arguments.preview)
        print("Written:", arguments.preview)
        return EXIT_DONE
    if workers and not workers.is_chief:
        from training.run import follow

        follow(recipe, config, materials, workers, checkpoint)
        workers.leave()
        return EXIT_DONE
    artifact = artifact_of(recipe.name, arguments.out)
    _make_folder(artifact.keras.parent)
    watchers = _watchers(arguments, config.epochs)
    sources = " and ".join(source.name for source in materials.card_sources)
    print(f"Training {recipe.name} on {sources}.")
    print(_sizes(materials.digits))
    from training.run import train_and_evaluate

    outcome = train_and_evaluate(
        recipe,
        config,
        materials,
        artifact,
        command=command_of(arguments, config),
        checkpoint=checkpoint,
        watchers=watchers,
        workers=workers,
    )
    if workers:
        workers.leave()
    if outcome.history.interrupted:
        print("Stopped early; the best weights so far are kept.")
    print(_kept(outcome.history))
    if recipe.reported:
        print(outcome.report)
    print(f"Test accuracy {100 * outcome.accuracy:.2f} %, test loss {outcome.loss:.4f}.")
    print("Written:", ", ".join(str(file) for file in outcome.files))
    return EXIT_DONE


def _kept(history: "History") -> str:
    last, of = history.best_epoch, len(history.epochs)
    if len(history.averaged) == 1:
        return f"Kept epoch {last} of {of}."
    *before, last = history.averaged
    return f"Kept the mean of epochs {', '.join(map(str, before))} and {last} of {of}."


def _workers(arguments: argparse.Namespace) -> Any:
    if not arguments.distribute:
        return None
    from training.distribute import Workers

    workers = Workers()
    arguments.distribute = workers.count  # which TF_CONFIG knows better
    return workers


def _tell(notes: Sequence[str]) -> None:
    """What was left out, in a line each; of very many the first."""
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


def _watchers(arguments: argparse.Namespace, epochs: int) -> list[Any]:
    from training.callbacks import lines, table, tensorboard

    watchers = [lines(epochs)]
    if arguments.csv:
        watchers.append(table(arguments.csv))
    if arguments.tensorboard:
        watchers.append(tensorboard(arguments.tensorboard))
    return watchers


def artifact_of(recipe: str, folder: Path | None) -> Artifact:
    """Where a recipe's three files go: the default one is the model that the app reads with."""
    if recipe == DEFAULT_RECIPE:
        return Artifact((folder or DEFAULT.parent) / DEFAULT.name)
    return Artifact((folder or DEFAULT.parent / "zoo") / f"{recipe}.keras")


def _checkpoint(arguments: argparse.Namespace, config: Any, materials: Any) -> Any:
    from training.checkpoint import Checkpoint

    file = arguments.resume or arguments.checkpoint
    data = sha256(msgspec.json.encode(materials.card_sources))
    return Checkpoint(file, arguments.recipe, config, data) if file else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # found out now, not after minutes of training
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main())
