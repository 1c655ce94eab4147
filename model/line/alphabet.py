"""The characters that the line network knows, and the text of its columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CHARACTERS = "0123456789.,-/:+=?"  # "?" stands for a letter or any other mark
BLANK = len(CHARACTERS)  # the class of a column without a character
CLASS_COUNT = len(CHARACTERS) + 1


def encode_text(text: str) -> list[int]:
    """Return the classes of a text. Raises ValueError for a character that is not known."""
    return [CHARACTERS.index(character) for character in text]


def greedy_text(columns: Sequence[int] | NDArray[np.integer]) -> str:
    """Return the text whose likeliest path goes through these classes, one a column.

    Repeated classes are merged, then blanks are left out (Graves et al. 2006).
    """
    classes = np.asarray(columns)
    if not classes.size:
        return ""
    first = np.append(True, classes[1:] != classes[:-1])
    return "".join(CHARACTERS[k] for k in classes[first & (classes != BLANK)])
