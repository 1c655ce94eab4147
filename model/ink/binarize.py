"""The second stage: from grey levels to an ink map."""

import math
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.background import Polarity, estimate_background, paper_of_drawing
from model.ink.page import mask_outside_page

Ink: TypeAlias = NDArray[np.float32]

# Below this contrast, in grey levels of 255, there is paper and noise but no ink.
MIN_CONTRAST = 24
FAINTEST = 10  # the same in a photo, where the grain of the paper is known
CLEAR = 4.5  # ink stands out from the grain by so many of its standard deviations
AVERAGED = 64  # pixels of a shorter side; smaller images have too few to average
CLEAR_OF_AVERAGED = 5.5
FAR_DARKER = 1.6  # times the usual ink; what is more is another ink
# In a photo with a shorter side of fewer pixels than FEW, a stroke, its edges and the paper beside
# it are a pixel or two each: it is looked at enlarged, to these pixels of a shorter side unless the
# longer one becomes too long.
FEW, ENLARGED, LONGEST = 40, 64, 1600
# Where nothing stands out from the grain, the picture is made softer by these steps, a copy of it
# whose shorter side has so many pixels at most, up to a share of that side.
SOFTER = 1.6
SOFT_SIDE = 400
SOFTEST = 0.03
MUCH_INK = 0.15  # of a picture that was cut close to a digit
# What lies nearer to the paper than this share of the darkest ink is grain of the paper.
GRAIN = 0.08
# Ink fainter than this is the soft edge of a stroke, or grain: it makes no mark and joins none.
SOLID = 0.25


class InkMaps(NamedTuple):
    """What differs from the paper."""

    contrast: Ink  # (H, W) in [0, 1], by how much each pixel differs, ink bright
    ink: Ink  # (H, W) in [0, 1], what of it is ink
    grain: bool  # whether the paper has one; that of a drawing has none


def extract_ink(grey: Grey, polarity: Polarity | None = None) -> InkMaps:
    """Find the ink on a grey image, (H, W) uint8.

    Ink is what differs from the background in one direction, `polarity`, which is
    decided from the image unless it is given. Grey levels are kept, since they hold the
    anti-aliased edge of a stroke. Without ink the map of it is all zero. Grain that hides all ink
    is averaged out as far as the image's size allows.
    """
    grey = mask_outside_page(grey)
    seen_at = _with_more_pixels(grey)
    found = _find(seen_at, polarity)
    if found.grain and not found.ink.any():
        softer = (_find(soft, polarity) for soft in _softer(seen_at))
        found = next((maps for maps in softer if maps.ink.any()), found)
    return _resized(found, grey.shape)


def _with_more_pixels(grey: Grey) -> Grey:
    """A small photo enlarged, anything else as it is."""
    scale = min(ENLARGED / min(grey.shape), LONGEST / max(grey.shape))
    if min(grey.shape) >= FEW or scale <= 1 or paper_of_drawing(grey) is not None:
        return grey
    enlarged = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, np.uint8)


