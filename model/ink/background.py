"""Background estimation: the paper's grey level at every pixel, and the polarity of the ink."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey

Polarity: TypeAlias = Literal["dark", "light"]  # the ink is darker or lighter than the background


@dataclass(frozen=True)
class ThickStrokeRule:
    """What an image that is all background and thick strokes of one ink may look like.

    Widths are shares of the shorter side (of a tall image, of half its height).
    """

    min_width: float  # of the widest stroke
    max_width: float
    max_border: float  # share of the border that ink may cover
    max_pale: float  # share of the ink whose level may deviate


@dataclass(frozen=True)
class BackgroundParams:
    """Thresholds of background estimation.

    Lengths without a unit are shares of the shorter side.
    """

    sample_side: int = 320  # pixels; the background is estimated on a copy with this longer side
    screen_noise: float = 3  # grey levels; a border that varies less was drawn on a screen
    max_rough: float = 0.12  # share of pixels off a smooth surface under an evenly lit photo
    max_stroke: float = 0.22  # what is wider is a shadow, a table or a frame, not a stroke
    close_side: int = 160  # pixels of a shorter side; smaller photos were cropped close to a digit
    max_stroke_close: float = 0.28  # `max_stroke` of such a photo
    # Most strokes are narrower than this: enough to decide the polarity.
    usual_stroke: float = 0.1
    usual_stroke_small: float = 0.15
    small_side: int = 64  # pixels of a shorter side up to which `usual_stroke_small` holds
    # An image this many times as high as wide was cropped close to a 1, whose stroke may fill it.
    tall_ratio: float = 1.8
    tall_stroke: float = 0.2  # share of the height of such an image
    tall_margin: float = 0.08  # share of its width, left and right, where the background shows
    # An image that is all background and thick strokes of one even ink.
    min_side_thick: int = 32  # pixels; a smaller image is hardly more than edges of strokes
    stroke_edge: float = 0.07  # width of the ignored stroke edge
    max_deviation: float = 0.25  # share of the ink's contrast; a greater deviation is an outlier
    max_outliers: float = 0.03  # share of the background
    border_reach: float = 0.07  # ink this close to a side reaches it
    thick: ThickStrokeRule = ThickStrokeRule(
        min_width=0.2, max_width=0.5, max_border=0.25, max_pale=0.03
    )
    # Where one component reaches all four sides, the image was most likely cropped to a digit.
    thick_to_sides: ThickStrokeRule = ThickStrokeRule(
        min_width=0.12, max_width=0.8, max_border=0.42, max_pale=0.2
    )


def estimate_background(
    grey: Grey, polarity: Polarity | None, params: BackgroundParams = BackgroundParams()
) -> tuple[Grey, Polarity]:
    """Estimate the grey levels of the background, (H, W) uint8, and the polarity of the ink.

    A drawing has one background level, that of its border. The background of a photo is a surface
    of second order where it is evenly lit, also where thick strokes leave little of it visible;
    with shadows or edges of other things it is the morphological closing (or opening) of the photo
    with a kernel wider than any stroke.
    """
    if (level := drawing_background(grey, params)) is not None:
        flat = np.full(grey.shape, round(level), np.uint8)
        return flat, polarity or _polarity_of_drawing(grey, level)
    small = _reduce(grey, params)
    background = fit_quadratic_surface(small)
    grain = max(2.0, 1.4826 * float(np.median(cv2.absdiff(small, cv2.medianBlur(small, 5)))))
    rough = float((np.abs(background - small) > 5 * grain).mean()) > params.max_rough
    if rough and (both := _under_thick_strokes(small, polarity, 5 * grain, params)):
        background, polarity = both
    else:
        polarity = polarity or _polarity_of_photo(small, params)
        if rough:
            widest = _widest_stroke(small, params)
            background = _without_strokes(small, polarity, widest).astype(np.float32)
    levels = np.clip(background, 0, 255).astype(np.uint8)
    size = (grey.shape[1], grey.shape[0])
    return cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR), polarity


def drawing_background(grey: Grey, params: BackgroundParams = BackgroundParams()) -> float | None:
    """Return the one grey level of the border of a drawing or a screenshot; None for a photo."""
    border = _border(grey)
    low, high = float(border.min()), float(border.max())
    if high - low > params.screen_noise:  # else the percentiles, which are slow, say the same
        low, high = np.percentile(border, (10, 90))
    if high - low > params.screen_noise:
        return None
    return low if low == high else float(np.median(border))


def _border(grey: Grey) -> Grey:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def _polarity_of_drawing(grey: Grey, background: float) -> Polarity:
    darker, lighter = background - float(grey.min()), float(grey.max()) - background
    return "dark" if darker > lighter else "light"


def _reduce(grey: Grey, params: BackgroundParams) -> Grey:
    scale = params.sample_side / max(grey.shape)
    if scale >= 1:
        return grey
    size = (max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _polarity_of_photo(small: Grey, params: BackgroundParams) -> Polarity:
    """Return whichever of dark and light strokes stand out more from their surroundings."""
    if _is_tall(small, params):
        return _polarity_of_tall(small, params)
    around = cv2.medianBlur(small, min(min(small.shape) // 2, 127) | 1).astype(np.float32)
    level = small.astype(np.float32)
    few_pixels = min(small.shape) <= params.small_side
    usual = params.usual_stroke_small if few_pixels else params.usual_stroke
    closed = _without_strokes(small, "dark", usual).astype(np.float32)
    opened = _without_strokes(small, "light", usual).astype(np.float32)
    dark = np.clip(np.minimum(closed - level, around - level), 0, None)
    light = np.clip(np.minimum(level - opened, level - around), 0, None)
    return "dark" if float((dark**3).sum()) >= float((light**3).sum()) else "light"


def _polarity_of_tall(small: Grey, params: BackgroundParams) -> Polarity:
    """Return the polarity of an image whose stroke is so wide that only its sides show paper."""
    margin = max(1, round(params.tall_margin * small.shape[1]))
    sides = np.concatenate([small[:, :margin], small[:, -margin:]], axis=1)
    off = small.astype(np.float32) - np.median(sides, axis=1, keepdims=True)
    return "dark" if float((off**3).sum()) <= 0 else "light"


def _is_tall(small: Grey, params: BackgroundParams) -> bool:
    height, width = small.shape
    return bool(height >= params.tall_ratio * width)


def _under_thick_strokes(
    small: Grey, polarity: Polarity | None, near: float, params: BackgroundParams
) -> tuple[NDArray[np.float32], Polarity] | None:
    """Estimate background and polarity of an image of background and thick, even strokes alone.

    A photo cropped close to its digit is such an image: the background between the strokes is no
    wider than they are, but it is what the border shows. None for any other image. `near` is the
    deviation in grey levels that grain explains.
    """
    if min(small.shape) < params.min_side_thick:
        return None
    split, _ = cv2.threshold(cv2.medianBlur(small, 3), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = small <= split
    if polarity is None:
        polarity = "dark" if float(_border(dark).mean()) < 0.5 else "light"
    inked = (dark if polarity == "dark" else ~dark).astype(np.uint8)
    rule = params.thick_to_sides if _reaches_all_sides(inked, params) else params.thick
    if float(_border(inked).mean()) > rule.max_border:
        return None
    if not rule.min_width <= _stroke_width(inked) <= rule.max_width:
        return None
    edge = max(3, round(params.stroke_edge * min(small.shape)) | 1)
    kernel = np.ones((edge, edge), np.uint8)
    ink, bare = cv2.erode(inked, kernel) > 0, cv2.dilate(inked, kernel) == 0
    if not ink.any() or not bare.any():
        return None
    level = fit_quadratic_surface(small, bare)
    off = np.abs(level - small)
    contrast = float(np.median(off[ink]))
    allowed = max(near, params.max_deviation * contrast)
    uneven = off[bare] > allowed
    pale = np.abs(off[ink] - contrast) > allowed
    if float(uneven.mean()) > params.max_outliers or float(pale.mean()) > rule.max_pale:
        return None
    return level, polarity


def _reaches_all_sides(inked: NDArray[np.uint8], params: BackgroundParams) -> bool:
    """Return whether the largest component does: not a shadow at one side and dirt at another."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(inked)
    if count < 2:
        return False
    x, y, w, h = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()), :4]
    height, width = inked.shape
    margin = max(1, round(params.border_reach * min(height, width)))
    return bool(max(x, y, width - x - w, height - y - h) < margin)


