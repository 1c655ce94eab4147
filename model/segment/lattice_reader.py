"""The lattice way of reading: components of dark ink, split and merged by the digit network.

It reads plain paper and clean drawings at once; lines, frames and patterns confuse it, which is why
the line network checks what it read.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from model import tta
from model.errors import TooManyComponentsError
from model.image.grayscale import Grey
from model.ink.binarize import Ink, extract_ink
from model.ink.components import Component, Placement
from model.ink.noise import remove_noise
from model.options import ReaderParams, ReadOptions
from model.reading import Line, Reading, Trace
from model.segment.candidates import Candidate, Scorer
from model.segment.digits import digits_of, find_digits
from model.segment.left_out import find_left_out, find_regions
from model.segment.single import find_single_digit
from model.settings import Limits


@dataclass(frozen=True)
class LatticeReader:
    """Reads images and drawings. Safe to share between threads."""

    score: Scorer
    threshold: float  # a digit is accepted from this calibrated probability on
    params: ReaderParams

    def trace(
        self, grey: Grey, size: tuple[int, int], options: ReadOptions, limits: Limits
    ) -> Trace:
        """Read an (H, W) image of an original of this size, (width, height).

        Raises TooManyComponentsError.
        """
        maps = extract_ink(grey, options.polarity, self.params.ink)
        placement = Placement(size, size[0] / grey.shape[1], size[1] / grey.shape[0])
        view = tta.View(grey, maps, placement)
        first = self._read_view(view, options.single, limits)
        wants_vote = maps.is_photo and tta.needs_vote(first.reading, self.params.views)
        trace = self._vote(first, view, options, limits) if wants_vote else first
        inks = maps.ink, first.ink
        reading = self._with_left_out(trace.reading, inks, placement, single=options.single)
        return replace(trace, reading=reading, is_photo=maps.is_photo)

    def read_strokes(
        self, ink: Ink, components: Sequence[Component], size: tuple[int, int], limits: Limits
    ) -> Reading:
        """Read strokes that were rendered as components of an ink map.

        Raises TooManyComponentsError.
        """
        lines = digits_of(components, self.score, limits.max_components, self.params.segment)
        placement = Placement(size)
        reading = self._reading(lines, placement, self.threshold)
        return self._with_left_out(reading, (ink, ink), placement)

    def _read_view(self, view: tta.View, single: bool, limits: Limits) -> Trace:
        """Read an ink map. Raises TooManyComponentsError."""
        params, ink = self.params, view.maps.ink
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
        reading = self._reading(lines, view.placement, max(least, self.threshold))
        return Trace(view.grey, view.maps.contrast, clean.ink, reading, view.placement.image)

    def _vote(self, first: Trace, view: tta.View, options: ReadOptions, limits: Limits) -> Trace:
        """Return the trace that the first view and others of its digits vote for."""
        params = self.params
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
            [Line.of([c.to_digit(placement, threshold) for c in line]) for line in lines]
        )

    def _with_left_out(
        self, reading: Reading, maps: tuple[Ink, Ink], placement: Placement, *, single: bool = False
    ) -> Reading:
        """Return a reading with what it left out; `maps` are its ink with noise and without.

        Where all ink is a single digit, nothing else is one, however large it is.
        """
        if not reading.lines:
            return reading
        params = self.params.left_out
        if single:
            params = replace(params, min_height=math.inf, small_confidence=math.inf)
        levels = self.params.ink.levels
        regions = find_regions(*maps, levels)
        boxes = [[placement.to_map(d.box) for d in line.digits] for line in reading.lines]
        found = find_left_out(
            boxes, regions, maps[0].shape, self.score, params=params, levels=levels
        )
        lines = []
        for line, left_out in zip(reading.lines, found, strict=True):
            glyphs = [replace(glyph, uncertain=True) for glyph in left_out.glyphs]
            digits = [glyph.to_digit(placement) for glyph in glyphs]
            ignored = [placement.to_image(box) for box in left_out.ignored]
            lines.append(line.adding(digits, ignored))
        return Reading.of(lines)
