import base64
import io

import numpy as np
import pytest
from PIL import Image

from training.data.epochs import Examples
from training.evaluation.evaluate import correct_examples, mistakes

# Three digits read as 3; the first and the third are others.
PROBABILITIES = np.full((4, 10), 0.01, np.float32)
PROBABILITIES[:, 3] = (0.6, 0.9, 0.8, 0.7)
LABELS = np.array([8, 3, 5, 3])


@pytest.fixture
def digits() -> Examples:
    pixels = np.zeros((4, 28, 28), np.float32)
    pixels[:, 5, 5] = (0.2, 0.4, 0.6, 0.8)
    return Examples(pixels, LABELS)


def test_most_confident_mistake_comes_first(digits: Examples) -> None:
    shown = mistakes(PROBABILITIES, digits)
    assert [(m.label, m.answer, m.confidence) for m in shown] == [(5, 3, 0.8), (8, 3, 0.6)]
    assert mistakes(PROBABILITIES, digits, most=1) == shown[:1]


def test_picture_is_the_28x28_input(digits: Examples) -> None:
    png = mistakes(PROBABILITIES, digits)[0].png
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))))
    assert picture.shape == (28, 28)
    assert picture[5, 5] == round(0.6 * 255)


def test_correct_examples_are_spread_over_the_set(digits: Examples) -> None:
    assert [d.confidence for d in correct_examples(PROBABILITIES, digits)] == [0.9, 0.7]
    assert [d.confidence for d in correct_examples(PROBABILITIES, digits, most=1)] == [0.9]


def test_set_without_mistakes_and_set_without_correct_answers(digits: Examples) -> None:
    assert mistakes(PROBABILITIES, Examples(digits.pixels, np.full(4, 3))) == ()
    assert correct_examples(PROBABILITIES, Examples(digits.pixels, np.full(4, 0))) == ()
