"""Training and reading preprocess images alike."""

import numpy as np
import pytest
from PIL import Image

from model import Recognizer
from model.image.grayscale import to_grey
from tests.training.conftest import drawn
from training.augment.photos import PHOTO_STYLES, photo
from training.augment.strokes import render
from training.data.epochs import Examples
from training.data.preprocess import preprocess_clean_image, preprocess_image


@pytest.mark.parametrize("name", PHOTO_STYLES)
@pytest.mark.parametrize("digit", [3, 5])
def test_training_learns_the_input_that_the_reader_makes_of_a_photo(
    recognizer: Recognizer, name: str, digit: int
) -> None:
    taken = photo(PHOTO_STYLES[name], str(digit), seed=digit)
    (read,) = recognizer.read(taken.pixels, single=True).digits
    learned = preprocess_image(to_grey(Image.fromarray(taken.pixels)))
    assert learned is not None
    # Once a network has scored the choices, the reader leaves out residue of one photo, which
    # training keeps.
    least = 0.8 if (name, digit) == ("small on a large photo", 3) else 0.95
    assert np.corrcoef(learned.ravel(), read.pixels.ravel())[0, 1] > least


@pytest.mark.parametrize("digit", range(10))
def test_drawing_is_the_same_either_way(digit: int) -> None:
    grey = render(digit)
    noisy, clean = preprocess_image(grey), preprocess_clean_image(grey)
    assert noisy is not None
    assert clean is not None
    assert np.array_equal(noisy, clean)


def test_blank_image_has_no_input() -> None:
    blank = np.full((60, 60), 255, np.uint8)
    assert preprocess_image(blank) is None
    assert preprocess_clean_image(blank) is None


def test_images_of_the_form_of_mnist_keep_all_their_ink() -> None:
    """They contain the digit alone, so that even a single pixel of it is used."""
    digits = drawn(1, 1)
    digits.images[0, 2, 2] = 255
    expected = preprocess_clean_image(digits.images[0])
    assert expected is not None
    assert np.array_equal(Examples.of(digits).pixels[0], expected)
