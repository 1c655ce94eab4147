"""From the objects that the canvas reports to pen strokes."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import Stroke

Points = NDArray[np.float32]  # (n, 2) x, y

# How far along a curve it is sampled, and the weights of its start, bend and end there.
ALONG = np.linspace(0, 1, 13, dtype=np.float32)[1:]
CURVE = np.stack([(1 - ALONG) ** 2, 2 * ALONG * (1 - ALONG), ALONG**2], axis=1)
# Fabric.js takes the bounds of a curve as if it bent twice at the same point.
BOUNDS = np.stack([(1 - ALONG) ** 3, 3 * ALONG * (1 - ALONG), ALONG**3], axis=1)


def strokes_of(objects: Sequence[dict[str, Any]]) -> list[Stroke]:
    """Paths as Fabric.js writes them, as strokes in pixels of the canvas, in the order drawn."""
    return [_stroke(path) for path in objects]


def _stroke(path: dict[str, Any]) -> Stroke:
    """A path where the canvas shows it: the edit tool may have moved, scaled or turned it.

    The centre of its bounds goes to (left, top), where it is already unless somebody edited it.
    """
    bounds = _follow(path["path"], BOUNDS)
    centre = (bounds.min(axis=0) + bounds.max(axis=0)) / 2
    flip = np.where([path.get("flipX", False), path.get("flipY", False)], -1, 1)
    scale = flip * [path.get("scaleX", 1), path.get("scaleY", 1)]
    angle = math.radians(path.get("angle", 0))
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    points = (_follow(path["path"], CURVE) - centre) * scale @ turn + [path["left"], path["top"]]
    return Stroke(points.astype(np.float32), path["strokeWidth"] * math.sqrt(abs(scale.prod())))


def _follow(commands: Sequence[Sequence[Any]], weights: NDArray[np.float32]) -> Points:
    """Points along a path of M, L and Q commands; a line is a curve that bends at its own end."""
    points = np.array([commands[0][1:]], np.float32)
    for _, *numbers in commands[1:]:
        corners = np.array([points[-1], numbers[:2], numbers[-2:]], np.float32)
        points = np.concatenate([points, weights @ corners])
    return points
