"""Reading one text line: the line network says what may stand there, the digit network checks it.

Two networks that fail on different images: the line network sees a digit between its neighbours,
on grey levels; the digit network sees it alone, cut out of the ink. The text is the one of the
likeliest few whose digits both find likely together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.binarize import Ink
from model.ink.components import Box, Component, merged
from model.line.alphabet import BLANK, CHARACTERS
from model.line.columns import ColumnParams, Segments, Span, segment_by_columns
from model.line.crop import CropParams, LineImage, box_around, crop_line
from model.line.ctc import (
    BeamParams,
    Classes,
    Hypothesis,
    LogProbs,
    align,
    beam_search,
    columns_needed,
    log_prob,
)
from model.line.features import line_features
from model.segment.candidates import Candidate, Scorer

MARKS = "0123456789?"  # what is no sign
LEAST_PROBABILITY = 1e-4  # probability; so that its logarithm is finite


class LineNetwork(Protocol):
    """The line network: grey levels of a text line to the probabilities of its columns."""

    def log_probs(self, pixels: NDArray[np.float32]) -> LogProbs:
        """(32, W, 1) of `line_features` to (columns, classes) log probabilities."""
        ...


@dataclass(frozen=True)
class LineParams:
    """Thresholds of all steps of reading a text line."""

    crop: CropParams = field(default_factory=CropParams)
    beam: BeamParams = field(default_factory=BeamParams)
    columns: ColumnParams = field(default_factory=ColumnParams)
    # So many of the likeliest texts are checked by the digit network, if their log probability is
    # not further than this below that of the likeliest.
    texts: int = 4
    max_behind: float = 6.0
    max_digit_width: float = 1.5  # by its height; a narrower text line may be one digit
    digit_weight: float = 0.5  # of the digit network's log probabilities beside the line network's


class Character(NamedTuple):
    """A character of a text line."""

    character: str
    candidate: Candidate | None  # its ink as a digit; None where there is none
    span: Span  # from and up to, x in pixels of the ink map
    seen: float  # the line network's probability of it, in its best column


@dataclass(frozen=True, eq=False)
class LineReading:
    """What a text line says, and how sure both networks are of it."""

    characters: tuple[Character, ...]
    left_out: tuple[Component, ...]  # components that belong to no character
    line_log_prob: float  # of these digits among all, by the line network
    digit_log_prob: float  # sum over its digits, by the digit network

    @property
    def written(self) -> str:
        """The text with its signs."""
        return "".join(c.character for c in self.characters)

    @property
    def digits(self) -> str:
        """The text without its signs; `?` stands for other marks."""
        return "".join(c.character for c in self.characters if c.character in MARKS)


class LineCheck(NamedTuple):
    """What the line network says of digits that something else found on a text line."""

    written: str  # the digits with their signs
    seen: tuple[float, ...]  # the network's probability of each digit, in its best column
    line_log_prob: float  # of these digits among all


@dataclass(frozen=True)
class LineReader:
    """Reads text lines with two networks; safe to share between threads if they are."""

    network: LineNetwork
    score: Scorer
    params: LineParams = LineParams()

    def read(self, grey: Grey, ink: Ink, row: Sequence[Component]) -> LineReading:
        """Read the text line whose components are `row` on an (H, W) image with its ink map."""
        image, log_probs = self._see(grey, ink, [c.box for c in row])
        texts = beam_search(log_probs, BLANK, self.params.beam)
        least = texts[0].log_prob - self.params.max_behind
        likely = [t.classes for t in texts[: self.params.texts] if t.log_prob >= least]
        ways = [self._segment(classes, log_probs, image, row) for classes in likely]
        alone = merged(row) if self._may_be_one(row) else None
        known = self._scores([*[way.segments for way in ways], Segments([alone], [])])
        if alone is not None:
            label = (int(known[alone].probabilities.argmax()),)
            if label not in likely:
                ways.append(self._segment(label, log_probs, image, row, alone))
        return max((_reading(way, known, log_probs, texts) for way in ways), key=self._score)

    def check(self, grey: Grey, ink: Ink, boxes: Sequence[Box], digits: str) -> LineCheck:
        """Return what the line network says of digits that were found in these boxes."""
        _, log_probs = self._see(grey, ink, boxes)
        texts = beam_search(log_probs, BLANK, self.params.beam)
        same = [t.classes for t in texts if without_signs(t.classes) == digits]
        best = same[0] if same else tuple(CHARACTERS.index(d) for d in digits)
        if columns_needed(best) > len(log_probs):  # more digits than the line has columns for
            return LineCheck(digits, (0.0,) * len(digits), math.log(LEAST_PROBABILITY))
        seen = _seen(log_probs, best, align(log_probs, best, BLANK))
        return LineCheck(
            "".join(CHARACTERS[k] for k in best),
            tuple(p for p, k in zip(seen, best, strict=True) if CHARACTERS[k] in MARKS),
            _log_share(texts, log_probs, best),
        )

    def _see(self, grey: Grey, ink: Ink, boxes: Sequence[Box]) -> tuple[LineImage, LogProbs]:
        image = crop_line(grey, ink, box_around(boxes), self.params.crop)
        return image, self.network.log_probs(line_features(image.grey))

    def _may_be_one(self, row: Sequence[Component]) -> bool:
        """Return whether a text line is narrow enough to be one digit."""
        _, _, width, height = box_around([c.box for c in row])
        return width <= self.params.max_digit_width * height

    def _score(self, reading: LineReading) -> float:
        signs = [c for c in reading.characters if c.character not in MARKS]
        without_ink = math.log(LEAST_PROBABILITY) * sum(c.candidate is None for c in signs)
        digits = reading.digit_log_prob + without_ink
        return reading.line_log_prob + self.params.digit_weight * digits

    def _segment(
        self,
        classes: Classes,
        log_probs: LogProbs,
        image: LineImage,
        row: Sequence[Component],
        alone: Component | None = None,
    ) -> "_Way":
        """Return where the characters of a text are, and the ink of each.

        All ink is one character if it is given as `alone`.
        """
        columns = align(log_probs, classes, BLANK)
        spans = [(image.to_image(start), image.to_image(end)) for start, end in columns]
        if alone is not None:
            return _Way(classes, columns, spans, Segments([alone], []))
        _, _, _, height = box_around([c.box for c in row])
        parts = segment_by_columns(row, spans, height, self.params.columns)
        return _Way(classes, columns, spans, parts)

    def _scores(self, segments: Sequence[Segments]) -> dict[Component, Candidate]:
        """Score each component once; texts share most of theirs."""
        components = [c for parts in segments for c in parts.characters if c is not None]
        # The same ink was cut out again for each text.
        first: dict[tuple[object, ...], Component] = {}
        same = {c: first.setdefault((c.box, float(c.ink.sum())), c) for c in components}
        different = list(first.values())
        scored = dict(zip(different, self.score(different), strict=True))
        return {c: scored[other] for c, other in same.items()}


class _Way(NamedTuple):
    """One text as it would stand on the line."""

    classes: Classes
    columns: list[tuple[int, int]]  # of the network's output, from and up to, of each character
    spans: list[Span]
    segments: Segments


def without_signs(classes: Classes) -> str:
    """Return a text without its signs; `?` stands for other marks."""
    return "".join(CHARACTERS[k] for k in classes if CHARACTERS[k] in MARKS)


def _seen(log_probs: LogProbs, classes: Classes, columns: Sequence[tuple[int, int]]) -> list[float]:
    """Return the probability of each character in its best column."""
    return [
        math.exp(float(log_probs[start:end, k].max()))
        for k, (start, end) in zip(classes, columns, strict=True)
    ]


def _log_share(texts: Sequence[Hypothesis], log_probs: LogProbs, classes: Classes) -> float:
    """Return the log of the probability that a line has the digits of a text, whatever its signs.

    `texts` are the likely ones.
    """
    digits = without_signs(classes)
    same = [t.log_prob for t in texts if without_signs(t.classes) == digits]
    others = [t.log_prob for t in texts]
    if not same:
        same = [log_prob(log_probs, classes, BLANK)]
        others += same
    return min(0.0, float(np.logaddexp.reduce(same) - np.logaddexp.reduce(others)))


def _reading(
    way: _Way,
    known: dict[Component, Candidate],
    log_probs: LogProbs,
    texts: Sequence[Hypothesis],
) -> LineReading:
    """Return the reading of one text; `texts` are all that are likely."""
    candidates = [None if part is None else known[part] for part in way.segments.characters]
    seen = _seen(log_probs, way.classes, way.columns)
    characters = tuple(
        Character(CHARACTERS[k], candidate, span, p)
        for k, candidate, span, p in zip(way.classes, candidates, way.spans, seen, strict=True)
    )
    digits = [
        math.log(max(LEAST_PROBABILITY, _probability(c)))
        for c in characters
        if c.character.isdecimal()
    ]
    return LineReading(
        characters,
        tuple(way.segments.left_out),
        _log_share(texts, log_probs, way.classes),
        sum(digits),
    )


def _probability(character: Character) -> float:
    """Return the digit network's probability of a character that the line network calls a digit."""
    if character.candidate is None:
        return 0.0
    return float(character.candidate.probabilities[int(character.character)])
