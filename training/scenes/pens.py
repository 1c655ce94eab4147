"""Pens: strokes or the image of a character, drawn at a height in pixels."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.render import SUBPIXEL, Random
from training.augment.stroke_templates import Stroke
from training.scenes.layers import Layer, draw_path

Nib: TypeAlias = Literal["round", "pressed", "broad"]

# A character counts as at least this high for its width, so that a dash does not fill the line.
LEAST_ASPECT = 0.35
THINNEST = 0.3  # share of a nib's width in the direction that it draws thinnest
IMAGE_INK = 40  # of 255; least level of ink in the image of a character
ENLARGED = 1.3  # scale from which the soft edges of an image are made sharp again


@dataclass(frozen=True)
class Pen:
    """A pen: width in pixels, and how its nib meets the paper."""

    width: float
    nib: Nib = "round"


@dataclass(frozen=True)
class Pose:
    """How a character stands."""

    height: float  # pixels
    slant: float = 0.0  # x moved per y, to the right for positive ones
    turn: float = 0.0  # degrees
    wave: float = 0.0  # standard deviation of a smooth distortion, as a share of the height


def draw_strokes(strokes: list[Stroke], pen: Pen, pose: Pose, random: Random) -> Layer:
    """Draw strokes, (n, 2) points in any unit with y downwards; the layer has a margin."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (float(side) for side in high - low)
    scale = pose.height / max(height, LEAST_ASPECT * width, 1e-3)
    placed = ((points - (low + high) / 2) * scale) @ _matrix_of(pose).T
    if pose.wave:
        placed = _distort(placed, pose, random)
    margin = pen.width + 2
    placed = placed - placed.min(axis=0) + margin
    columns, rows = np.ceil(placed.max(axis=0) + margin).astype(int) + 1
    layer = np.zeros((rows, columns), np.uint8)
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    for stroke in np.split(placed, ends):
        if pen.nib == "round":
            draw_path(layer, stroke, pen.width)
        else:
            _draw_with_nib(layer, stroke, pen)
    if pen.width < 1:  # thinner than a pixel, which it then covers in part
        layer = (layer * max(0.5, pen.width)).astype(np.uint8)
    return layer


def draw_image(image: NDArray[np.uint8], pose: Pose, level: float) -> Layer:
    """Draw the image of a character, (h, w) in 0 to 255 with bright ink; the layer has a margin.

    `level`, in (0, 1), is where the edge of an enlarged stroke lies: low ones make it thicker.
    """
    rows = np.flatnonzero(image.max(axis=1) > IMAGE_INK)
    columns = np.flatnonzero(image.max(axis=0) > IMAGE_INK)
    if not rows.size:
        return np.zeros((4, 4), np.uint8)
    cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32) / 255
    height, width = cut.shape
    scale = pose.height / max(height, LEAST_ASPECT * width)
    margin = 3
    rows_out = round(height * scale) + 2 * margin
    columns_out = round(width * scale) + 2 * margin + int(abs(pose.slant) * rows_out) + 2
    matrix = scale * _matrix_of(pose)
    centre = (np.array([columns_out, rows_out]) - 1) / 2
    shift = centre - matrix @ ((np.array([width, height]) - 1) / 2)
    method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    affine = np.hstack([matrix, shift[:, np.newaxis]])
    drawn = cv2.warpAffine(cut, affine, (columns_out, rows_out), flags=method)
    if scale > ENLARGED:
        drawn = _sharpen(drawn, scale, level)
    return np.asarray(np.clip(255 * drawn, 0, 255), np.uint8)


def _sharpen(drawn: NDArray[np.float32], scale: float, level: float) -> NDArray[np.float32]:
    """Give an enlarged image edges about a pixel wide, at the ink of `level`."""
    soft = cv2.GaussianBlur(drawn, (0, 0), 0.35 * scale)
    steepness = 4 * min(3.0, 0.8 * scale)

    def edge(ink: NDArray[np.float32] | float) -> NDArray[np.float32]:
        return np.asarray(1 / (1 + np.exp(-steepness * (np.asarray(ink) - level))), np.float32)

    least, most = edge(0.08), edge(1.0)
    return np.asarray((edge(soft) - least) / (most - least), np.float32)


def _matrix_of(pose: Pose) -> NDArray[np.float64]:
    angle = math.radians(pose.turn)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray(rotation @ np.array([[1, -pose.slant], [0, 1]]))


def _distort(points: NDArray[np.float64], pose: Pose, random: Random) -> NDArray[np.float64]:
    """Move (n, 2) points by two plane waves about as long as the character is high."""
    amplitude = random.normal(0, pose.wave * pose.height, (2, 2))
    frequency = random.normal(0, 2 * math.pi / pose.height, (2, 2))
    phase = random.uniform(0, 2 * math.pi, 2)
    return np.asarray(points + np.sin(points @ frequency + phase) @ amplitude)


def _draw_with_nib(layer: Layer, stroke: NDArray[np.float64], pen: Pen) -> None:
    """Draw a stroke thick on the way down ("pressed") or across one diagonal ("broad")."""
    corners = np.rint(stroke * 2**SUBPIXEL).astype(np.int32)
    if len(corners) == 1:
        corners = np.repeat(corners, 2, axis=0)
    steps = np.diff(corners, axis=0).astype(np.float64)
    x, y = steps.T / (np.hypot(*steps.T) + 1e-6)
    across = np.clip(y, 0, 1) if pen.nib == "pressed" else np.abs(0.7 * x + 0.7 * y)
    widths = np.maximum(1, np.rint(pen.width * (THINNEST + (1 - THINNEST) * across))).astype(int)
    for start, end, width in zip(corners[:-1], corners[1:], widths.tolist(), strict=True):
        cv2.line(layer, start, end, 255, width, cv2.LINE_AA, SUBPIXEL)
