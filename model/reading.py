"""The result of a reading: typed, shared by the app, the command line and the tests."""

import itertools
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
class ConfidenceParams:
    """Thresholds of the confidence of a text; probabilities."""

    # A text of several digits on a drawing is stated from this confidence on: an estimate.
    bound: float = 0.95
    refused: float = 0.5  # what a refused digit counts at most: it may be no digit at all


def text_confidence(
    digits: Sequence[Digit], params: ConfidenceParams = ConfidenceParams()
) -> float:
    """Return the probability that all of these digits are right, in [0, 1]; 1 for none."""
    return math.prod(
        d.confidence if d.accepted else min(d.confidence, params.refused) for d in digits
    )


@dataclass(frozen=True)
class Line:
    """The reading of one text line."""

    text: str  # digits alone, left to right; "?" stands for a glyph that is not confidently a digit
    written: str  # as it is written, with its signs
    confidence: float  # that the text is right as a whole, in [0, 1]
    box: "Box"  # around its digits: x, y, w, h in pixels of the image
    digits: tuple[Digit, ...]
    ignored: tuple["Box", ...] = ()  # of ink near the digits that was left out, in such pixels

    @classmethod
    def of(
        cls, digits: Sequence[Digit], written: str | None = None, ignored: Sequence["Box"] = ()
    ) -> "Line":
        """Return the text line of at least one digit; without `written` it has no signs."""
        text = "".join(str(d.label) if d.accepted else UNSURE_MARK for d in digits)
        left, top = min(d.box[0] for d in digits), min(d.box[1] for d in digits)
        right = max(d.box[0] + d.box[2] for d in digits)
        bottom = max(d.box[1] + d.box[3] for d in digits)
        return cls(
            text,
            text if written is None else written,
            text_confidence(digits),
            (left, top, right - left, bottom - top),
            tuple(digits),
            tuple(ignored),
        )

    def with_digits(self, digits: Sequence[Digit]) -> "Line":
        """Return the line with other readings of the same glyphs; its signs stay."""
        labels = iter(str(d.label) if d.accepted else UNSURE_MARK for d in digits)
        written = "".join(
            next(labels) if c.isdigit() or c == UNSURE_MARK else c for c in self.written
        )
        return Line.of(digits, written, self.ignored)

    def adding(self, left_out: Sequence[Digit], ignored: Sequence["Box"]) -> "Line":
        """Return the line with glyphs that were left out, `?` at their places, and ignored ink."""
        digits, written = list(self.digits), list(self.written)
        for glyph in left_out:
            place = sum(_middle(d) <= _middle(glyph) for d in digits)
            signs = [n for n, c in enumerate(written) if c.isdigit() or c == UNSURE_MARK]
            written.insert(signs[place] if place < len(digits) else len(written), UNSURE_MARK)
            digits.insert(place, glyph)
        return Line.of(digits, "".join(written), [*self.ignored, *ignored])

    def doubted(self, bound: float) -> "Line":
        """Return the line without its least confident digits: at least one is refused.

        The others are right together with at least this probability.
        """
        accepted = sorted((d for d in self.digits if d.accepted), key=lambda d: -d.confidence)
        together = itertools.accumulate((d.confidence for d in accepted), operator.mul)
        kept = sum(confidence >= bound for confidence in together)
        if len(accepted) == len(self.digits):  # none is refused yet
            kept = min(kept, len(accepted) - 1)
        return self.without(accepted[kept:]) if accepted else self

    def without(self, refused: Sequence[Digit]) -> "Line":
        """Return the line with `?` in the place of these digits; its confidence stays."""
        digits = [replace(d, accepted=d.accepted and d not in refused) for d in self.digits]
        return replace(self.with_digits(digits), confidence=self.confidence)


def _middle(digit: Digit) -> float:
    """Return the column in the middle of a digit."""
    return digit.box[0] + digit.box[2] / 2


@dataclass(frozen=True)
class Reading:
    """The reading of one image."""

    status: Status
    text: str  # those of its lines, joined by newlines
    written: str  # likewise
    confidence: float  # that the text is right as a whole, in [0, 1]; 1 for a blank image
    lines: tuple[Line, ...]  # in reading order

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Reading":
        """Return the reading of these text lines: "read" where every digit is accepted."""
        accepted = all(digit.accepted for line in lines for digit in line.digits)
        return cls(
            ("read" if accepted else "unsure") if lines else "blank",
            "\n".join(line.text for line in lines),
            "\n".join(line.written for line in lines),
            math.prod(line.confidence for line in lines),
            tuple(lines),
        )

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits of all lines, in reading order."""
        return tuple(digit for line in self.lines for digit in line.digits)

    def stated_from(self, bound: float) -> "Reading":
        """Return the reading as it may be stated where a text must be right with this probability.

        Text lines are stated, the most confident first, as long as they are right together with at
        least that probability; each of the others loses at least its least confident digit.
        """
        together, stated = 1.0, set()
        for number in sorted(range(len(self.lines)), key=lambda n: -self.lines[n].confidence):
            together *= self.lines[number].confidence
            if together < bound:
                break
            stated.add(number)
        if len(stated) == len(self.lines):
            return self
        return Reading.of(
            [
                line if number in stated else line.doubted(bound)
                for number, line in enumerate(self.lines)
            ]
        )


@dataclass(frozen=True, eq=False)
class Trace:
    """A reading with the result of every stage that led to it."""

    grey: "Grey"  # (H, W) uint8, as decoded, reduced if it was large
    contrast: "Ink"  # (H, W) in [0, 1], difference of each pixel from the background, ink bright
    ink: "Ink"  # (H, W) in [0, 1], without grain, ruling lines and frames
    reading: Reading
    size: tuple[int, int] | None = None  # width, height of the image; None for those of `grey`
    is_photo: bool = False  # whether the background has grain; that of a drawing has none

    def draw(self, stage: "Stage") -> "Image":
        """Return the picture of a stage: see `model.image.draw.draw_stage`."""
        from model.image.draw import draw_stage

        return draw_stage(self, stage)
