"""Preprocessing: from the grey levels of an image to the 28x28 input that a network learns from."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.binarize import extract_ink
from model.ink.components import Component, all_ink
from model.network.normalize import SIDE, Pixels, normalize
from model.network.runtime import CLASSES
from model.segment.candidates import Candidate
from model.segment.single import find_single_digit

# From grey levels (h, w) to a 28x28 input in [0, 1], ink bright; None without ink.
Preprocess: TypeAlias = Callable[[Grey], Pixels | None]


def preprocess_image(grey: Grey) -> Pixels | None:
    """Return the input that a reading of one digit makes of an image; None without ink.

    Ink extraction, removal of noise and ruling lines, choice of the components of the digit: the
    reader's own stages. It chooses as the reader does before a network has scored the choices.
    """
    lines = find_single_digit(extract_ink(grey).ink, _first_choice)
    return lines[0][0].pixels if lines else None


def preprocess_clean_image(grey: Grey) -> Pixels | None:
    """Return the input of an image on which all ink is the digit, as in MNIST; None without ink."""
    glyph = all_ink(extract_ink(grey).ink)
    return normalize(glyph.ink) if glyph else None


def preprocess_images(images: NDArray[np.uint8], preprocess: Preprocess) -> NDArray[np.float32]:
    """Return the inputs (n, 28, 28) in [0, 1] of grey images (n, h, w); zeros without ink."""
    pixels = np.zeros((len(images), SIDE, SIDE), np.float32)
    for row, image in zip(pixels, images, strict=True):
        one = preprocess(image)
        if one is not None:
            row[:] = one
    return pixels


def to_bytes(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return inputs in [0, 1] as 0 to 255."""
    return np.rint(255 * pixels).astype(np.uint8)


def _first_choice(components: Sequence[Component]) -> list[Candidate]:
    """Score all alike, so that the reader takes its first choice."""
    alike = np.full(CLASSES, 1 / CLASSES, np.float32)
    return [Candidate(one, normalize(one.ink), alike) for one in components]
