"""Reading digits: every stage in order, on one path for canvas, upload and command line."""

import logging
import math
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np

from model import tta
from model.errors import TooManyComponentsError
from model.image.decode import ImageSource, name_of, open_image, printable
from model.image.grayscale import Grey, to_grey
from model.ink.binarize import Ink, extract_ink
from model.ink.components import Component, Placement
from model.ink.noise import remove_noise
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.calibration import Calibration
from model.network.load import load_runtime
from model.network.normalize import normalize
from model.network.runtime import Runtime
from model.options import ReaderParams, ReadKeywords, ReadOptions
from model.reading import Digit, Line, Reading, Trace
from model.segment.candidates import Candidate
from model.segment.digits import digits_of, find_digits
from model.segment.left_out import find_left_out, find_regions
from model.segment.single import find_single_digit
from model.settings import Limits, configured_confidence
from model.strokes import Stroke, render_strokes

log = logging.getLogger(__name__)


class Recognizer:
    """Reads handwritten digits. Safe to share between threads."""

    def __init__(
        self, runtime: Runtime, calibration: Calibration, params: ReaderParams = ReaderParams()
    ) -> None:
        self._runtime = runtime
        self._calibration = calibration
        self._params = params

    @classmethod
    def load(cls, path: str | os.PathLike[str] = DEFAULT_MODEL_FILE) -> "Recognizer":
        """Load a model by its `.keras` file. Raises ModelError if it cannot be used."""
        artifact = Artifact(Path(path))
        runtime = load_runtime(artifact)  # first, since it may write the card
        return cls(runtime, calibration_of(artifact.load_card()))

    def read(
        self,
        image: ImageSource,
        options: ReadOptions = ReadOptions(),
        **changes: Unpack[ReadKeywords],
    ) -> Reading:
        """Read every digit on an image, in reading order.

        `model.image.decode.open_image` describes `image`. `changes` are fields of the options:
        `read(image, single=True)` takes all ink as one digit. Raises an ImageError whose message is
        written for the person using the app.
        """
        return self.trace(image, options, **changes).reading

    def trace(
        self,
        image: ImageSource,
        options: ReadOptions = ReadOptions(),
        **changes: Unpack[ReadKeywords],
    ) -> Trace:
        """Read an image as `read` does, and keep the result of every stage."""
        start = time.perf_counter()
        options = replace(options, **changes)
        name = printable(options.name or name_of(image))
        limits = options.limits or Limits.configured()
        grey, size = self._grey_and_size(image, name, limits)
        maps = extract_ink(grey, options.polarity, self._params.ink)
        placement = Placement(size, size[0] / grey.shape[1], size[1] / grey.shape[0])
        view = tta.View(grey, maps, placement)
        try:
            first = self._read_view(view, options.single, limits)
            wants_vote = maps.is_photo and tta.needs_vote(first.reading, self._params.views)
            trace = self._vote(first, view, options, limits) if wants_vote else first
        except TooManyComponentsError as error:
            raise TooManyComponentsError(error.what, name) from None
        reading = self._with_left_out(
            trace.reading, (maps.ink, first.ink), placement, single=options.single
        )
        trace = replace(trace, reading=self._stated(reading, options.confidence))
        _log(trace.reading, grey, start)
        return trace

    def trace_strokes(self, strokes: Sequence[Stroke], size: tuple[int, int]) -> Trace:
        """Read pen strokes on a drawing of (width, height) pixels, every digit on it.

        The strokes show which ink belongs together. Raises TooManyComponentsError.
        """
        start = time.perf_counter()
        ink, components = render_strokes(strokes, size)
        grey = np.asarray(255 - np.rint(255 * ink), np.uint8)
        most = Limits.configured().max_components
        try:
            lines = digits_of(components, self.score, most, self._params.segment)
        except TooManyComponentsError as error:
            raise TooManyComponentsError(error.what, "The drawing") from None
        placement = Placement(size)
        found = self._reading(lines, placement, self._calibration.threshold)
        reading = self._stated(self._with_left_out(found, (ink, ink), placement), None)
        _log(reading, grey, start)
        return Trace(grey, ink, ink, reading, size)

    def score(self, components: Sequence[Component]) -> list[Candidate]:
        """Return the network's calibrated probabilities for components, each taken as one digit."""
        if not components:
            return []
        pixels = np.stack([normalize(component.ink) for component in components])
        probabilities = self._calibration.apply(self._runtime.run(pixels))
        return [Candidate(*row) for row in zip(components, pixels, probabilities, strict=True)]

    def _grey_and_size(
        self, image: ImageSource, name: str, limits: Limits
    ) -> tuple[Grey, tuple[int, int]]:
        """Return grey levels and (width, height); nothing else of a large image is kept."""
        opened = open_image(image, name=name, limits=limits)
        return to_grey(opened, self._params.grayscale), opened.size

    def _read_view(self, view: tta.View, single: bool, limits: Limits) -> Trace:
        """Read an ink map. Raises TooManyComponentsError."""
        params, ink = self._params, view.maps.ink
        clean = remove_noise(ink, params.noise, params.ruled_lines, params.ink.levels)
        if single:
            lines = find_single_digit(
                ink, self.score, clean=clean, params=params.segment, single=params.single
            )
        else:
            most = limits.max_components
            lines = find_digits(
                ink, self.score, clean=clean, max_components=most, params=params.segment
            )
        is_tiny = min(view.grey.shape) < params.tiny_side
        least = params.tiny_confidence if is_tiny else 0.0
        reading = self._reading(lines, view.placement, max(least, self._calibration.threshold))
        return Trace(view.grey, view.maps.contrast, clean.ink, reading, view.placement.image)

    def _vote(self, first: Trace, view: tta.View, options: ReadOptions, limits: Limits) -> Trace:
        """Return the trace that the first view and others of its digits vote for."""
        params = self._params
        boxes = [view.placement.to_map(digit.box) for digit in first.reading.digits]
        part = tta.crop_around(boxes, first.grey.shape, params.views)
        cropped, height, traces = tta.crop_view(view, part), tta.median_height(boxes), [first]
        for other in tta.views(cropped, height, options.polarity, params.views, params.ink):
            with suppress(TooManyComponentsError):
                traces.append(self._read_view(other, options.single, limits))
        best = tta.vote(traces, params.views)
        return best if best.grey is first.grey else tta.paste_maps(best, part, first)

    def _reading(
        self, lines: Sequence[Sequence[Candidate]], placement: Placement, threshold: float
    ) -> Reading:
        return Reading.of(
            [Line.of([_digit(c, placement, threshold) for c in line]) for line in lines]
        )

    def _with_left_out(
        self, reading: Reading, maps: tuple[Ink, Ink], placement: Placement, *, single: bool = False
    ) -> Reading:
        """Return a reading with what it left out; `maps` are its ink with noise and without.

        Where all ink is a single digit, nothing else is one, however large it is.
        """
        if not reading.lines:
            return reading
        params = self._params.left_out
        if single:
            params = replace(params, min_height=math.inf, small_confidence=math.inf)
        levels = self._params.ink.levels
        regions = find_regions(*maps, levels)
        boxes = [[placement.to_map(d.box) for d in line.digits] for line in reading.lines]
        found = find_left_out(
            boxes, regions, maps[0].shape, self.score, params=params, levels=levels
        )
        lines = []
        for line, left_out in zip(reading.lines, found, strict=True):
            glyphs = [replace(glyph, uncertain=True) for glyph in left_out.glyphs]
            digits = [_digit(glyph, placement, self._calibration.threshold) for glyph in glyphs]
            ignored = [placement.to_image(box) for box in left_out.ignored]
            lines.append(line.adding(digits, ignored))
        return Reading.of(lines)

    def _stated(self, reading: Reading, chosen: float | None) -> Reading:
        """Return a reading as it may be stated: from the chosen confidence on, or from the usual.

        The usual one holds for several digits; a lone digit has been judged by its own threshold.
        """
        chosen = configured_confidence() if chosen is None else chosen
        if chosen is not None:
            return reading.stated_from(chosen)
        if len(reading.digits) < 2:
            return reading
        fitted = self._calibration.text_threshold
        return reading.stated_from(self._params.confidence.bound if fitted is None else fitted)


def _digit(candidate: Candidate, placement: Placement, threshold: float) -> Digit:
    probabilities = candidate.probabilities
    label = int(probabilities.argmax())
    confidence = float(probabilities[label])
    accepted = confidence >= threshold and not candidate.uncertain
    box = placement.to_image(candidate.component.box)
    return Digit(label, confidence, accepted, probabilities, box, candidate.pixels)


def _log(reading: Reading, grey: Grey, start: float) -> None:
    """Log a reading without what was read, which is the visitor's business alone."""
    log.debug(
        "%s: %d digits on %d by %d pixels in %.1f ms",
        reading.status,
        len(reading.digits),
        grey.shape[1],
        grey.shape[0],
        1000 * (time.perf_counter() - start),
    )