def _stroke_width(inked: NDArray[np.uint8]) -> float:
    """Return the width of the widest stroke, as a share of the shorter side or half the height."""
    inside = cv2.distanceTransform(np.pad(inked, 1, mode="edge"), cv2.DIST_L2, 5)
    height, width = inked.shape
    return 2 * float(inside.max()) / float(max(min(height, width), height / 2))


def _widest_stroke(small: Grey, params: BackgroundParams) -> float:
    """Return the greatest width of a stroke, as a share of the shorter side."""
    side = min(small.shape)
    widest = params.max_stroke_close if side < params.close_side else params.max_stroke
    if _is_tall(small, params):
        widest = max(widest, params.tall_stroke * len(small) / side)
    return widest


def _without_strokes(small: Grey, polarity: Polarity, widest: float) -> Grey:
    """Return the image with every stroke filled up to the width `widest`."""
    width = max(5, round(widest * min(small.shape))) | 1
    kernel = np.ones((width, width), np.uint8)  # rectangular, which OpenCV separates: fast
    operation = cv2.MORPH_CLOSE if polarity == "dark" else cv2.MORPH_OPEN
    calm = cv2.medianBlur(small, 3)
    filled = cv2.morphologyEx(calm, operation, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.medianBlur(filled, min(width, 31) | 1), np.uint8)


def noise_of(residuals: NDArray[np.float32]) -> float:
    """Return the standard deviation of residuals (absolute values), from their median."""
    return max(2.0, 1.4826 * float(np.median(residuals)))


def fit_quadratic_surface(
    small: Grey, where: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Fit a surface of second order to most of an image, (h, w), or to most of a part of it.

    Iteratively reweighted least squares (Holland and Welsch 1977): ink loses its weight.
    """
    height, width = small.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    levels = small.reshape(-1).astype(np.float32)
    known = np.flatnonzero(where) if where is not None else np.arange(levels.size)
    known = known[:: max(1, known.size // 4000)]  # enough for six coefficients
    fit_terms, fit_levels = terms[known], levels[known]
    weight = np.ones_like(fit_levels)
    for _ in range(8):
        normal = (fit_terms * weight[:, None]).T
        factors = np.linalg.solve(
            normal @ fit_terms + 1e-3 * np.eye(6, dtype=np.float32), normal @ fit_levels
        )
        off = np.abs(fit_levels - fit_terms @ factors)
        weight = 1 / (1 + (off / (2 * noise_of(off))) ** 4)
    return np.asarray((terms @ factors).reshape(height, width), np.float32)
