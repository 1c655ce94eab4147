"""Writing samples, few enough to generate examples from them at once."""

import numpy as np
from numpy.typing import NDArray

from model.network.normalize import normalize
from tests.training.conftest import drawn, pen_digits
from training.augment.characters import WritingSamples
from training.augment.stroke_templates import Stroke
from training.augment.strokes import DRAWINGS, render

IMAGES, PEN = drawn(2, 5), pen_digits(1)
SAMPLES = WritingSamples(IMAGES.images, IMAGES.labels, PEN.strokes, PEN.labels)


def digit_strokes(digit: int) -> list[Stroke]:
    return [np.array(stroke, np.float32) for stroke in DRAWINGS[digit]]


def sharp_digit(digit: int) -> NDArray[np.uint8]:
    """Return a digit like those of MNIST, full ink up to the edges of its strokes, (28, 28)."""
    drawn = (255 - render(digit, side=280, brush=24)).astype(np.float32) / 255
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    part = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(
        np.rint(255 * np.minimum(1, 1.5 * normalize(np.asarray(part, np.float32)))), np.uint8
    )


def normalized(image: np.ndarray) -> np.ndarray:
    seen = image > 0.08 * image.max()
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    part = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return normalize(np.asarray(part / 255, np.float32))
