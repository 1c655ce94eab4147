"""A sheet of paper that lies on something else: the picture without what is around the sheet."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.background import noise_of, surface

SMALLEST = 100  # pixels of a shorter side; on less, a sheet cannot be told from a blot
SMALL = 320  # pixels of the longer side of the copy that is looked at
BLUR = 1.5  # pixels there, so that the grain of a table does not fray the edge
# Lengths are shares of the shorter side, areas of the picture or of the sheet's convex hull.
AREA = 0.25
# A smaller sheet is a note: a rectangle as far as it fills one, with writing on it, or it were a
# broad stroke; what share of it the writing may cover.
LEAST_AREA = 0.02
RECTANGLE = 0.88
WRITING = (0.004, 0.4)
FILLED = 0.8  # of the hull; less is a ring or another large stroke
PLAIN = 0.75  # of the least sheet; blurring does not make so much less into one
STRAIGHT = 0.04
CORNERS = (4, 6)
EDGE = 0.025  # along the outline, where the sheet's own shadow lies
LEAST_STEP = 25  # grey levels between the sheet and what is around it


def mask_outside_page(grey: Grey) -> Grey:
    """Grey levels (H, W) with the paper of a sheet that is seen as a whole continued to the border.

    A picture without such a sheet is returned as it is. Half a picture in shadow is no sheet: a
    sheet touches one side of the picture at most.
    """
    if min(grey.shape) < SMALLEST or _is_plain(grey):
        return grey
    scale = min(1.0, SMALL / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    inside = _find(np.asarray(small, np.uint8))
    return grey if inside is None else _continue(grey, np.asarray(small, np.uint8), inside)


def _is_plain(grey: Grey) -> bool:
    """Whether the border has one level, as most of the picture, so that no sheet fits in the rest.

    So it is with what was drawn on a screen, which need not be looked at any closer.
    """
    level = grey[0, 0]
    if any((side != level).any() for side in (grey[0], grey[-1], grey[:, 0], grey[:, -1])):
        return False
    return int(np.count_nonzero(grey != level)) < PLAIN * FILLED * AREA * grey.size


def _find(small: Grey) -> NDArray[np.uint8] | None:
    """Where the sheet is, (h, w) of 0 and 1, without its edge; None if there is none."""
    calm = cv2.GaussianBlur(small, (0, 0), BLUR)
    _, light = cv2.threshold(calm, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    for side in (light, 1 - light):
        contours, _ = cv2.findContours(
            side.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        hull = cv2.convexHull(max(contours, key=cv2.contourArea)) if contours else None
        if hull is None or not _is_sheet(hull, small.shape):
            continue
        inside = np.zeros(small.shape, np.uint8)
        cv2.fillConvexPoly(inside, hull.astype(np.int32), 1)
        if side[inside > 0].mean() < FILLED or side[inside == 0].mean() > 1 - FILLED:
            continue
        if abs(float(np.median(small[inside > 0])) - np.median(small[inside == 0])) < LEAST_STEP:
            continue
        width = 2 * max(1, round(EDGE * min(small.shape))) + 1
        border = cv2.BORDER_CONSTANT
        kernel = np.ones((width, width), np.uint8)
        inner = np.asarray(cv2.erode(inside, kernel, borderType=border, borderValue=0), np.uint8)
        if _is_large(hull, small.shape) or _is_written_on(calm[inner > 0]):
            return inner
    return None


def _is_sheet(hull: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    x, y, w, h = cv2.boundingRect(hull)
    touched = (x <= 1) + (y <= 1) + (x + w >= shape[1] - 1) + (y + h >= shape[0] - 1)
    if _is_large(hull, shape):
        corners = cv2.approxPolyDP(hull, STRAIGHT * min(shape), True)
        return bool(touched <= 1 and CORNERS[0] <= len(corners) <= CORNERS[1])
    area = cv2.contourArea(hull)
    around = float(np.prod(cv2.minAreaRect(hull)[1]))
    return bool(touched == 0 and area > max(LEAST_AREA * np.prod(shape), RECTANGLE * around))


def _is_large(hull: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    return bool(cv2.contourArea(hull) > AREA * shape[0] * shape[1])


def _is_written_on(levels: Grey) -> bool:
    """Whether a few of these levels of a sheet are far from the others."""
    if not levels.size:
        return False
    off = cv2.absdiff(levels, np.full_like(levels, round(float(np.median(levels)))))
    return WRITING[0] < float((off > LEAST_STEP).mean()) < WRITING[1]


def _continue(grey: Grey, small: Grey, inside: NDArray[np.uint8]) -> Grey:
    """The picture with everything outside the sheet painted as paper, its grain too."""
    paper = surface(small, inside > 0)
    grain = noise_of(np.abs(small.astype(np.float32) - paper)[inside > 0])
    size = (grey.shape[1], grey.shape[0])
    level = cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR)
    level += np.random.default_rng(0).normal(0, grain, grey.shape).astype(np.float32)
    mask = cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST)
    return np.where(mask > 0, grey, np.clip(level, 0, 255).astype(np.uint8))
