"""Cameras and scanners: blur, noise, a low resolution, polarity and JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augment.render import Random
from training.scenes.layers import Range, between, between_log, happens
from training.scenes.paper import Light, smooth_noise


@dataclass(frozen=True)
class CameraStyle:
    """What a camera, a scanner or a screenshot does, as chances and ranges."""

    blur: float = 0.4
    blur_size: Range = (0.008, 0.07)  # standard deviation as a share of a digit's height
    clean: float = 0.25  # chance of no noise at all, as of a drawing
    texture: float = 0.3  # of the others, noise coarser than pixels
    texture_depth: Range = (0.5, 7)  # grey levels
    noise: Range = (0.5, 9)  # standard deviation in grey levels
    reduced: float = 0.25  # chance of a low resolution, enlarged again
    reduced_scale: Range = (0.35, 0.9)
    inverted: float = 0.22  # bright writing on dark
    jpeg: float = 0.5
    quality: Range = (15, 95)


def photograph(
    level: Light, height: float, inverted: bool, random: Random, style: CameraStyle
) -> NDArray[np.uint8]:
    """Return exposed paper, (h, w) grey levels, as a camera or a scanner gives it.

    `inverted` asks for bright writing on dark; else a share of the images has it.
    """
    rows, columns = level.shape
    if happens(random, style.blur):
        level = cv2.GaussianBlur(level, (0, 0), height * between_log(random, style.blur_size))
    if not happens(random, style.clean):
        if happens(random, style.texture):
            depth = np.float32(between(random, style.texture_depth))
            level = level + depth * smooth_noise(level.shape, (0.6, 2.5), random)
        noise = random.standard_normal(level.shape, np.float32)
        level = level + np.float32(between_log(random, style.noise)) * noise
    if happens(random, style.reduced):
        scale = between(random, style.reduced_scale)
        method = cv2.INTER_CUBIC if happens(random, 0.6) else cv2.INTER_LINEAR
        small = cv2.resize(level, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        level = cv2.resize(small, (columns, rows), interpolation=method)
    image = np.clip(level, 0, 255).astype(np.uint8)
    if inverted or happens(random, style.inverted):
        image = 255 - image
    if happens(random, style.jpeg):
        quality = int(between(random, style.quality))
        _, file = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)
    return image
