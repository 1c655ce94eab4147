"""The fifteen corruptions of MNIST-C (Mu and Gilmer 2019, arXiv:1906.02337).

Each follows the definition and the strength of `corruptions.py` in google-research/mnist-c, which
made the published data set, and works on many digits at once. The published digits were drawn from
another random state: figures are comparable, single images are not the same.

A corruption takes (N, 28, 28) in [0, 1], ink bright, and a source of randomness, and returns the
like, not rounded; it may leave [0, 1], and `corrupted` clips.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from benchmark.corruptions.patterns import edges, line, plasma, zigzag_line
from model.network.normalize import SIDE

Images: TypeAlias = NDArray[np.float64]  # (N, 28, 28)
Corruption: TypeAlias = Callable[[Images, Generator], Images]

CENTRE = (SIDE - 1) / 2


def corrupted(name: str, images: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Return digits, (N, 28, 28) uint8, with the corruption of this name."""
    changed = CORRUPTIONS[name](images / 255, random)
    return np.asarray(np.rint(255 * np.clip(changed, 0, 1)), np.uint8)


def _shot_noise(images: Images, random: Generator) -> Images:
    photons = 3  # of white
    return np.asarray(random.poisson(images * photons) / photons)


def _impulse_noise(images: Images, random: Generator) -> Images:
    """Salt and pepper, as many of one as of the other, on 17% of the pixels."""
    flipped, salted = random.random(images.shape) < 0.17, random.random(images.shape) < 0.5
    return np.where(flipped, np.where(salted, 1.0, 0.0), images)


def _glass_blur(images: Images, random: Generator) -> Images:
    """Blur, swap neighbours twice, blur again.

    The published blur takes columns for channels, so that it runs down the columns alone.
    """
    blurred = ndimage.gaussian_filter1d(images, 0.7, axis=1, mode="nearest")
    images = np.floor(255 * blurred) / 255
    every = np.arange(len(images))
    for _ in range(2):
        for row in range(SIDE - 1, 1, -1):
            for column in range(SIDE - 1, 1, -1):
                swapped = every[random.random(len(images)) < 0.5]
                x, y = random.integers(-1, 1, (2, len(swapped)))
                here, there = (swapped, row, column), (swapped, row + y, column + x)
                images[here], images[there] = images[there], images[here]
    return np.asarray(ndimage.gaussian_filter1d(images, 0.7, axis=1, mode="nearest"))


def _motion_blur(images: Images, random: Generator) -> Images:
    """Average along a line with weights of half a Gaussian, as ImageMagick's motion blur does."""
    length, sigma = 21, 3.0  # pixels; of a radius of 10
    steps = np.arange(length)
    weights = np.exp(-(steps**2) / (2 * sigma**2))
    weights /= weights.sum()
    angles = np.radians(random.uniform(-45, 45, len(images)))
    every, rows, columns = np.ogrid[: len(images), :SIDE, :SIDE]
    blurred = np.zeros_like(images)
    for step, weight in enumerate(weights):
        right = np.ceil(step * np.cos(angles) - 0.5).astype(int)[:, None, None]
        down = np.ceil(step * np.sin(angles) - 0.5).astype(int)[:, None, None]
        row, column = np.clip(rows + down, 0, SIDE - 1), np.clip(columns + right, 0, SIDE - 1)
        blurred += weight * images[every, row, column]
    return blurred


def _shear(images: Images, random: Generator) -> Images:
    """Shear by 0.4 rad; scikit-image of that time meant this matrix by it."""

    def sheared(some: Images, sign: int) -> Images:
        angle = 0.4 * sign
        return _warped(some, np.array([[1, -math.sin(angle)], [0, math.cos(angle)]]))

    return _either_way(images, random, sheared)


def _scale(images: Images, random: Generator) -> Images:  # noqa: ARG001  # the same for all
    return _warped(images, np.eye(2) / 0.7)


def _rotate(images: Images, random: Generator) -> Images:
    def rotated(some: Images, sign: int) -> Images:
        cos, sin = math.cos(0.4), sign * math.sin(0.4)
        return _warped(some, np.array([[cos, -sin], [sin, cos]]))

    return _either_way(images, random, rotated)


