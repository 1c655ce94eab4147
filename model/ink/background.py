"""The paper under the ink: its grey level at every pixel, and which way the ink differs from it."""

from typing import Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey

Polarity: TypeAlias = Literal["dark", "light"]

# The paper is looked for on a copy whose longer side has this many pixels at most.
SMALL = 320
# A border whose grey levels vary less than this was drawn on a screen, not photographed.
SCREEN_NOISE = 3
# The paper under a photo is a smooth surface if all but this share of it lies near one.
ROUGH = 0.12
# What is wider than this share of the shorter side is a shadow, a table or a frame, not a stroke.
WIDEST_STROKE = 0.22
CLOSE = 160  # pixels of a shorter side; less was cut close to a digit, whose strokes are wider
WIDEST_CLOSE = 0.28
# Of a picture that is all paper and broad strokes of one even ink: what is farther from its level
# than this share of the ink's contrast strays, how much of the paper may, and how wide the edges of
# strokes are, which belong to neither.
UNEVEN = 0.25
STRAY = 0.03
EDGE = 0.07
ALL_EDGE = 32  # pixels of a shorter side; a smaller picture has hardly more than edges of strokes
USUAL_STROKE = 0.1  # most strokes are narrower; enough to tell dark ones from light ones
USUAL_SMALL, FEW = 0.15, 64  # in a picture with a shorter side of at most so many pixels
# A picture so many times as high as wide was cut close to a 1, whose stroke may fill most of it.
TALL = 1.8
TALL_STROKE = 0.2  # of its height
SIDES = 0.08  # of its width, left and right, where the paper shows


class Broad(NamedTuple):
    """What broad strokes of one ink may be like."""

    narrowest: float
    widest: float
    at_border: float  # the share of the border that they may cover
    pale: float  # how much of them may stray from their level


BROAD = Broad(narrowest=0.2, widest=0.5, at_border=0.25, pale=STRAY)
# Where one piece of ink reaches all four sides: most likely the picture was cut to a digit.
BROAD_TO_SIDES = Broad(narrowest=0.12, widest=0.8, at_border=0.42, pale=0.2)
TO_SIDE = 0.07  # so near to a side, ink reaches it


def estimate_background(grey: Grey, polarity: Polarity | None) -> tuple[Grey, Polarity]:
    """Grey levels of the paper, (H, W) uint8, and whether the ink is darker or lighter than it.

    A drawing has the one paper that its border shows. Under a photo the paper is a surface of
    second order where it is evenly lit, also beside strokes so broad that they leave little of it;
    where there are shadows or edges of other things, it is what is left after closing (or opening)
    the picture with a kernel wider than any stroke.
    """
    if (paper := paper_of_drawing(grey)) is not None:
        level = np.full(grey.shape, round(paper), np.uint8)
        return level, polarity or _drawn_polarity(grey, paper)
    small = _reduce(grey)
    level_of_paper = surface(small)
    grain = max(2.0, 1.4826 * float(np.median(cv2.absdiff(small, cv2.medianBlur(small, 5)))))
    rough = float((np.abs(level_of_paper - small) > 5 * grain).mean()) > ROUGH
    if rough and (both := _paper_and_ink(small, polarity, 5 * grain)):
        level_of_paper, polarity = both
    else:
        polarity = polarity or _photo_polarity(small)
        if rough:
            level_of_paper = _without_strokes(small, polarity).astype(np.float32)
    paper_small = np.clip(level_of_paper, 0, 255).astype(np.uint8)
    size = (grey.shape[1], grey.shape[0])
    return cv2.resize(paper_small, size, interpolation=cv2.INTER_LINEAR), polarity


def paper_of_drawing(grey: Grey) -> float | None:
    """The one grey level that the border of a drawing or a screenshot has; None for a photo."""
    border = _border(grey)
    low, high = float(border.min()), float(border.max())
    if high - low > SCREEN_NOISE:  # else the percentiles, which take longer, say the same
        low, high = np.percentile(border, (10, 90))
    if high - low > SCREEN_NOISE:
        return None
    return low if low == high else float(np.median(border))


def _border(grey: Grey) -> Grey:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def _drawn_polarity(grey: Grey, paper: float) -> Polarity:
    darker, lighter = paper - float(grey.min()), float(grey.max()) - paper
    return "dark" if darker > lighter else "light"


