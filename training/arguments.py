"""What can be typed after `python -m training`, and the command that repeats a run."""

import argparse
import json
from pathlib import Path
from typing import Any

from training.errors import TrainingError
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.recipes.config import changed, flags, within, words
from training.sources import FOLDER

SOURCES = (
    "instead of a download: an mnist.npz or a folder with MNIST's four IDX files; folder:DIR or a "
    "zip with a folder of images for each digit, as 0 to 9 or Chars74K's Sample001 to Sample010; a "
    "zip of drawings that the app exported; digits, which come with scikit-learn; pen strokes, as "
    "JSON or as UCI publishes them. Several are mixed; the recipe default needs images and strokes"
)

# The environment variable by which TensorFlow's workers know of each other.
CLUSTER = "TF_CONFIG"


def parser(recipe: str = DEFAULT_RECIPE) -> argparse.ArgumentParser:
    """The flags of a recipe and their help."""
    p = argparse.ArgumentParser(
        prog="python -m training",
        description="Train a network on handwritten digits; writes X.keras, X.tflite and the card "
        f"X.json. The hyperparameters below are those of the recipe {recipe}.",
        epilog="What was trained is judged, compared and written for other programs by python -m "
        "training evaluate, compare and export; each has a --help of its own.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    p.add_argument("recipe", nargs="?", choices=RECIPES, default=recipe)
    p.add_argument("--list", action="store_true", help="list the recipes and what they reached")
    p.add_argument("--data", nargs="+", default=[], metavar="SOURCE", help=SOURCES)
    p.add_argument(
        "--weights",
        type=within(float, 1e-9, 1e9),
        nargs="+",
        default=[],
        metavar="W",
        help="how much of an epoch comes from each source of --data, relative to the others; "
        "without them every digit is shown once",
    )
    p.add_argument(
        "--out", type=Path, metavar="DIR", help="folder; model for the default one, else model/zoo"
    )
    p.add_argument(
        "--config", type=Path, metavar="FILE", help="a card, whose hyperparameters are taken over"
    )
    again = p.add_mutually_exclusive_group()
    again.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="written after every epoch; if it exists, the training goes on from there",
    )
    again.add_argument(
        "--resume", type=Path, metavar="FILE", help="a checkpoint that must exist, to go on from"
    )
    p.add_argument(
        "--limit",
        type=within(int, 1, 10**9),
        metavar="N",
        help="take N digits only, for a quick try",
    )
    p.add_argument(
        "--preview",
        type=Path,
        metavar="PNG",
        help="write a picture of what the network would learn from, and train nothing",
    )
    p.add_argument(
        "--csv", type=Path, metavar="FILE", help="the history as a table, after every epoch"
    )
    p.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="logs for TensorBoard, after every epoch"
    )
    p.add_argument(
        "--distribute",
        type=within(int, 2, 64),
        nargs="?",
        const=2,
        metavar="N",
        help="train across N processes of this machine, or across those that the environment "
        f"variable {CLUSTER} tells of; see docs/distribute.md",
    )
    fields = p.add_argument_group("hyperparameters")
    for flag, options in flags(RECIPES[recipe].config):
        fields.add_argument(flag, **options)
    return p


def parse(typed: list[str]) -> argparse.Namespace:
    """The arguments; which flags there are depends on the recipe, named or that of `--config`.

    Raises TrainingError where `--config` names no card.
    """
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--config", type=Path)
    file = first.parse_known_args(typed)[0].config
    recipe, kept = read_config(file) if file else (DEFAULT_RECIPE, {})
    named = next((word for word in typed if word in RECIPES), recipe)
    known = {flag for flag, _ in flags(RECIPES[named].config)}
    # Another recipe takes over what it has too. What is typed comes later and counts.
    taken = [word for word in words(kept) if word.split()[0].replace("--no-", "--") in known]
    flat = [part for word in taken for part in word.split(maxsplit=1)]
    return parser(named).parse_args([*flat, *typed])


def read_config(file: Path) -> tuple[str, dict[str, Any]]:
    """Recipe and hyperparameters of a card. Raises TrainingError if it is none."""
    try:
        card = json.loads(file.read_text("utf-8"))
        recipe, kept = card["recipe"], dict(card["hyperparameters"])
    except FileNotFoundError:
        raise TrainingError(f"{file} does not exist; --config takes the card of a model.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{file.name} cannot be read as the card of a model.") from error
    if recipe not in RECIPES:
        raise TrainingError(f"{file.name} is of the recipe {recipe}, which is not known here.")
    return recipe, kept


def command_of(arguments: argparse.Namespace, config: Any) -> str:
    """The command that repeats this run, without anybody's folders."""
    typed = ["python -m training", arguments.recipe]
    if arguments.data:
        typed.append(f"--data {' '.join(_without_folders(spec) for spec in arguments.data)}")
    if arguments.weights:
        typed.append(f"--weights {' '.join(f'{weight:g}' for weight in arguments.weights)}")
    if arguments.limit:
        typed.append(f"--limit {arguments.limit}")
    if arguments.distribute:
        typed.append(f"--distribute {arguments.distribute}")
    return " ".join(typed + changed(config))


def _without_folders(spec: str) -> str:
    head = FOLDER if spec.startswith(FOLDER) else ""
    return head + Path(spec.removeprefix(FOLDER)).name
