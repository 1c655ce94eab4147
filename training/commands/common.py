"""What the commands on trained models share: flags, digits to test on, and loading a model."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

from tyro.conf import arg

from model.card import Card
from model.errors import ModelError
from model.network.artifact import Artifact, write_atomically
from model.network.quiet import quiet_native_code
from training.data.dataset import LabelledImages
from training.data.epochs import Examples
from training.errors import TrainingError
from training.evaluation.pretrained import PretrainedModel, load_pretrained

T = TypeVar("T")
ModelFile: TypeAlias = Annotated[Path, arg(metavar="MODEL")]
OutputFile: TypeAlias = Annotated[Path | None, arg(metavar="FILE")]

EXIT_DONE, EXIT_FAILED = 0, 1
SAMPLE_SIZE = 64  # digits that show whether a network gives probabilities, logits or scores


def run(command: Callable[[T], None], options: T) -> int:
    """Run a command; return the exit status. What went wrong is printed as one sentence."""
    try:
        command(options)
    except (TrainingError, ModelError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return EXIT_DONE


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