def _reduce(grey: Grey) -> Grey:
    scale = SMALL / max(grey.shape)
    if scale >= 1:
        return grey
    size = (max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _photo_polarity(small: Grey) -> Polarity:
    """Whichever of dark and light strokes stand out more from the paper around them."""
    if _is_tall(small):
        return _tall_polarity(small)
    around = cv2.medianBlur(small, min(min(small.shape) // 2, 127) | 1).astype(np.float32)
    level = small.astype(np.float32)
    usual = USUAL_SMALL if min(small.shape) <= FEW else USUAL_STROKE
    closed = _without_strokes(small, "dark", usual).astype(np.float32)
    opened = _without_strokes(small, "light", usual).astype(np.float32)
    dark = np.clip(np.minimum(closed - level, around - level), 0, None)
    light = np.clip(np.minimum(level - opened, level - around), 0, None)
    return "dark" if float((dark**3).sum()) >= float((light**3).sum()) else "light"


def _tall_polarity(small: Grey) -> Polarity:
    """The same where the stroke is too wide to tell it from paper but by the picture's sides."""
    margin = max(1, round(SIDES * small.shape[1]))
    sides = np.concatenate([small[:, :margin], small[:, -margin:]], axis=1)
    off = small.astype(np.float32) - np.median(sides, axis=1, keepdims=True)
    return "dark" if float((off**3).sum()) <= 0 else "light"


def _is_tall(small: Grey) -> bool:
    height, width = small.shape
    return bool(height >= TALL * width)


def _paper_and_ink(
    small: Grey, polarity: Polarity | None, near: float
) -> tuple[NDArray[np.float32], Polarity] | None:
    """The surface of the paper, and the polarity, where all is paper or broad strokes of even ink.

    So it is where a picture was cut close to its digit: the paper between the strokes is no wider
    than they are, but it is what the border shows. None for any other picture.
    """
    if min(small.shape) < ALL_EDGE:
        return None
    split, _ = cv2.threshold(cv2.medianBlur(small, 3), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = small <= split
    if polarity is None:
        polarity = "dark" if float(_border(dark).mean()) < 0.5 else "light"
    inked = (dark if polarity == "dark" else ~dark).astype(np.uint8)
    broad = BROAD_TO_SIDES if _reaches_all_sides(inked) else BROAD
    if float(_border(inked).mean()) > broad.at_border:
        return None
    if not broad.narrowest <= _stroke(inked) <= broad.widest:
        return None
    edge = max(3, round(EDGE * min(small.shape)) | 1)
    kernel = np.ones((edge, edge), np.uint8)
    ink, paper = cv2.erode(inked, kernel) > 0, cv2.dilate(inked, kernel) == 0
    if not ink.any() or not paper.any():
        return None
    level = surface(small, paper)
    off = np.abs(level - small)
    contrast = float(np.median(off[ink]))
    uneven = off[paper] > max(near, UNEVEN * contrast)
    pale = np.abs(off[ink] - contrast) > max(near, UNEVEN * contrast)
    if float(uneven.mean()) > STRAY or float(pale.mean()) > broad.pale:
        return None
    return level, polarity


def _reaches_all_sides(inked: NDArray[np.uint8]) -> bool:
    """Whether the largest piece does; a shadow at one side and dirt at another do not."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(inked)
    if count < 2:
        return False
    x, y, w, h = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()), :4]
    height, width = inked.shape
    margin = max(1, round(TO_SIDE * min(height, width)))
    return bool(max(x, y, width - x - w, height - y - h) < margin)


def _stroke(inked: NDArray[np.uint8]) -> float:
    """Width of the widest stroke, as a share of the shorter side or half of the height."""
    inside = cv2.distanceTransform(np.pad(inked, 1, mode="edge"), cv2.DIST_L2, 5)
    height, width = inked.shape
    return 2 * float(inside.max()) / float(max(min(height, width), height / 2))


def _without_strokes(small: Grey, polarity: Polarity, widest: float | None = None) -> Grey:
    """The picture with every stroke filled that is no wider than the `widest`."""
    side = min(small.shape)
    if widest is None:
        widest = WIDEST_CLOSE if side < CLOSE else WIDEST_STROKE
        if _is_tall(small):
            widest = max(widest, TALL_STROKE * len(small) / side)
    width = max(5, round(widest * side)) | 1
    kernel = np.ones((width, width), np.uint8)  # of rows and columns, since that is quick
    operation = cv2.MORPH_CLOSE if polarity == "dark" else cv2.MORPH_OPEN
    calm = cv2.medianBlur(small, 3)
    filled = cv2.morphologyEx(calm, operation, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.medianBlur(filled, min(width, 31) | 1), np.uint8)


def noise_of(off: NDArray[np.float32]) -> float:
    """Standard deviation of the paper about a surface, from the median of the distances."""
    return max(2.0, 1.4826 * float(np.median(off)))


def surface(small: Grey, where: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """The second-order surface that most of the picture, (h, w), lies near; or most of a part."""
    height, width = small.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    levels = small.reshape(-1).astype(np.float32)
    known = np.flatnonzero(where) if where is not None else np.arange(levels.size)
    known = known[:: max(1, known.size // 4000)]  # enough for six numbers
    fit_terms, fit_levels = terms[known], levels[known]
    weight = np.ones_like(fit_levels)
    for _ in range(8):  # reweighted least squares; ink loses its weight
        normal = (fit_terms * weight[:, None]).T
        factors = np.linalg.solve(
            normal @ fit_terms + 1e-3 * np.eye(6, dtype=np.float32), normal @ fit_levels
        )
        off = np.abs(fit_levels - fit_terms @ factors)
        weight = 1 / (1 + (off / (2 * noise_of(off))) ** 4)
    return np.asarray((terms @ factors).reshape(height, width), np.float32)
