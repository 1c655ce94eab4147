"""Preview: what a network would learn from, as one picture."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from training.data.run_data import RunData, epochs_for
from training.errors import TrainingError
from training.recipes.base import Recipe

COLUMNS = 20
EXAMPLES = 600  # where they are generated; enough for a row of every digit
INPUT_GAP, PREVIEW_SCALE = 2, 2  # pixels between inputs, and how many times the picture is enlarged
DIGIT_TARGET = 0.5  # largest probability of a target, above which the example is a digit


def preview(recipe: Recipe, config: Any, data: RunData, file: Path) -> None:
    """Write examples of the first epoch as a PNG: a row for each digit, the last for non-digits.

    Raises TrainingError if the file cannot be written.
    """
    if recipe.generated:
        config = dataclasses.replace(config, examples=EXAMPLES)
    with epochs_for(recipe, config, data) as examples:
        pictures, targets = examples.epoch(0)
    if pictures.dtype != np.uint8:
        pictures = np.rint(255 * pictures).astype(np.uint8)
    try:
        Image.fromarray(sheet(pictures, targets)).save(file, "PNG")
    except OSError as error:
        raise TrainingError(f"{file} cannot be written: {error.strerror}.") from error


def sheet(pictures: NDArray[np.uint8], targets: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return inputs (n, 28, 28), 0 to 255, as one grey picture, in rows by target (n, 10)."""
    kinds = np.where(targets.max(axis=1) > DIGIT_TARGET, targets.argmax(axis=1), CLASSES)
    rows = [pictures[kinds == kind][:COLUMNS] for kind in range(CLASSES + 1)]
    rows = [row for row in rows if len(row)]
    cell = SIDE + INPUT_GAP
    # Some grey between the inputs shows their edges.
    whole = np.full((cell * len(rows) + INPUT_GAP, cell * COLUMNS + INPUT_GAP), 96, np.uint8)
    for place, picture in ((p, q) for p, row in enumerate(rows) for q in enumerate(row)):
        top, left = INPUT_GAP + cell * place, INPUT_GAP + cell * picture[0]
        whole[top : top + SIDE, left : left + SIDE] = picture[1]
    return whole.repeat(PREVIEW_SCALE, axis=0).repeat(PREVIEW_SCALE, axis=1)