def _softer(grey: Grey) -> Iterator[Grey]:
    scale = min(1.0, SOFT_SIDE / min(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    sigma = 1.0
    while sigma <= max(1.0, SOFTEST * min(small.shape)):
        yield np.asarray(cv2.GaussianBlur(small, (0, 0), sigma), np.uint8)
        sigma *= SOFTER


def _resized(maps: InkMaps, shape: tuple[int, ...]) -> InkMaps:
    if maps.contrast.shape == shape:
        return maps
    method = cv2.INTER_AREA if maps.contrast.size > math.prod(shape) else cv2.INTER_LINEAR
    flat, ink = (
        np.asarray(cv2.resize(m, shape[::-1], interpolation=method), np.float32) for m in maps[:2]
    )
    return InkMaps(flat, ink, maps.grain)


def _find(grey: Grey, polarity: Polarity | None) -> InkMaps:
    paper, polarity = estimate_background(grey, polarity)
    above, below = (paper, grey) if polarity == "dark" else (grey, paper)
    excess = np.asarray(cv2.subtract(above, below), np.uint8)  # what is negative becomes 0
    if _is_mostly_paper(excess, np.asarray(cv2.subtract(below, above), np.uint8)):
        return _ink_of_drawing(excess)
    difference = np.asarray(cv2.subtract(above, below, dtype=cv2.CV_32F), np.float32)
    offset, noise = _grain(difference)
    difference -= offset
    contrast = _contrast(difference, noise)
    least = max(MIN_CONTRAST if noise == 0 else FAINTEST, CLEAR * noise)
    flat = np.clip(difference * (1 / max(contrast, least)), 0, 1)
    if contrast < least or (noise > 0 and _is_grain(difference)):
        return InkMaps(flat, np.zeros(grey.shape, np.float32), noise > 0)
    ink = flat.copy()
    ink[ink < max(GRAIN, min(0.45, 3 * noise / contrast))] = 0
    return InkMaps(flat, ink if noise == 0 else _without_grain(ink), noise > 0)


def _ink_of_drawing(excess: Grey) -> InkMaps:
    """The maps where there is no grain, so that each is a table of 256 levels."""
    contrast = int(excess.max())
    levels = np.arange(256, dtype=np.float32) * np.float32(1 / max(contrast, MIN_CONTRAST))
    flat = np.asarray(cv2.LUT(excess, np.minimum(levels, 1)), np.float32)
    if contrast < MIN_CONTRAST:
        return InkMaps(flat, np.zeros(excess.shape, np.float32), grain=False)
    levels[levels < GRAIN] = 0
    ink = np.asarray(cv2.LUT(excess, np.minimum(levels, 1)), np.float32)
    return InkMaps(flat, ink, grain=False)


def _is_grain(difference: NDArray[np.float32]) -> bool:
    """Whether nothing stands out from the grain any more when neighbouring pixels are averaged.

    The grain of a dark room has far outliers, but they are single pixels.
    """
    if min(difference.shape) < AVERAGED:
        return False
    calm = cv2.blur(difference, (3, 3))
    offset, noise = _grain(calm)
    return _contrast(calm - offset, noise) < CLEAR_OF_AVERAGED * noise


def _without_grain(ink: Ink) -> Ink:
    """Only the ink that is solid somewhere; what is faint all over is grain of the paper."""
    count, labels = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    inked = np.flatnonzero(ink)  # of a photo a small part, so that all below is quick
    levels, pieces = ink.reshape(-1)[inked], labels.reshape(-1)[inked]
    solid = np.zeros(count, np.float32)
    solid[pieces[levels > SOLID]] = 1
    kept = np.zeros(ink.size, np.float32)
    kept[inked] = levels * solid[pieces]
    return kept.reshape(ink.shape)


def _grain(difference: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and standard deviation of the paper's grain.

    Where there is much ink, the darker half of the levels is left out. The smaller of two
    estimates: from the side of the histogram without ink, which holds where ink
    covers nearly half of the image, and from the median distance, which holds where ink of the
    other polarity lies on that side.
    """
    step = max(1, difference.size // 100_000)
    sample = difference.reshape(-1)[::step]
    below = sample[sample <= 0.5 * sample.max()]
    if 0 < below.size < (1 - MUCH_INK) * sample.size:
        sample = below
    low, high, middle = (float(value) for value in np.percentile(sample, (5, 35, 50)))
    one_side = (high - low) / 1.26  # quantiles of the normal distribution: -1.645 and -0.385
    both_sides = 1.4826 * float(np.median(np.abs(sample - middle)))
    noise = min(one_side, both_sides)
    return high + 0.385 * noise, noise


def _is_mostly_paper(excess: Grey, lack: Grey) -> bool:
    """Whether there is no grain: at least from the 5th to the 50th percentile all is paper.

    `excess` is by how much a pixel differs from the paper as ink does, `lack` the other way.
    """
    last = excess.size - 1
    return cv2.countNonZero(lack) <= 0.05 * last and cv2.countNonZero(excess) < 0.5 * last


def _contrast(difference: NDArray[np.float32], noise: float) -> float:
    """The level that full ink reaches: the darkest pixel, but no lone one in a photo.

    On a page full of faint rules most ink is theirs; what a pen wrote is far darker.
    """
    if noise == 0:
        return float(difference.max())
    inked = difference[difference > max(8.0, 4 * noise)]
    if not inked.size:
        return 0.0
    usual, darkest = (float(level) for level in np.percentile(inked, (85, 99.8)))
    return max(usual, darkest / FAR_DARKER)
