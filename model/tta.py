"""Looking again at what was not read surely: from farther away, and at the darkest ink alone.

Grain, printed patterns and faint strokes make another digit of the same ink now and then, or break
it; what several looks agree on, or one is sure of, is more likely what was written.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from model.image.grayscale import Grey
from model.ink.background import Polarity
from model.ink.binarize import Ink, InkMaps, extract_ink
from model.ink.components import Box
from model.reading import Reading, Trace

SURE = 0.99  # digits that are all as likely are not looked at again
MOST = 24  # digits; on more, each look would miss something
# Lengths are shares of the digits' height. They are looked at in a copy in which they have so many
# pixels at most, since the network sees no more.
HEIGHT = 64
LEAST = 8  # pixels of the copy's shorter side, of a picture that is nothing but a tall 1
SOFT = (0.025, 0.05, 0.07)
AROUND = 2.0  # is looked at with the digits; enough to see the paper
DARKEST = 0.42  # of the ink, where it is looked at alone
DOUBTED = 0.5  # the weight of a look with a doubtful digit


def is_doubtful(reading: Reading) -> bool:
    """Whether looking again may tell more: one line of ink, not all of it read surely."""
    sure = all(digit.accepted and digit.confidence >= SURE for digit in reading.digits)
    return not sure and len(reading.digits) <= MOST and "\n" not in reading.text


def height_of(boxes: Sequence[Box]) -> float:
    """Median height of the boxes of digits."""
    return max(1.0, float(np.median([h for _, _, _, h in boxes])))


def around(boxes: Sequence[Box], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of an (H, W) picture that hold these boxes and the paper about them."""
    margin = round(AROUND * height_of(boxes))
    x, y, w, h = np.array(boxes).T
    top, left = max(0, int(y.min()) - margin), max(0, int(x.min()) - margin)
    bottom, right = int((y + h).max()) + margin, int((x + w).max()) + margin
    return slice(top, min(bottom, shape[0])), slice(left, min(right, shape[1]))


def looks(
    grey: Grey, maps: InkMaps, height: float, polarity: Polarity | None
) -> Iterator[tuple[Grey, InkMaps]]:
    """Other ink maps of an (H, W) picture, each with the copy of the picture that it was found on.

    `maps` are those of the first look, `height` is that of the digits in pixels.
    """
    scale = min(1.0, max(HEIGHT / height, LEAST / min(grey.shape)))
    small = np.asarray(_reduced(grey, scale), np.uint8)
    yield small, _darkest(maps._replace(ink=np.asarray(_reduced(maps.ink, scale), np.float32)))
    seen_height = min(HEIGHT, scale * height)  # more of a tall 1, but not for its stroke
    for share in SOFT:
        soft = np.asarray(cv2.GaussianBlur(small, (0, 0), share * seen_height), np.uint8)
        seen = extract_ink(soft, polarity)
        yield soft, seen
        if share == SOFT[0]:
            yield soft, _darkest(seen)


def surest(traces: Sequence[Trace]) -> Trace:
    """Of several looks at one line, the surest of those that see what is likeliest.

    Looks that see the same digits add up; each digit is as sure as in the look that saw it best.
    """
    seen = defaultdict[tuple[int, ...], list[Trace]](list)
    for trace in traces:
        if trace.reading.digits and "\n" not in trace.reading.text:
            seen[tuple(digit.label for digit in trace.reading.digits)].append(trace)
    alike = max(seen.values(), key=lambda same: sum(_weight(t.reading) for t in same))
    best = max(alike, key=lambda t: _weight(t.reading))
    places = zip(*(t.reading.digits for t in alike), strict=True)
    digits = [max(place, key=lambda d: (d.accepted, d.confidence)) for place in places]
    return replace(best, reading=Reading.of([digits]))


def paste(trace: Trace, part: tuple[slice, slice], whole: Trace) -> Trace:
    """The maps of a part of a picture, or of a copy of it, on those of the whole."""
    flat, ink = whole.contrast.copy(), whole.ink.copy()
    for onto, seen in ((flat, trace.contrast), (ink, trace.ink)):
        size = onto[part].shape[::-1]
        onto[part] = cv2.resize(seen, size, interpolation=cv2.INTER_LINEAR)
    return Trace(whole.grey, flat, ink, trace.reading)


def _weight(reading: Reading) -> float:
    likely = math.prod(digit.confidence for digit in reading.digits)
    return likely if reading.status == "read" else DOUBTED * likely


def _reduced(levels: Grey | Ink, scale: float) -> cv2.typing.MatLike:
    return cv2.resize(levels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _darkest(maps: InkMaps) -> InkMaps:
    return maps._replace(ink=np.where(maps.ink < DARKEST, np.float32(0), maps.ink))
