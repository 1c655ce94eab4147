"""A corpus of a few shapes, for scenes without any data."""

import numpy as np
import pytest

from tests.training.conftest import drawn, pen_digits
from training.augment.fonts import HandwritingFonts
from training.scenes.corpus import Corpus


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Ten drawings as one writer's images and strokes, and the handwriting fonts."""
    digits, pens, typefaces = drawn(3, 1), pen_digits(1), HandwritingFonts.load()
    writer = [np.flatnonzero(digits.labels == label).tolist() for label in range(10)]
    return Corpus(
        images=digits.images,
        labels=digits.labels,
        image_writers=(writer,),
        strokes=pens.strokes,
        stroke_writers=([[label] for label in range(10)],),
        faces=typefaces.digits,
        letters=typefaces.letters,
    )
