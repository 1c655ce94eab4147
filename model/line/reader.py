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
from model.ink.components import Component
from model.line.alphabet import BLANK, CHARACTERS, DIGITS
from model.line.columns import ColumnParams, Segments, segment_by_columns
from model.line.crop import CropParams, LineImage, crop_line
from model.line.ctc import BeamParams, Classes, Hypothesis, align, beam_search, log_prob
from model.line.features import line_features
from model.segment.candidates import Candidate, Scorer

LEAST = 1e-4  # probability; so that its logarithm is finite


class LineNetwork(Protocol):
    """The line network: grey levels of a text line to the probabilities of its columns."""

    def log_probs(self, pixels: NDArray[np.float32]) -> NDArray[np.float64]:
        """(32, W) of `line_features` to (columns, classes) log probabilities."""
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
    digit_weight: float = 0.5  # of the digit network's log probabilities beside the line network's


class Character(NamedTuple):
    """A character of a text line."""

    character: str
    candidate: Candidate | None  # its ink as a digit; None for a sign without ink


@dataclass(frozen=True, eq=False)
class LineReading:
    """What a text line says, and how sure both networks are of it."""

    characters: tuple[Character, ...]
    left_out: tuple[Component, ...]  # components that belong to no character
    line_log_prob: float  # of this text among all texts, by the line network
    digit_log_prob: float  # sum over its digits, by the digit network
    weakest_log_prob: float  # of its least likely digit, by the digit network

    @property
    def written(self) -> str:
        """The text with its signs."""
        return "".join(c.character for c in self.characters)


@dataclass(frozen=True)
class LineReader:
    """Reads text lines with two networks; safe to share between threads if they are."""

    network: LineNetwork
    score: Scorer
    params: LineParams = LineParams()

    def read(
        self, grey: Grey, ink: Ink, row: Sequence[Component], rival: Sequence[Candidate] = ()
    ) -> LineReading:
        """Read the text line whose components are `row` on an (H, W) image with its ink map.

        `rival` are the digits that another segmentation found; its text is one of those compared.
        """
        params = self.params
        image = crop_line(grey, ink, row, params.crop)
        log_probs = self.network.log_probs(line_features(image.grey))
        texts = beam_search(log_probs, BLANK, params.beam)
        likely = [t for t in texts if t.log_prob >= texts[0].log_prob - params.max_behind]
        likely = likely[: params.texts]
        segments = [self._segment(text.classes, log_probs, image, row) for text in likely]
        found = [text.log_prob for text in texts]
        labels = tuple(int(c.probabilities.argmax()) for c in rival)
        if labels and labels not in [_digits_of(text.classes) for text in likely]:
            likely.append(Hypothesis(labels, log_prob(log_probs, labels, BLANK)))
            found.append(likely[-1].log_prob)
            segments.append(Segments([c.component for c in rival], []))
        known = self._scores(segments)
        total = float(np.logaddexp.reduce(found))
        readings = [
            _reading(text, parts, known, total)
            for text, parts in zip(likely, segments, strict=True)
        ]
        return max(readings, key=self._score)

    def _score(self, reading: LineReading) -> float:
        return reading.line_log_prob + self.params.digit_weight * reading.digit_log_prob

    def _segment(
        self,
        classes: Classes,
        log_probs: NDArray[np.float64],
        image: LineImage,
        row: Sequence[Component],
    ) -> Segments:
        """Return the ink of each character of a text."""
        height = max(c.bottom for c in row) - min(c.top for c in row)
        columns = align(log_probs, classes, BLANK)
        spans = [(image.to_image(start), image.to_image(end)) for start, end in columns]
        return segment_by_columns(row, spans, height, self.params.columns)

    def _scores(self, segments: Sequence[Segments]) -> dict[Component, Candidate]:
        """Score each component once; texts share most of theirs."""
        components = [c for parts in segments for c in parts.characters if c is not None]
        # The same ink was cut out again for each text.
        first: dict[tuple[object, ...], Component] = {}
        same = {c: first.setdefault((c.box, float(c.ink.sum())), c) for c in components}
        different = list(first.values())
        scored = dict(zip(different, self.score(different), strict=True))
        return {c: scored[other] for c, other in same.items()}


def _digits_of(classes: Classes) -> Classes:
    return tuple(k for k in classes if k < len(DIGITS))


def _reading(
    text: Hypothesis, parts: Segments, known: dict[Component, Candidate], total: float
) -> LineReading:
    characters = tuple(
        Character(CHARACTERS[k], None if part is None else known[part])
        for k, part in zip(text.classes, parts.characters, strict=True)
    )
    digits = [math.log(max(LEAST, _probability(c))) for c in characters if c.character.isdecimal()]
    return LineReading(
        characters,
        tuple(parts.left_out),
        text.log_prob - total,
        sum(digits),
        min(digits, default=0.0),
    )


def _probability(character: Character) -> float:
    """Return the digit network's probability of a character that the line network calls a digit."""
    if character.candidate is None:
        return 0.0
    return float(character.candidate.probabilities[int(character.character)])
