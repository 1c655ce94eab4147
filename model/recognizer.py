"""Reading digits: every stage in order, on one path for canvas, upload and command line."""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Unpack

import numpy as np

from model.errors import TooManyComponentsError
from model.image.decode import ImageSource, name_of, open_image, printable
from model.image.grayscale import Grey, to_grey
from model.ink.components import Component, Placement, find_components
from model.ink.pen import find_pen
from model.line.page import PageReader, digit_log_prob
from model.line.reader import LineReader
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.calibration import Calibration
from model.network.load import load_runtime
from model.network.normalize import normalize
from model.network.runtime import Runtime
from model.networks import Networks, load_networks
from model.options import ReaderParams, ReadKeywords, ReadOptions
from model.reading import Reading, Trace
from model.segment.candidates import Candidate
from model.segment.lattice_reader import LatticeReader
from model.settings import Limits, configured_confidence
from model.strokes import Stroke, render_strokes

log = logging.getLogger(__name__)


class Recognizer:
    """Reads handwritten digits. Safe to share between threads."""

    def __init__(
        self,
        runtime: Runtime,
        calibration: Calibration,
        params: ReaderParams = ReaderParams(),
        networks: Networks | None = None,
    ) -> None:
        """With `networks`, what the lattice read is checked, and read again where that fails."""
        self._runtime = runtime
        self._calibration = calibration
        self._params = params
        self._lattice = LatticeReader(self.score, calibration.threshold, params)
        self._second = None
        if networks:
            lines = LineReader(networks.line, self.score, params.lines)
            threshold = calibration.threshold
            pages = PageReader(lines, networks.confidence, threshold, params.pages)
            self._second = _SecondOpinion(pages, networks)

    @classmethod
    def load(cls, path: str | os.PathLike[str] = DEFAULT_MODEL_FILE) -> "Recognizer":
        """Load a model by its `.keras` file. Raises ModelError if it cannot be used."""
        artifact = Artifact(Path(path))
        runtime = load_runtime(artifact)  # first, since it may write the card
        calibration = calibration_of(artifact.load_card())
        return cls(runtime, calibration, networks=load_networks())

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
        try:
            trace = self._lattice.trace(grey, size, options, limits)
        except TooManyComponentsError as error:
            raise TooManyComponentsError(error.what, name) from None
        placement = Placement(size, size[0] / grey.shape[1], size[1] / grey.shape[0])
        reading, usual = trace.reading, self._params.confidence.bound
        if self._second and trace.is_photo:  # a clean drawing needs no second opinion
            reading = self._second.pages.check(reading, trace.grey, trace.ink, placement)
            usual = self._second.networks.confidence.bound
        trace = replace(trace, reading=self._stated(reading, options.confidence, usual))
        if trace.reading.status == "unsure" and not options.single and self._second:
            other = self._trace_pen(self._second, grey, size, options)
            trace = trace if other is None or other.reading.status == "unsure" else other
        _log(trace.reading, grey, start)
        return trace

    def trace_strokes(self, strokes: Sequence[Stroke], size: tuple[int, int]) -> Trace:
        """Read pen strokes on a drawing of (width, height) pixels, every digit on it.

        The strokes show which ink belongs together. Raises TooManyComponentsError.
        """
        start = time.perf_counter()
        ink, components = render_strokes(strokes, size)
        grey = np.asarray(255 - np.rint(255 * ink), np.uint8)
        try:
            found = self._lattice.read_strokes(ink, components, size, Limits.configured())
        except TooManyComponentsError as error:
            raise TooManyComponentsError(error.what, "The drawing") from None
        reading = self._stated(found, None, self._params.confidence.bound)
        _log(reading, grey, start)
        return Trace(grey, ink, ink, reading, size)

    def evidence(self, image: ImageSource) -> list["Evidence"]:
        """Return what each way of reading finds on each text line, to fit the confidence on.

        Raises as `read` does, and ValueError without networks.
        """
        if self._second is None:
            raise ValueError("evidence needs networks")
        pages, networks = self._second
        limits, name = Limits.configured(), name_of(image)
        grey, size = self._grey_and_size(image, name, limits)
        trace = self._lattice.trace(grey, size, ReadOptions(), limits)
        placement = Placement(size, size[0] / grey.shape[1], size[1] / grey.shape[0])
        found = []
        for line in trace.reading.lines:
            check = pages.check_line(line, trace.grey, trace.ink, placement)
            found.append(Evidence(line.text, check.line_log_prob, digit_log_prob(line)))
        pen = find_pen(grey, networks.ink, params=self._params.pen)
        components = find_components(pen.ink, levels=self._params.ink.levels)
        readings = pages.line_readings(pen.grey, pen.ink, components, pen.pen)
        return found + [Evidence(r.digits, r.line_log_prob, r.digit_log_prob) for r in readings]

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

    def _trace_pen(
        self, second: "_SecondOpinion", grey: Grey, size: tuple[int, int], options: ReadOptions
    ) -> Trace | None:
        """Read what the ink network takes for pen ink; None for too many pieces of it."""
        pages, networks = second
        limits = options.limits or Limits.configured()
        pen = find_pen(grey, networks.ink, options.polarity, self._params.pen)
        rows, columns = pen.grey.shape
        placement = Placement(size, size[0] / columns, size[1] / rows)
        components = find_components(pen.ink, levels=self._params.ink.levels)
        try:
            lines = pages.read(pen.grey, pen.ink, components, placement, pen=pen.pen, limits=limits)
        except TooManyComponentsError:
            return None
        bound = self._chosen(options.confidence) or networks.confidence.bound
        reading = Reading.of(lines).stated_from(bound)
        return Trace(pen.grey, pen.contrast, pen.ink, reading, size)

    def _stated(self, reading: Reading, chosen: float | None, usual: float) -> Reading:
        """Return a reading as it may be stated: from the chosen confidence on, or from the usual.

        The usual one holds for several digits; a lone digit has been judged by its own threshold.
        """
        bound = self._chosen(chosen)
        if bound is None and len(reading.digits) < 2:
            return reading
        return reading.stated_from(bound or usual)

    @staticmethod
    def _chosen(confidence: float | None) -> float | None:
        """Return the bound that the caller or else the environment chose; it is never 0."""
        return configured_confidence() if confidence is None else confidence


class _SecondOpinion(NamedTuple):
    """What checks a reading, and reads again."""

    pages: PageReader
    networks: Networks


class Evidence(NamedTuple):
    """What one way of reading found on a text line."""

    digits: str  # with `?` for other marks
    line_log_prob: float  # of these digits, by the line network
    digit_log_prob: float  # of all of them, by the digit network


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
