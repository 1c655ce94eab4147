"""Train a recipe from the command line: `python -m training [RECIPE]`."""

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path
from typing import Any

from model.artifact import DEFAULT, Artifact
from model.errors import ModelError
from training.data import limit, load_mnist
from training.errors import TrainingError
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.recipes.hyperparameter import changed, flags, within

EXIT_DONE, EXIT_NOT_TRAINED = 0, 1


def parser() -> argparse.ArgumentParser:
    """The flags and their help."""
    p = argparse.ArgumentParser(
        prog="python -m training",
        description="Train a network on MNIST; writes X.keras, X.tflite and the card X.json.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    p.add_argument("recipe", nargs="?", choices=RECIPES, default=DEFAULT_RECIPE)
    p.add_argument("--data", type=Path, metavar="FILE", help="a local mnist.npz, not a download")
    p.add_argument("--out", type=Path, default=DEFAULT.parent, metavar="DIR", help="folder")
    p.add_argument(
        "--limit",
        type=within(int, 1, 10**9),
        metavar="N",
        help="take N digits only, for a quick try",
    )
    fields = p.add_argument_group("hyperparameters")
    for flag, options in flags(RECIPES[DEFAULT_RECIPE].Config):
        fields.add_argument(flag, **options)
    return p


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    arguments = parser().parse_args(argv)
    if arguments.limit and arguments.out == DEFAULT.parent:
        parser().error("--limit needs --out, or a quick try would replace the default model")
    try:
        return _train(arguments)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_NOT_TRAINED
    except KeyboardInterrupt:
        print("Stopped; no model was written.", file=sys.stderr)
        return EXIT_NOT_TRAINED


def _train(arguments: argparse.Namespace) -> int:
    recipe = RECIPES[arguments.recipe]
    names = [field.name for field in dataclasses.fields(recipe.Config)]
    config = recipe.Config(**{name: getattr(arguments, name) for name in names})
    dataset = load_mnist(arguments.data, validation_share=config.validation_share, seed=config.seed)
    if arguments.limit:
        dataset = limit(dataset, arguments.limit)
    _make_folder(arguments.out)
    print(f"Training {arguments.recipe} on {len(dataset.train):,} digits of {dataset.name}.")
    from training.run import train_and_evaluate  # TensorFlow, once the data are known to be there

    outcome = train_and_evaluate(
        recipe,
        config,
        dataset,
        Artifact(arguments.out / DEFAULT.name),
        command=command_of(arguments, config),
    )
    if outcome.history.interrupted:
        print("Stopped early; the best weights so far are kept.")
    best = outcome.history.best_epoch
    print(f"Kept epoch {best} of {len(outcome.history.epochs)}, the best on validation digits.")
    print(f"Test accuracy {100 * outcome.accuracy:.2f} %, test loss {outcome.loss:.4f}.")
    print("Written:", ", ".join(str(file) for file in outcome.files))
    return EXIT_DONE


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # found out now, not after minutes of training
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error


def command_of(arguments: argparse.Namespace, config: Any) -> str:
    """The command that repeats this run, without anybody's folders."""
    words = ["python -m training", arguments.recipe]
    if arguments.data:
        words.append(f"--data {arguments.data.name}")
    if arguments.limit:
        words.append(f"--limit {arguments.limit}")
    return " ".join(words + changed(config))


if __name__ == "__main__":
    sys.exit(main())
