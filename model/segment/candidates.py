"""Candidates: glyphs with the network's probabilities, by which segmentations are compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from model.ink.components import Component, Placement
from model.network.normalize import Pixels
from model.network.runtime import Probabilities
from model.reading import Digit


@dataclass(frozen=True)
class GlyphParams:
    """Thresholds that all steps of segmentation share.

    Lengths are shares of the height of the digits; confidences are probabilities.
    """

    small_height: float = 0.45  # a lower component may be a dot, a dash, or part of a digit
    min_whole_height: float = 0.7  # a lower glyph is no whole digit by itself
    max_gap: float = 0.3  # parts of one digit are no further apart
    likely: float = 0.5  # from this confidence on a glyph is more likely a digit than not
    confident: float = 0.8  # from this confidence on a glyph is not split


@dataclass(frozen=True, eq=False)
class Candidate:
    """A component taken as a glyph, and the network's probabilities for it."""

    component: Component
    pixels: Pixels  # (28, 28) in [0, 1], ink bright
    probabilities: Probabilities  # (10,), calibrated
    uncertain: bool = False  # whether its surroundings speak against a digit

    @property
    def confidence(self) -> float:
        """The probability of its likeliest digit; low for a non-digit."""
        return float(self.probabilities.max())

    def to_digit(self, placement: Placement, threshold: float = 0.0) -> Digit:
        """Return its likeliest digit; it is accepted from a confidence on, unless uncertain.

        `placement` is that of the ink map on the image.
        """
        return Digit(
            int(self.probabilities.argmax()),
            self.confidence,
            self.confidence >= threshold and not self.uncertain,
            self.probabilities,
            placement.to_image(self.component.box),
            self.pixels,
        )


# Scores components, each taken as one digit.
Scorer: TypeAlias = Callable[[Sequence[Component]], list[Candidate]]
