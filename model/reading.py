"""What a reading is: typed results, shared by the app, the command line and the tests."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.normalize import Pixels
from model.segment import Box

Status: TypeAlias = Literal["read", "unsure", "blank"]
UNSURE_MARK = "?"


def percent(share: float) -> str:
    """A share for people, with one decimal; what is less than certain is never a round 100 %."""
    return f"{min(99.9, 100 * share):.1f} %"


@dataclass(frozen=True, eq=False)
class Digit:
    """One mark and what it was read as."""

    label: int  # the likeliest digit, 0 to 9
    confidence: float  # its calibrated probability
    accepted: bool  # whether it is stated as fact
    probabilities: NDArray[np.float32]  # (10,), sum 1
    box: Box  # x, y, w, h in pixels of the image
    pixels: Pixels  # (28, 28) in [0, 1], ink bright: what the network saw

    @property
    def runner_up(self) -> int:
        """The second likeliest digit."""
        return int(np.argsort(self.probabilities)[-2])


@dataclass(frozen=True)
class Reading:
    """All that was read on one image."""

    status: Status
    text: str  # "?" stands for a mark that is no sure digit
    digits: tuple[Digit, ...]

    @classmethod
    def of(cls, digits: tuple[Digit, ...]) -> "Reading":
        """The reading that these digits, in reading order, amount to."""
        text = "".join(str(d.label) if d.accepted else UNSURE_MARK for d in digits)
        if not digits:
            return cls("blank", text, digits)
        return cls("read" if all(d.accepted for d in digits) else "unsure", text, digits)
