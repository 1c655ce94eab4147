"""What the commands on trained models share: flags, digits to test on, and loading a model."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import numpy as np
from tyro.conf import arg

from model.card import Card
from model.errors import ModelError
from model.network.artifact import Artifact, write_atomically
from training.data.dataset import Dataset, LabelledImages
from training.data.epochs import Examples
from training.errors import DataError, TrainingError
from training.evaluation.pretrained import PretrainedModel, load_pretrained
from training.logs import quiet_native_code
from training.sources import load, load_test_set

T = TypeVar("T")
ModelFile: TypeAlias = Annotated[Path, arg(metavar="MODEL")]
OutputFile: TypeAlias = Annotated[Path | None, arg(metavar="FILE")]

EXIT_DONE, EXIT_FAILED = 0, 1
VALIDATION_SHARE = 0.1  # which digits are to test on does not depend on it
SAMPLE_SIZE = 64  # digits that show whether a network gives probabilities, logits or scores


def run(command: Callable[[T], None], options: T) -> int:
    """Run a command; return the exit status. What went wrong is printed as one sentence."""
    try:
        command(options)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return EXIT_DONE


def held_out(specs: Sequence[str], cards: Sequence[Card], most: int | None) -> Dataset:
    """Return sources to test on, without what a model with one of these cards has learned from.

    Of a source on a card it is the test part of that training; of any other its own test set, else
    all of it; of that at most `most` random digits. Images are preprocessed as the reader does,
    whatever the preprocessing of a recipe was: it is the reader that is evaluated. Raises DataError
    where a source cannot be read, or the models were trained on different parts of it.
    """
    found = load_test_set(specs)
    own = {source.sha256 for source in found.card_sources}
    seeds = {seed_of(card) for card in cards if own & {source.sha256 for source in card.data}}
    parts = [load(specs, seed=seed, validation_share=VALIDATION_SHARE) for seed in sorted(seeds)]
    for part in parts[1:]:
        if not np.array_equal(part.test.images, parts[0].test.images):
            raise DataError(
                f"The models learned from different parts of {found.name}; they can be compared "
                "on digits only that none of them has learned from."
            )
    return _random_digits(parts[0] if parts else found, most)


def seed_of(card: Card) -> int:
    """Return the seed by which a training split its sources; 0 for a model without one."""
    seed = card.hyperparameters.get("seed")
    return seed if isinstance(seed, int) else 0


def _random_digits(found: Dataset, most: int | None) -> Dataset:
    if not most or most >= len(found.test):
        return found
    places = np.random.default_rng(0).permutation(len(found.test))[:most]
    return replace(found, name=f"{found.name}, {most} of its digits", test=found.test.take(places))


def load_pretrained_for(file: Path, digits: LabelledImages) -> PretrainedModel:
    """Load a model to evaluate on these digits."""
    with quiet_native_code():
        return load_pretrained(file, Examples.of(digits.take(slice(SAMPLE_SIZE))).pixels)


def card_of(file: Path) -> Card:
    """Return the card beside a model; an empty one where there is none that describes it."""
    return Artifact(file).load_card() if file.is_file() else Card()


def write(file: Path, content: bytes) -> None:
    """Write a file. Raises TrainingError where that is not possible."""
    try:
        write_atomically(file, content)
    except OSError as error:
        raise TrainingError(f"{file} cannot be written: {error.strerror}.") from error
