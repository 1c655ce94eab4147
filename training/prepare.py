"""From images of digits to what a network learns from: the same stages that a reading takes."""

import numpy as np
from numpy.typing import NDArray

from model.ink import find_ink
from model.marks import whole
from model.normalize import SIDE, normalize


def prepare(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Images (n, h, w), each of one digit, to (n, 28, 28) float32 in [0, 1], ink bright.

    An image without ink becomes all zero.
    """
    pixels = np.zeros((len(images), SIDE, SIDE), np.float32)
    for row, image in zip(pixels, images, strict=True):
        if mark := whole(find_ink(image)[1]):
            row[:] = normalize(mark.ink)
    return pixels
