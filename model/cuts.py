"""Where touching digits may be cut apart."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink import SOLID
from model.marks import Mark, whole

SLANTS = (0.0, 0.35, -0.2)  # x per y, upwards to the right
CUTS_PER_HEIGHT = 3  # a mark as wide as high gets so many at most
NARROWEST = 0.18  # of the height, a piece's width


def cuts(mark: Mark) -> list[list[Mark]]:
    """Ways to cut a mark where it is thin, one for each slant, the pieces in reading order.

    Straight cuts go where the ink along a slanted column and the distance from its first ink to
    its last are least: digits that run together share a ligature, and round ones touch at their
    flanks.
    """
    ways = []
    for slant in SLANTS:
        places = _minima(_crossing(mark.ink, slant), mark.height)
        if places:
            ways.append(_cut(mark, slant, places))
    return ways


def _crossing(ink: NDArray[np.float32], slant: float) -> NDArray[np.float32]:
    """What a cut down each slanted column crosses; sheared so that those columns are upright.

    Half of it is ink, half the span from the first ink to the last.
    """
    upright = _shear(ink, slant)
    solid = upright > SOLID
    first = np.argmax(solid, axis=0)
    last = upright.shape[0] - np.argmax(solid[::-1], axis=0)
    span = np.where(solid.any(axis=0), last - first, 0)
    return np.asarray((upright.sum(axis=0) + span) / 2, np.float32)


def _shear(ink: NDArray[np.float32], slant: float) -> NDArray[np.float32]:
    height, width = ink.shape
    extra = math.ceil(abs(slant) * height)
    offset = 0.0 if slant >= 0 else float(extra)
    matrix = np.array([[1, slant, offset], [0, 1, 0]], np.float32)
    return np.asarray(
        cv2.warpAffine(ink, matrix, (width + extra, height), flags=cv2.INTER_LINEAR), np.float32
    )


def _minima(profile: NDArray[np.float32], height: int) -> list[int]:
    """Columns where least is crossed, the least first chosen, none too near another or an end."""
    apart = max(2, round(NARROWEST * height))
    inked = np.flatnonzero(profile > 0.5)
    if inked.size < 2 * apart:
        return []
    smooth = cv2.GaussianBlur(profile[np.newaxis], (0, 0), max(0.5, 0.02 * height))[0]
    first, last = int(inked[0]) + apart, int(inked[-1]) - apart
    here, before, after = (
        smooth[first:last],
        smooth[first - 1 : last - 1],
        smooth[first + 1 : last + 1],
    )
    low = np.flatnonzero((here <= before) & (here <= after)) + first
    most = math.ceil(CUTS_PER_HEIGHT * (inked[-1] - inked[0]) / height)
    chosen: list[int] = []
    for place in sorted(low.tolist(), key=lambda p: float(smooth[p])):
        if all(abs(place - other) >= apart for other in chosen):
            chosen.append(place)
    return sorted(chosen[:most])


def _cut(mark: Mark, slant: float, places: list[int]) -> list[Mark]:
    offset = 0.0 if slant >= 0 else math.ceil(abs(slant) * mark.height)
    rows, columns = np.mgrid[0 : mark.height, 0 : mark.width]
    part = np.digitize(columns + slant * rows + offset, places)
    found = []
    for number in range(len(places) + 1):
        ink = np.where(part == number, mark.ink, 0).astype(np.float32)
        piece = whole(np.where(ink > 0.02, ink, 0).astype(np.float32))
        if piece is not None and piece.ink.max() > SOLID:
            x, y, w, h = piece.box
            found.append(Mark(piece.ink, (x + mark.left, y + mark.top, w, h)))
    return found
