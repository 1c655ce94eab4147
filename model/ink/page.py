"""Page detection: a sheet of paper that lies on a table, without the table around it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.background import fit_quadratic_surface, noise_of


@dataclass(frozen=True)
class PageParams:
    """Thresholds of page detection.

    Lengths without a unit are shares of the shorter side, areas are shares of the image or of the
    page's convex hull.
    """

    min_side: int = 100  # pixels; on less, a page cannot be distinguished from a blot
    sample_side: int = 320  # pixels of the longer side of the copy on which the page is searched
    blur: float = 1.5  # pixels of that copy, so that the grain of a table does not fray the edge
    large_area: float = 0.25
    # A smaller page is a note. It must be rectangular and carry writing, otherwise it is a thick
    # stroke.
    min_area: float = 0.02
    rectangularity: float = 0.88  # area by that of the smallest rectangle around it
    min_writing: float = 0.004  # share of the note that is written on
    max_writing: float = 0.4
    solidity: float = 0.8  # of the hull; less is a ring or another large stroke
    plain_share: float = 0.75  # of the smallest large page; blurring adds no more than the rest
    straightness: float = 0.04  # tolerance of the polygon that approximates the outline
    min_corners: int = 4
    max_corners: int = 6
    edge: float = 0.025  # strip along the outline that is left out: the page's own shadow
    min_step: float = 25  # grey levels between the page and its surroundings


def mask_outside_page(grey: Grey, params: PageParams = PageParams()) -> Grey:
    """Extend the paper of a page that is fully visible to the image's border, (H, W) uint8.

    An image without such a page is returned unchanged. An image half in shadow has no page: a page
    touches one side of the image at most.
    """
    if min(grey.shape) < params.min_side or _is_plain(grey, params):
        return grey
    scale = min(1.0, params.sample_side / max(grey.shape))
    resized = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(resized, np.uint8)
    inside = _find_page(small, params)
    return grey if inside is None else _extend_page(grey, small, inside)


def _is_plain(grey: Grey, params: PageParams) -> bool:
    """Return whether border and most of the image have one level, so that no page fits in.

    This is a fast exit for screen drawings.
    """
    level = grey[0, 0]
    if any((side != level).any() for side in (grey[0], grey[-1], grey[:, 0], grey[:, -1])):
        return False
    smallest = params.plain_share * params.solidity * params.large_area * grey.size
    return int(np.count_nonzero(grey != level)) < smallest


def _find_page(small: Grey, params: PageParams) -> NDArray[np.uint8] | None:
    """Return the mask of the page without its edge, (h, w) of 0 and 1; None if there is none."""
    calm = cv2.GaussianBlur(small, (0, 0), params.blur)
    _, light = cv2.threshold(calm, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    for side in (light, 1 - light):
        contours, _ = cv2.findContours(
            side.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        hull = cv2.convexHull(max(contours, key=cv2.contourArea)) if contours else None
        if hull is None or not _is_page(hull, small.shape, params):
            continue
        inside = np.zeros(small.shape, np.uint8)
        cv2.fillConvexPoly(inside, hull.astype(np.int32), 1)
        solidity = params.solidity
        if side[inside > 0].mean() < solidity or side[inside == 0].mean() > 1 - solidity:
            continue
        step = abs(float(np.median(small[inside > 0])) - np.median(small[inside == 0]))
        if step < params.min_step:
            continue
        width = 2 * max(1, round(params.edge * min(small.shape))) + 1
        border = cv2.BORDER_CONSTANT
        kernel = np.ones((width, width), np.uint8)
        inner = np.asarray(cv2.erode(inside, kernel, borderType=border, borderValue=0), np.uint8)
        if _is_large(hull, small.shape, params) or _has_writing(calm[inner > 0], params):
            return inner
    return None


def _is_page(hull: NDArray[np.int32], shape: tuple[int, ...], params: PageParams) -> bool:
    x, y, w, h = cv2.boundingRect(hull)
    touched = (x <= 1) + (y <= 1) + (x + w >= shape[1] - 1) + (y + h >= shape[0] - 1)
    if _is_large(hull, shape, params):
        corners = len(cv2.approxPolyDP(hull, params.straightness * min(shape), True))
        return bool(touched <= 1 and params.min_corners <= corners <= params.max_corners)
    area = cv2.contourArea(hull)
    around = float(np.prod(cv2.minAreaRect(hull)[1]))
    smallest = max(params.min_area * np.prod(shape), params.rectangularity * around)
    return bool(touched == 0 and area > smallest)


def _is_large(hull: NDArray[np.int32], shape: tuple[int, ...], params: PageParams) -> bool:
    return bool(cv2.contourArea(hull) > params.large_area * shape[0] * shape[1])


def _has_writing(levels: Grey, params: PageParams) -> bool:
    """Return whether a few of these grey levels of a page differ much from the others."""
    if not levels.size:
        return False
    off = cv2.absdiff(levels, np.full_like(levels, round(float(np.median(levels)))))
    share = float((off > params.min_step).mean())
    return params.min_writing < share < params.max_writing


def _extend_page(grey: Grey, small: Grey, inside: NDArray[np.uint8]) -> Grey:
    """Return the image with everything outside the page painted as its paper, grain included."""
    background = fit_quadratic_surface(small, inside > 0)
    grain = noise_of(np.abs(small.astype(np.float32) - background)[inside > 0])
    size = (grey.shape[1], grey.shape[0])
    level = cv2.resize(background, size, interpolation=cv2.INTER_LINEAR)
    level += np.random.default_rng(0).normal(0, grain, grey.shape).astype(np.float32)
    mask = cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST)
    return np.where(mask > 0, grey, np.clip(level, 0, 255).astype(np.uint8))
