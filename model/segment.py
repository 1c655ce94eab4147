"""The third stage: from an ink map to the marks on it."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.ink import Ink

Box: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Glyph:
    """One mark that may be a digit."""

    ink: NDArray[np.float32]  # (h, w) in [0, 1], ink bright, cropped to the mark
    box: Box  # x, y, w, h in pixels of the ink map


def in_image(box: Box, scale: float) -> Box:
    """A box on a reduced image in the pixels of the image itself."""
    x, y, w, h = (round(edge * scale) for edge in box)
    return x, y, w, h


def segment(ink: Ink, *, single: bool = False) -> list[Glyph]:  # noqa: ARG001
    """Cut the marks out of an ink map, in reading order; with `single`, all ink is one mark.

    So far all ink is one mark either way. Without ink the list is empty.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return []
    y, x = int(rows[0]), int(columns[0])
    height, width = int(rows[-1]) - y + 1, int(columns[-1]) - x + 1
    return [Glyph(ink[y : y + height, x : x + width], (x, y, width, height))]