def _brightness(images: Images, random: Generator) -> Images:  # noqa: ARG001  # the same for all
    return images + 0.5


def _translate(images: Images, random: Generator) -> Images:
    """Move by 3 pixels along both axes."""
    for move in (np.array((3, 0)), np.array((0, 3))):
        images = _either_way(images, random, partial(_moved, by=move))
    return images


def _moved(images: Images, sign: int, by: NDArray[np.int64]) -> Images:
    return _warped(images, np.eye(2), sign * by)


def _stripe(images: Images, random: Generator) -> Images:  # noqa: ARG001  # the same for all
    """Invert the quarters at the left and at the right."""
    outer = (np.arange(SIDE) < 7) | (np.arange(SIDE) >= 21)
    return np.where(outer, 1 - images, images)


def _fog(images: Images, random: Generator) -> Images:
    density, decay = 3.0, 1.4
    fog = np.stack([plasma(random, decay)[:SIDE, :SIDE] for _ in images])
    most = images.max(axis=(1, 2), keepdims=True)
    return np.asarray((images + density * fog) * most / (most + density))


def _spatter(images: Images, random: Generator) -> Images:
    """Splash dark mud."""
    plane = (0, 1, 1)  # blurred within each image
    liquid = random.normal(0.65, 0.3, images.shape)
    wet = ndimage.gaussian_filter(liquid, plane, mode="nearest") > 0.65
    mud = ndimage.gaussian_filter(wet.astype(float), np.multiply(1.5, plane), mode="nearest")
    mud[mud < 0.8] = 0
    return np.asarray(images * (1 - mud) + 63 / 255 * mud)


def _dotted_line(images: Images, random: Generator) -> Images:
    ends = random.integers(0, SIDE - 1, (len(images), 2))
    dots = np.arange(SIDE) // 2 % 2 == 1  # two columns with ink after two without
    lines = [line((0, int(first)), (SIDE - 1, int(last))) for first, last in ends]
    return np.asarray(images + np.stack(lines) * dots)


def _zigzag(images: Images, random: Generator) -> Images:
    starts = random.integers(0, SIDE - 1, len(images))
    rises = random.integers(-5, 5, len(images))
    lines = [zigzag_line(int(row), int(by)) for row, by in zip(starts, rises, strict=True)]
    return images + np.stack(lines)


def _canny_edges(images: Images, random: Generator) -> Images:  # noqa: ARG001  # the same for all
    return edges(images)


CORRUPTIONS: dict[str, Corruption] = {
    "shot_noise": _shot_noise,
    "impulse_noise": _impulse_noise,
    "glass_blur": _glass_blur,
    "motion_blur": _motion_blur,
    "shear": _shear,
    "scale": _scale,
    "rotate": _rotate,
    "brightness": _brightness,
    "translate": _translate,
    "stripe": _stripe,
    "fog": _fog,
    "spatter": _spatter,
    "dotted_line": _dotted_line,
    "zigzag": _zigzag,
    "canny_edges": _canny_edges,
}


def _either_way(
    images: Images, random: Generator, change: Callable[[Images, int], Images]
) -> Images:
    """Return the images, each changed with the sign 1 or -1 at random."""
    forward = random.random(len(images)) < 0.5
    changed = np.empty_like(images)
    for sign, chosen in ((1, forward), (-1, ~forward)):
        if chosen.any():
            changed[chosen] = change(images[chosen], sign)
    return changed


def _warped(
    images: Images, matrix: NDArray[np.float64], offset: NDArray[np.int64] | None = None
) -> Images:
    """Return images whose pixel (x, y) is that at `matrix @ (x, y) + offset`, interpolated.

    Without an offset the centre stays where it is.
    """
    moved = CENTRE * (1 - matrix.sum(axis=1)) if offset is None else offset
    of_batch = np.eye(3)
    of_batch[1:, 1:] = matrix[::-1, ::-1]  # rows before columns
    warped = ndimage.affine_transform(
        images, of_batch, (0, moved[1], moved[0]), order=1, mode="grid-constant"
    )
    return np.asarray(warped)
