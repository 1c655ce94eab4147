"""Soft binarisation, the second stage: from grey levels to an ink map."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.background import (
    BackgroundParams,
    Polarity,
    drawing_background,
    estimate_background,
)
from model.ink.page import PageParams, mask_outside_page

Ink: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class InkLevels:
    """Levels of an ink map, in [0, 1], that all later stages share."""

    noise_floor: float = 0.08  # nearer to the background than this is grain of the paper
    # Fainter ink is the soft edge of a stroke, or grain: it makes and connects no component.
    ink_threshold: float = 0.25


@dataclass(frozen=True)
class BinarizeParams:
    """Thresholds of soft binarisation. Contrasts are grey levels of 255."""

    # Below these contrasts there is background and noise, but no ink.
    min_contrast: float = 24  # of a drawing, whose grain is unknown
    min_contrast_photo: float = 10
    min_sigmas: float = 4.5  # ink stands out from the grain by this many standard deviations
    averaged_side: int = 64  # pixels of a shorter side; a smaller image has too few to average
    min_sigmas_averaged: float = 5.5  # `min_sigmas` after averaging 3x3 pixels
    second_ink_ratio: float = 1.6  # contrast over the usual ink's from which it is another ink
    # A photo with a shorter side below `small_side` pixels is enlarged to `enlarged_side`, unless
    # the longer side would exceed `enlarged_longest`: its strokes are a pixel or two wide.
    small_side: int = 40
    enlarged_side: int = 64
    enlarged_longest: int = 1600
    # Where nothing stands out from the grain, the photo is blurred by ever more pixels (sigma, by
    # this factor from step to step), on a copy of this shorter side, up to a share of that side.
    blur_step: float = 1.6
    blur_side: int = 400
    max_blur: float = 0.03
    much_ink: float = 0.15  # share of ink in a photo that was cropped close to a digit
    # The noise floor of a photo: so many standard deviations of the grain, this level at most.
    floor_sigmas: float = 3
    max_floor: float = 0.45


@dataclass(frozen=True)
class InkParams:
    """Thresholds of all steps from grey levels to an ink map."""

    page: PageParams = field(default_factory=PageParams)
    background: BackgroundParams = field(default_factory=BackgroundParams)
    binarize: BinarizeParams = field(default_factory=BinarizeParams)
    levels: InkLevels = field(default_factory=InkLevels)


class InkMaps(NamedTuple):
    """What differs from the background."""

    contrast: Ink  # (H, W) in [0, 1], by how much each pixel differs, ink bright
    ink: Ink  # (H, W) in [0, 1], the part of it that is ink
    is_photo: bool  # whether the background has grain; that of a drawing has none


def extract_ink(
    grey: Grey, polarity: Polarity | None = None, params: InkParams = InkParams()
) -> InkMaps:
    """Find the ink on a grey image, (H, W) uint8.

    Ink is what differs from the background in one direction, `polarity`, which is estimated unless
    it is given. Grey levels are kept, since they hold the anti-aliased edge of a stroke. Without
    ink the ink map is all zero. Grain that hides all ink is averaged out as far as the size of the
    image allows.
    """
    grey = mask_outside_page(grey, params.page)
    enlarged = _enlarge_small_photo(grey, params)
    found = _binarize(enlarged, polarity, params)
    if found.is_photo and not found.ink.any():
        blurred = (_binarize(b, polarity, params) for b in _blurred(enlarged, params.binarize))
        found = next((maps for maps in blurred if maps.ink.any()), found)
    return _resized(found, grey.shape)


def _enlarge_small_photo(grey: Grey, params: InkParams) -> Grey:
    """Return a small photo enlarged, any other image unchanged."""
    rule = params.binarize
    scale = min(rule.enlarged_side / min(grey.shape), rule.enlarged_longest / max(grey.shape))
    if min(grey.shape) >= rule.small_side or scale <= 1:
        return grey
    if drawing_background(grey, params.background) is not None:
        return grey
    enlarged = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, np.uint8)


def _blurred(grey: Grey, params: BinarizeParams) -> Iterator[Grey]:
    """Yield reduced copies of the image, each more blurred than the one before."""
    scale = min(1.0, params.blur_side / min(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    sigma = 1.0
    while sigma <= max(1.0, params.max_blur * min(small.shape)):
        yield np.asarray(cv2.GaussianBlur(small, (0, 0), sigma), np.uint8)
        sigma *= params.blur_step


def _resized(maps: InkMaps, shape: tuple[int, ...]) -> InkMaps:
    if maps.contrast.shape == shape:
        return maps
    method = cv2.INTER_AREA if maps.contrast.size > math.prod(shape) else cv2.INTER_LINEAR
    contrast, ink = (
        np.asarray(cv2.resize(m, shape[::-1], interpolation=method), np.float32) for m in maps[:2]
    )
    return InkMaps(contrast, ink, maps.is_photo)


def _binarize(grey: Grey, polarity: Polarity | None, params: InkParams) -> InkMaps:
    rule, levels = params.binarize, params.levels
    background, polarity = estimate_background(grey, polarity, params.background)
    above, below = (background, grey) if polarity == "dark" else (grey, background)
    excess = np.asarray(cv2.subtract(above, below), np.uint8)  # negative values become 0
    if _has_no_grain(excess, np.asarray(cv2.subtract(below, above), np.uint8)):
        return _binarize_drawing(excess, params)
    difference = np.asarray(cv2.subtract(above, below, dtype=cv2.CV_32F), np.float32)
    offset, noise = _grain(difference, rule)
    difference -= offset
    full = _full_contrast(difference, noise, rule)
    least = max(
        rule.min_contrast if noise == 0 else rule.min_contrast_photo, rule.min_sigmas * noise
    )
    contrast = np.clip(difference * (1 / max(full, least)), 0, 1)
    if full < least or (noise > 0 and _is_only_grain(difference, rule)):
        return InkMaps(contrast, np.zeros(grey.shape, np.float32), noise > 0)
    ink = contrast.copy()
    floor = max(levels.noise_floor, min(rule.max_floor, rule.floor_sigmas * noise / full))
    ink[ink < floor] = 0
    solid = ink if noise == 0 else _without_grain(ink, levels.ink_threshold)
    return InkMaps(contrast, solid, noise > 0)


def _binarize_drawing(excess: Grey, params: InkParams) -> InkMaps:
    """Return the maps of an image without grain: each is a lookup table of 256 levels."""
    full, least = int(excess.max()), params.binarize.min_contrast
    table = np.arange(256, dtype=np.float32) * np.float32(1 / max(full, least))
    contrast = np.asarray(cv2.LUT(excess, np.minimum(table, 1)), np.float32)
    if full < least:
        return InkMaps(contrast, np.zeros(excess.shape, np.float32), is_photo=False)
    table[table < params.levels.noise_floor] = 0
    ink = np.asarray(cv2.LUT(excess, np.minimum(table, 1)), np.float32)
    return InkMaps(contrast, ink, is_photo=False)


def _is_only_grain(difference: NDArray[np.float32], params: BinarizeParams) -> bool:
    """Return whether nothing stands out from the grain once neighbouring pixels are averaged.

    The grain of a dark photo has far outliers, but they are single pixels.
    """
    if min(difference.shape) < params.averaged_side:
        return False
    calm = cv2.blur(difference, (3, 3))
    offset, noise = _grain(calm, params)
    return _full_contrast(calm - offset, noise, params) < params.min_sigmas_averaged * noise


def _without_grain(ink: Ink, ink_threshold: float) -> Ink:
    """Return only the ink that is solid somewhere: what is faint all over is grain of the paper."""
    count, labels = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    inked = np.flatnonzero(ink)  # a small part of a photo, which makes the rest fast
    levels, components = ink.reshape(-1)[inked], labels.reshape(-1)[inked]
    solid = np.zeros(count, np.float32)
    solid[components[levels > ink_threshold]] = 1
    kept = np.zeros(ink.size, np.float32)
    kept[inked] = levels * solid[components]
    return kept.reshape(ink.shape)


def _grain(difference: NDArray[np.float32], params: BinarizeParams) -> tuple[float, float]:
    """Return mean and standard deviation of the paper's grain.

    Where there is much ink, the darker half of the levels is left out. The smaller of two
    estimates: from the side of the histogram without ink, which holds where ink covers nearly half
    of the image, and from the median absolute deviation, which holds where ink of the other
    polarity lies on that side.
    """
    step = max(1, difference.size // 100_000)
    sample = difference.reshape(-1)[::step]
    below = sample[sample <= 0.5 * sample.max()]
    if 0 < below.size < (1 - params.much_ink) * sample.size:
        sample = below
    low, high, middle = (float(value) for value in np.percentile(sample, (5, 35, 50)))
    one_side = (high - low) / 1.26  # quantiles of the normal distribution: -1.645 and -0.385
    both_sides = 1.4826 * float(np.median(np.abs(sample - middle)))
    noise = min(one_side, both_sides)
    return high + 0.385 * noise, noise


def _has_no_grain(excess: Grey, lack: Grey) -> bool:
    """Return whether all levels from the 5th to the 50th percentile are exactly background.

    `excess` is by how much a pixel differs from the background as ink does, `lack` the other way.
    """
    last = excess.size - 1
    return cv2.countNonZero(lack) <= 0.05 * last and cv2.countNonZero(excess) < 0.5 * last


def _full_contrast(difference: NDArray[np.float32], noise: float, params: BinarizeParams) -> float:
    """Return the contrast of full ink: that of the darkest pixel, but no lone one in a photo.

    On a page full of faint ruling lines most ink is theirs; what a pen wrote is far darker.
    """
    if noise == 0:
        return float(difference.max())
    inked = difference[difference > max(8.0, 4 * noise)]
    if not inked.size:
        return 0.0
    usual, darkest = (float(level) for level in np.percentile(inked, (85, 99.8)))
    return max(usual, darkest / params.second_ink_ratio)
