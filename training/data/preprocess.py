"""From images of digits to what a network learns from: the same stages that a reading takes."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.binarize import extract_ink
from model.ink.components import all_ink
from model.network.normalize import SIDE, Pixels, normalize

# From grey levels (h, w) to a picture (28, 28) in [0, 1], ink bright; None where there is no ink.
Prepare: TypeAlias = Callable[[Grey], Pixels | None]


def prepare_image(grey: Grey) -> Pixels | None:
    """The picture that a network sees of all ink on an image; None without ink."""
    mark = all_ink(extract_ink(grey).ink)
    return normalize(mark.ink) if mark else None


def prepare(images: NDArray[np.uint8], how: Prepare = prepare_image) -> NDArray[np.float32]:
    """Images (n, h, w), each of one digit, to (n, 28, 28) float32 in [0, 1], ink bright.

    An image without ink becomes all zero.
    """
    pixels = np.zeros((len(images), SIDE, SIDE), np.float32)
    for row, image in zip(pixels, images, strict=True):
        picture = how(image)
        if picture is not None:
            row[:] = picture
    return pixels
