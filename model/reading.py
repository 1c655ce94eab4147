"""What a reading is: typed results, shared by the app, the command line and the tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # the modules of these types import OpenCV and Pillow
    from model.image.grayscale import Grey
    from model.ink.binarize import Ink
    from model.ink.components import Box
    from model.network.normalize import Pixels

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
    box: "Box"  # x, y, w, h in pixels of the image
    pixels: "Pixels"  # (28, 28) in [0, 1], ink bright: what the network saw

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
    def of(cls, lines: Sequence[Sequence[Digit]]) -> "Reading":
        """The reading that these lines of digits, in reading order, amount to."""
        text = "\n".join(
            "".join(str(d.label) if d.accepted else UNSURE_MARK for d in line) for line in lines
        ).strip("\n")
        digits = tuple(digit for line in lines for digit in line)
        if not digits:
            return cls("blank", text, digits)
        return cls("read" if all(d.accepted for d in digits) else "unsure", text, digits)


@dataclass(frozen=True, eq=False)
class Trace:
    """A reading with the picture of every stage that led to it."""

    grey: "Grey"  # (H, W) uint8, as decoded, reduced if it was large
    contrast: "Ink"  # (H, W) in [0, 1], how far each pixel is from the paper under it, ink bright
    ink: "Ink"  # (H, W) in [0, 1], without grain, rules and frames
    reading: Reading
