"""The recogniser's opinion of a mark, which decides between ways to cut and join ink."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from model.ink.components import Component
from model.network.normalize import Pixels
from model.network.runtime import Probabilities


@dataclass(frozen=True, eq=False)
class Candidate:
    """A mark and what the network makes of it."""

    mark: Component
    pixels: Pixels  # (28, 28) in [0, 1], ink bright
    probabilities: Probabilities  # (10,), calibrated
    doubtful: bool = False  # whether what is around it speaks against its being a digit

    @property
    def confidence(self) -> float:
        """The probability of its likeliest digit; low for what is no digit."""
        return float(self.probabilities.max())


Scorer: TypeAlias = Callable[[Sequence[Component]], list[Candidate]]
