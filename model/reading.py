"""The result of a reading: typed, shared by the app, the command line and the tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # the modules of these types import OpenCV and Pillow
    from PIL.Image import Image

    from model.image.draw import Stage
    from model.image.grayscale import Grey
    from model.ink.binarize import Ink
    from model.ink.components import Box
    from model.network.normalize import Pixels

Status: TypeAlias = Literal["read", "unsure", "blank"]
UNSURE_MARK = "?"


def percent(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage, `97.3%`; never a round 100%, which is certainty."""
    return f"{min(100 - 10**-decimals, 100 * share):.{decimals}f}%"


@dataclass(frozen=True, eq=False)
class Digit:
    """A glyph and its reading."""

    label: int  # the likeliest digit, 0 to 9
    confidence: float  # its calibrated probability
    accepted: bool  # whether it is stated as fact
    probabilities: NDArray[np.float32]  # (10,), sum 1
    box: "Box"  # x, y, w, h in pixels of the image
    pixels: "Pixels"  # (28, 28) in [0, 1], ink bright: the network's input

    @property
    def runner_up(self) -> int:
        """The second likeliest digit."""
        return int(np.argsort(self.probabilities)[-2])


@dataclass(frozen=True)
class Reading:
    """The reading of one image."""

    status: Status
    text: str  # "?" stands for a glyph that is not confidently a digit
    digits: tuple[Digit, ...]

    @classmethod
    def of(cls, lines: Sequence[Sequence[Digit]]) -> "Reading":
        """Return the reading of these text lines of digits, in reading order."""
        text = "\n".join(
            "".join(str(d.label) if d.accepted else UNSURE_MARK for d in line) for line in lines
        ).strip("\n")
        digits = tuple(digit for line in lines for digit in line)
        if not digits:
            return cls("blank", text, digits)
        return cls("read" if all(d.accepted for d in digits) else "unsure", text, digits)


@dataclass(frozen=True, eq=False)
class Trace:
    """A reading with the result of every stage that led to it."""

    grey: "Grey"  # (H, W) uint8, as decoded, reduced if it was large
    contrast: "Ink"  # (H, W) in [0, 1], difference of each pixel from the background, ink bright
    ink: "Ink"  # (H, W) in [0, 1], without grain, ruling lines and frames
    reading: Reading
    size: tuple[int, int] | None = None  # width, height of the image; None for those of `grey`

    def draw(self, stage: "Stage") -> "Image":
        """Return the picture of a stage: see `model.image.draw.draw_stage`."""
        from model.image.draw import draw_stage

        return draw_stage(self, stage)
