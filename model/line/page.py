"""Reading all text lines of an ink map: what each says, how sure, and what was left out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from model.errors import TooManyComponentsError
from model.image.grayscale import Grey
from model.ink.binarize import Ink
from model.ink.components import Box, Component, Placement
from model.line.confidence import ConfidenceModel
from model.line.crop import box_around
from model.line.reader import (
    LEAST_PROBABILITY,
    MARKS,
    Character,
    LineCheck,
    LineReader,
    LineReading,
)
from model.line.rows import RowParams, TextLine, text_rows
from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from model.reading import UNSURE_MARK, Digit, Line, Reading
from model.settings import Limits


@dataclass(frozen=True)
class PageReaderParams:
    """Thresholds of what counts as a glyph on a text line."""

    rows: RowParams = field(default_factory=RowParams)
    # What is no digit, or was left out, and is at least so high, by the height of the text line,
    # is shown as `?`; a lower one is ignored: a dot, dirt, an underline.
    min_glyph: float = 0.5


@dataclass(frozen=True)
class PageReader:
    """Reads the text lines of a page. Safe to share between threads."""

    lines: LineReader
    confidence: ConfidenceModel
    threshold: float = 0.0  # a digit is accepted from this probability of the digit network on
    params: PageReaderParams = PageReaderParams()

    def read(
        self,
        grey: Grey,
        ink: Ink,
        components: Sequence[Component],
        placement: Placement,
        *,
        pen: Ink | None = None,
        limits: Limits = Limits(),
        name: str = "",
    ) -> list[Line]:
        """Return the text lines of components on an (H, W) image, from top to bottom.

        `placement` is that of the map on the image, `pen` the probability of each pixel that a pen
        wrote it, `name` that of the image in an error. Raises TooManyComponentsError for more
        components than the limits allow.
        """
        rows = self._rows(components, limits, name)
        lines = [self._line(grey, ink, row, placement, pen) for row in rows]
        return [line for line in lines if line is not None]

    def check(self, reading: Reading, grey: Grey, ink: Ink, placement: Placement) -> Reading:
        """Return a reading with the confidence that the line network has in its text lines."""
        return Reading.of([self._checked(line, grey, ink, placement) for line in reading.lines])

    def _checked(self, line: Line, grey: Grey, ink: Ink, placement: Placement) -> Line:
        check = self.check_line(line, grey, ink, placement)
        confidence = self.confidence.of_log_probs(check.line_log_prob, digit_log_prob(line))
        digits = [
            replace(digit, confidence=digit.confidence * seen)
            for digit, seen in zip(line.digits, check.seen, strict=True)
        ]
        return replace(line, written=check.written, confidence=confidence, digits=tuple(digits))

    def check_line(self, line: Line, grey: Grey, ink: Ink, placement: Placement) -> LineCheck:
        """Return what the line network says of a text line that something else read."""
        boxes = [placement.to_map(digit.box) for digit in line.digits]
        return self.lines.check(grey, ink, boxes, line.text)

    def line_readings(
        self, grey: Grey, ink: Ink, components: Sequence[Component], pen: Ink | None = None
    ) -> list[LineReading]:
        """Return what both networks say of each part of a text line, from top to bottom."""
        rows = self._rows(components, Limits(), "")
        return [self._group(grey, ink, group, pen) for row in rows for group in row]

    def _group(
        self, grey: Grey, ink: Ink, group: Sequence[Component], pen: Ink | None
    ) -> LineReading:
        """Read a part of a text line, which is only right if a pen wrote it."""
        reading = self.lines.read(grey, ink, group)
        if pen is None:
            return reading
        sure = math.log(max(LEAST_PROBABILITY, written_share(group, pen)))
        return replace(reading, line_log_prob=reading.line_log_prob + sure)

    def _rows(self, components: Sequence[Component], limits: Limits, name: str) -> list[TextLine]:
        rows = text_rows(components, self.params.rows)
        if sum(len(group) for row in rows for group in row) > limits.max_components:
            what = f"more than {limits.max_components} separate pieces of ink"
            raise TooManyComponentsError(what, name)
        return rows

    def _line(
        self, grey: Grey, ink: Ink, row: TextLine, placement: Placement, pen: Ink | None
    ) -> Line | None:
        """Return the reading of one text line; None if nothing is written on it."""
        written: list[str] = []
        digits: list[Digit] = []
        ignored: list[Box] = []
        confidence = 1.0
        for group in row:
            reading = self._group(grey, ink, group, pen)
            signs, found, rest = self._glyphs(reading, group, placement)
            written += [_with_labels(signs, found)] if signs else []
            digits += found
            ignored += rest
            confidence *= self.confidence.confidence(reading)
        if not written:
            return None
        text = "".join(c for c in "".join(written) if c.isdecimal() or c == UNSURE_MARK)
        boxes = [d.box for d in digits] or [placement.to_image(c.box) for c in row[0]]
        return Line(
            text, " ".join(written), confidence, box_around(boxes), tuple(digits), tuple(ignored)
        )

    def _glyphs(
        self, reading: LineReading, group: Sequence[Component], placement: Placement
    ) -> tuple[str, list[Digit], list[Box]]:
        """Return what is written with `?` for each digit, the digits, and what is ignored."""
        top, bottom = min(c.top for c in group), max(c.bottom for c in group)
        least = self.params.min_glyph * (bottom - top)
        small = [c for c in reading.left_out if c.height < least]
        glyphs = [*reading.characters, *self._marks(reading.left_out, least)]
        written: list[str] = []
        digits: list[Digit] = []
        for glyph in sorted(glyphs, key=lambda glyph: sum(glyph.span)):
            ink = glyph.candidate.component if glyph.candidate else None
            if glyph.character not in MARKS:
                written.append(glyph.character)
            elif glyph.character == UNSURE_MARK and ink is not None and ink.height < least:
                small.append(ink)
            else:
                written.append(UNSURE_MARK)
                digits.append(_as_digit(glyph, placement, (top, bottom), self.threshold))
        return "".join(written), digits, [placement.to_image(c.box) for c in small]

    def _marks(self, left_out: Sequence[Component], least: float) -> list[Character]:
        """Return what was left out, and is so high at least, as characters that are no digit."""
        scored = self.lines.score([c for c in left_out if c.height >= least])
        spans = [(c.component.left, c.component.right) for c in scored]
        return [Character(UNSURE_MARK, *row, 0.0) for row in zip(scored, spans, strict=True)]


def _as_digit(
    character: Character, placement: Placement, rows: tuple[int, int], threshold: float
) -> Digit:
    """Return a character as a digit; one that is no digit, or without ink, is not accepted."""
    candidate = character.candidate
    if candidate is None:
        left, right = character.span
        box = round(left), rows[0], max(1, round(right - left)), rows[1] - rows[0]
        flat = np.full(CLASSES, 1 / CLASSES, np.float32)
        blank = np.zeros((SIDE, SIDE), np.float32)
        return Digit(0, 1 / CLASSES, False, flat, placement.to_image(box), blank)
    digit = candidate.to_digit(placement, threshold)
    if character.character != str(digit.label):
        return replace(digit, accepted=False)
    return replace(digit, confidence=digit.confidence * character.seen)


def digit_log_prob(line: Line) -> float:
    """Return the log of the digit network's probability of all digits of a text line."""
    return sum(math.log(max(LEAST_PROBABILITY, d.confidence)) for d in line.digits)


def written_share(components: Sequence[Component], pen: Ink) -> float:
    """Return the mean probability that a pen wrote the ink of components."""
    parts = [(c, pen[c.top : c.bottom, c.left : c.right]) for c in components]
    total = sum(float(c.ink.sum()) for c in components)
    return sum(float((c.ink * part).sum()) for c, part in parts) / max(1e-6, total)


def _with_labels(written: str, digits: Sequence[Digit]) -> str:
    """Return what is written with the labels of accepted digits in the places of `?`."""
    labels = iter(str(d.label) if d.accepted else UNSURE_MARK for d in digits)
    return "".join(next(labels) if c == UNSURE_MARK else c for c in written)
