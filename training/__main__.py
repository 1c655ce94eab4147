"""Train a recipe from the command line: `python -m training [RECIPE]`."""

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model.artifact import DEFAULT, Artifact
from model.errors import ModelError
from training.errors import TrainingError
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.recipes.hyperparameter import changed, flags, within
from training.sources import FOLDER

EXIT_DONE, EXIT_NOT_TRAINED = 0, 1
NOTES_SHOWN = 20


def parser(recipe: str = DEFAULT_RECIPE) -> argparse.ArgumentParser:
    """The flags of a recipe and their help."""
    p = argparse.ArgumentParser(
        prog="python -m training",
        description="Train a network on handwritten digits; writes X.keras, X.tflite and the card "
        f"X.json. The hyperparameters below are those of the recipe {recipe}.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    p.add_argument("recipe", nargs="?", choices=RECIPES, default=DEFAULT_RECIPE)
    p.add_argument(
        "--data",
        nargs="+",
        default=[],
        metavar="SOURCE",
        help="instead of a download: an mnist.npz or a folder with MNIST's four IDX files; "
        "folder:DIR or a zip with a folder of images for each digit, as 0 to 9 or Chars74K's "
        "Sample001 to Sample010; a zip of drawings that the app exported; digits, which come with "
        "scikit-learn; pen strokes, as JSON or as UCI publishes them. Several are mixed; the "
        "recipe default needs images and strokes",
    )
    p.add_argument(
        "--out", type=Path, metavar="DIR", help="folder; model for the default one, else model/zoo"
    )
    p.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="written after every epoch; if it exists, the training goes on from there",
    )
    p.add_argument(
        "--limit",
        type=within(int, 1, 10**9),
        metavar="N",
        help="take N digits only, for a quick try",
    )
    fields = p.add_argument_group("hyperparameters")
    for flag, options in flags(RECIPES[recipe].Config):
        fields.add_argument(flag, **options)
    return p


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    words = sys.argv[1:] if argv is None else argv
    # Which flags there are depends on the recipe.
    recipe = next((word for word in words if word in RECIPES), DEFAULT_RECIPE)
    arguments = parser(recipe).parse_args(words)
    if arguments.limit and not arguments.out:
        parser(recipe).error("--limit needs --out, or a quick try would replace a real model")
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
    from training.materials import load  # TensorFlow, once the arguments are known to be right

    materials = load(arguments.data, recipe, config, arguments.limit)
    _tell(materials.digits.notes)
    artifact = artifact_of(recipe.NAME, arguments.out)
    _make_folder(artifact.keras.parent)
    print(f"Training {recipe.NAME} on {' and '.join(str(d['name']) for d in materials.described)}.")
    from training.run import train_and_evaluate

    outcome = train_and_evaluate(
        recipe,
        config,
        materials,
        artifact,
        command=command_of(arguments, config),
        checkpoint=_checkpoint(arguments.checkpoint, recipe.NAME, config),
    )
    if outcome.history.interrupted:
        print("Stopped early; the best weights so far are kept.")
    best = outcome.history.best_epoch
    print(f"Kept epoch {best} of {len(outcome.history.epochs)}.")
    print(f"Test accuracy {100 * outcome.accuracy:.2f} %, test loss {outcome.loss:.4f}.")
    print("Written:", ", ".join(str(file) for file in outcome.files))
    return EXIT_DONE


def _tell(notes: Sequence[str]) -> None:
    """What was left out, in a line each; of very many the first."""
    for note in notes[:NOTES_SHOWN]:
        print(f"Left out: {note}")
    if len(notes) > NOTES_SHOWN:
        print(f"Left out: {len(notes) - NOTES_SHOWN} more.")


def artifact_of(recipe: str, folder: Path | None) -> Artifact:
    """Where a recipe's three files go: the default one is the model that the app reads with."""
    if recipe == DEFAULT_RECIPE:
        return Artifact((folder or DEFAULT.parent) / DEFAULT.name)
    return Artifact((folder or DEFAULT.parent / "zoo") / f"{recipe}.keras")


def _checkpoint(file: Path | None, recipe: str, config: Any) -> Any:
    from training.checkpoint import Checkpoint

    return Checkpoint(file, recipe, config) if file else None


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
        words.append(f"--data {' '.join(_without_folders(spec) for spec in arguments.data)}")
    if arguments.limit:
        words.append(f"--limit {arguments.limit}")
    return " ".join(words + changed(config))


def _without_folders(spec: str) -> str:
    head = FOLDER if spec.startswith(FOLDER) else ""
    return head + Path(spec.removeprefix(FOLDER)).name


if __name__ == "__main__":
    sys.exit(main())
