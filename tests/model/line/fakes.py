"""Text lines of plain shapes, and networks with known answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.binarize import Ink
from model.ink.components import Box, Component, find_components
from model.line.alphabet import BLANK, CHARACTERS, CLASS_COUNT
from model.line.ctc import LogProbs
from model.line.features import STRIDE
from model.segment.candidates import Candidate

Answer = Mapping[str, float]  # probabilities of characters; the rest is the blank

IMPOSSIBLE = 1e-7  # probability of what an answer does not name


@dataclass
class FakeLineNetwork:
    """Sees the answers spread evenly over the ink of a line, each in one column."""

    answers: Sequence[Answer]

    def log_probs(self, pixels: NDArray[np.float32]) -> LogProbs:
        """(32, W, 1) to (W / 4, classes)."""
        probabilities = np.full((-(-pixels.shape[1] // STRIDE), CLASS_COUNT), IMPOSSIBLE)
        probabilities[:, BLANK] = 1
        inked = np.flatnonzero(pixels[..., 0].max(axis=0) > 0.5)
        left, width = inked[0], inked[-1] + 1 - inked[0]
        for n, answer in enumerate(self.answers):
            row = probabilities[int(left + (n + 0.5) * width / len(self.answers)) // STRIDE]
            row[BLANK] = max(IMPOSSIBLE, 1 - sum(answer.values()))
            for character, probability in answer.items():
                row[CHARACTERS.index(character)] = probability
        return np.asarray(np.log(probabilities / probabilities.sum(axis=1, keepdims=True)))


@dataclass
class FakeDigitNetwork:
    """Is sure of the digit that a function names, or of none; remembers what it was asked."""

    digit_of: Callable[[Component], int | None]
    sure: float = 0.99
    asked: list[Component] = field(default_factory=list)

    def __call__(self, components: Sequence[Component]) -> list[Candidate]:
        """Score components as `Recognizer.score` does."""
        self.asked += components
        return [self._candidate(component) for component in components]

    def _candidate(self, component: Component) -> Candidate:
        digit = self.digit_of(component)
        probabilities = np.full(10, 0.1 if digit is None else (1 - self.sure) / 9, np.float32)
        if digit is not None:
            probabilities[digit] = self.sure
        return Candidate(component, np.zeros((28, 28), np.float32), probabilities)


def shapes(
    *boxes: Box, size: tuple[int, int] = (100, 300), light: bool = False
) -> tuple[Grey, Ink, list[Component]]:
    """Return an image of filled boxes, its ink map and its components; `size` is (H, W)."""
    ink = np.zeros(size, np.float32)
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = 1
    grey = np.asarray(255 * (ink if light else 1 - ink), np.uint8)
    return grey, ink, find_components(ink)


def bars(count: int, left: int = 30, top: int = 30) -> list[Box]:
    """Return the boxes of so many bars beside each other, 20 wide and 40 high."""
    return [(left + 35 * n, top, 20, 40) for n in range(count)]
