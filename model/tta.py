"""Test-time augmentation of uncertain photos: blurred and dark-ink-only views, combined by voting.

Grain, printed patterns and faint strokes sometimes break a digit or turn it into another one. A
reading that several views agree on, or that one is confident of, is more likely right.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from model.image.grayscale import Grey
from model.ink.background import Polarity
from model.ink.binarize import Ink, InkMaps, InkParams, extract_ink
from model.ink.components import Box, Placement
from model.reading import Reading, Trace


@dataclass(frozen=True)
class ViewParams:
    """Thresholds of test-time augmentation. Lengths are shares of the digits' height."""

    confident: float = 0.99  # digits of this confidence need no other view
    max_digits: int = 24  # with more digits, each view would miss some
    # Views are reduced to digits of this height in pixels (the network sees no more), but not below
    # this shorter side: that of an image of nothing but a tall 1.
    max_height: int = 64
    min_side: int = 8
    blurs: tuple[float, ...] = (0.025, 0.05, 0.07)  # sigma of each blurred view
    margin: float = 2.0  # around the digits; enough to see the background
    min_dark: float = 0.42  # ink level of a view of the darkest ink alone
    uncertain_weight: float = 0.5  # of the vote of a view with an uncertain digit


class View(NamedTuple):
    """A picture of the image or of a part of it, its ink maps, and where it lies on the image."""

    grey: Grey
    maps: InkMaps
    placement: Placement


def needs_vote(reading: Reading, params: ViewParams = ViewParams()) -> bool:
    """Return whether other views may help: one text line, and not all of it confident."""
    confident = all(d.accepted and d.confidence >= params.confident for d in reading.digits)
    few = len(reading.digits) <= params.max_digits
    return not confident and few and "\n" not in reading.text


def median_height(boxes: Sequence[Box]) -> float:
    """Return the median height of the boxes of digits, at least 1."""
    return max(1.0, float(np.median([h for _, _, _, h in boxes])))


def crop_around(
    boxes: Sequence[Box], shape: tuple[int, ...], params: ViewParams = ViewParams()
) -> tuple[slice, slice]:
    """Return the rows and columns of an (H, W) image that hold these boxes and a margin."""
    margin = round(params.margin * median_height(boxes))
    x, y, w, h = np.array(boxes).T
    top, left = max(0, int(y.min()) - margin), max(0, int(x.min()) - margin)
    bottom, right = int((y + h).max()) + margin, int((x + w).max()) + margin
    return slice(top, min(bottom, shape[0])), slice(left, min(right, shape[1]))


def crop_view(view: View, part: tuple[slice, slice]) -> View:
    """Return a part of a view."""
    rows, columns = part
    maps = view.maps._replace(contrast=view.maps.contrast[part], ink=view.maps.ink[part])
    return View(view.grey[part], maps, view.placement.part(columns.start, rows.start))


def views(
    view: View,
    height: float,
    polarity: Polarity | None,
    params: ViewParams = ViewParams(),
    ink: InkParams = InkParams(),
) -> Iterator[View]:
    """Yield other views of what a view shows; `height` is that of its digits in pixels."""
    shape, placement = view.grey.shape, view.placement
    scale = min(1.0, max(params.max_height / height, params.min_side / min(shape)))
    small = np.asarray(_reduced(view.grey, scale), np.uint8)
    placement = placement.scaled(shape[1] / small.shape[1], shape[0] / small.shape[0])
    maps = view.maps._replace(ink=np.asarray(_reduced(view.maps.ink, scale), np.float32))
    yield View(small, _darkest(maps, params), placement)
    seen_height = min(params.max_height, scale * height)  # a tall 1 is higher, but not its stroke
    for share in params.blurs:
        blurred = np.asarray(cv2.GaussianBlur(small, (0, 0), share * seen_height), np.uint8)
        maps = extract_ink(blurred, polarity, ink)
        yield View(blurred, maps, placement)
        if share == params.blurs[0]:
            yield View(blurred, _darkest(maps, params), placement)


def vote(traces: Sequence[Trace], params: ViewParams = ViewParams()) -> Trace:
    """Return the most confident trace of those that agree on the most likely digits.

    Views that read the same digits add up; each digit has the confidence of the view that saw it
    best.
    """
    groups = defaultdict[tuple[int, ...], list[Trace]](list)
    for trace in traces:
        if trace.reading.digits and "\n" not in trace.reading.text:
            groups[tuple(digit.label for digit in trace.reading.digits)].append(trace)
    agreeing = max(groups.values(), key=lambda g: sum(_weight(t.reading, params) for t in g))
    best = max(agreeing, key=lambda t: _weight(t.reading, params))
    places = zip(*(t.reading.digits for t in agreeing), strict=True)
    digits = [max(place, key=lambda d: (d.accepted, d.confidence)) for place in places]
    (line,) = best.reading.lines
    return replace(best, reading=Reading.of([line.with_digits(digits)]))


def paste_maps(trace: Trace, part: tuple[slice, slice], whole: Trace) -> Trace:
    """Return the maps of `whole` with those of a view, resized, in the place of its part."""
    contrast, ink = whole.contrast.copy(), whole.ink.copy()
    for onto, seen in ((contrast, trace.contrast), (ink, trace.ink)):
        size = onto[part].shape[::-1]
        onto[part] = cv2.resize(seen, size, interpolation=cv2.INTER_LINEAR)
    return replace(whole, contrast=contrast, ink=ink, reading=trace.reading)


def _weight(reading: Reading, params: ViewParams) -> float:
    likely = math.prod(digit.confidence for digit in reading.digits)
    return likely if reading.status == "read" else params.uncertain_weight * likely


def _reduced(levels: Grey | Ink, scale: float) -> cv2.typing.MatLike:
    return cv2.resize(levels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _darkest(maps: InkMaps, params: ViewParams) -> InkMaps:
    return maps._replace(ink=np.where(maps.ink < params.min_dark, np.float32(0), maps.ink))
