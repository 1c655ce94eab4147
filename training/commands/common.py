"""What the commands on trained models share: their data and how they tell of an error."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from model.errors import ModelError
from model.network.artifact import Artifact, write_atomically
from training.data.dataset import Dataset, LabelledImages
from training.data.epochs import Examples
from training.data.preprocess import Preprocess, preprocess_image
from training.errors import DataError, TrainingError
from training.evaluation.pretrained import PretrainedModel, load_pretrained
from training.recipes import RECIPES
from training.recipes.config import within
from training.sources import MNIST, load, load_test_set

EXIT_DONE, EXIT_NOT_DONE = 0, 1
VALIDATION_SHARE = 0.1  # which digits are to test on does not depend on it
SAMPLE = 64  # pictures by which a network's outputs are known


def run(command: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> int:
    """Run a command; the exit status. What went wrong is told in a sentence."""
    try:
        command(arguments)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_NOT_DONE
    return EXIT_DONE


def add_data(parser: argparse.ArgumentParser, default: str = MNIST) -> None:
    """The flags that choose digits to judge by."""
    parser.add_argument(
        "--data",
        nargs="+",
        default=[default],
        metavar="SOURCE",
        help="real digits, as for a training: mnist (downloaded), an mnist.npz, digits, "
        f"folder:DIR, drawings that the app exported, pen strokes; {default} where left out",
    )


def add_limit(parser: argparse.ArgumentParser) -> None:
    """The flag for a quick look."""
    parser.add_argument(
        "--limit", type=within(int, 1, 10**9), metavar="N", help="take N digits, drawn by lot"
    )


def held_out(
    specs: Sequence[str],
    cards: Sequence[dict[str, Any]],
    most: int | None,
    prepare: Preprocess = preprocess_image,
) -> Dataset:
    """Sources to test on, without what a model with one of these cards has learned from.

    Of a source that a card names, the test part of that training is taken; of any other its own
    test set, else all of it. `most` digits, drawn by lot. Raises DataError where a source cannot
    be read, or the models were trained on different parts of it.
    """
    found = load_test_set(specs, prepare=prepare)
    own = {source.sha256 for source in found.card_sources}
    seeds = {card["hyperparameters"]["seed"] for card in cards if own & _learned(card)}
    parts = [
        load(specs, seed=seed, validation_share=VALIDATION_SHARE, prepare=prepare)
        for seed in sorted(seeds)
    ]
    for part in parts[1:]:
        if not np.array_equal(part.test.images, parts[0].test.images):
            raise DataError(
                f"The models learned from different parts of {found.name}; they can be compared "
                "on digits only that none of them has learned from."
            )
    return _some(parts[0] if parts else found, most)


def prepare_of(card: dict[str, Any]) -> Preprocess:
    """How the recipe of a card makes pictures of images; a reader's way for any other network."""
    recipe = RECIPES.get(card.get("recipe", ""))
    return recipe.preprocess if recipe else preprocess_image


def _learned(card: dict[str, Any]) -> set[str]:
    return {str(source["sha256"]) for source in card.get("data", ())}


def _some(found: Dataset, most: int | None) -> Dataset:
    if not most or most >= len(found.test):
        return found
    places = np.random.default_rng(0).permutation(len(found.test))[:most]
    return replace(found, name=f"{found.name}, {most} of its digits", test=found.test.take(places))


def load_pretrained_for(file: Path, digits: LabelledImages) -> PretrainedModel:
    """A model to judge on these digits."""
    return load_pretrained(file, Examples.of(digits.take(slice(SAMPLE))).pixels)


def card_of(file: Path) -> dict[str, Any]:
    """The card beside a model; an empty one where there is none that describes it."""
    return Artifact(file).usable_card() if file.is_file() else {}


def write(file: Path, content: bytes) -> None:
    """Write a file; raises TrainingError where that is not possible."""
    try:
        write_atomically(file, content)
    except OSError as error:
        raise TrainingError(f"{file} cannot be written: {error.strerror}.") from error
