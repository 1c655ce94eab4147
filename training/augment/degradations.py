"""Degradations: what pen, paper, camera and ink extraction do to a character."""

from collections.abc import Callable

import cv2
import numpy as np

from training.augment.render import Ink, Random

Degradation = Callable[[Ink, Random], Ink]  # (h, w) in [0, 1]; the given ink stays unchanged


def degrade(ink: Ink, random: Random, *, share: float = 1.0) -> Ink:
    """Apply each degradation with its own chance times `share` to (h, w) ink in [0, 1]."""
    for degradation, chance in DEGRADATIONS:
        if random.random() < chance * share:
            ink = degradation(ink, random)
    return ink


def change_pen_width(ink: Ink, random: Random) -> Ink:
    """Make strokes wider or narrower."""
    size = int(random.integers(2, 6))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if random.random() < 0.5:
        return np.asarray(cv2.dilate(ink, kernel), np.float32)
    thin = cv2.erode(ink, kernel)
    return thin if thin.max() > 0.5 else ink


def bleed(ink: Ink, random: Random) -> Ink:
    """Blur, then stretch around some level: strokes swell, merge or break."""
    soft = _blur(ink, random.uniform(0.8, 3))
    peak = max(float(soft.max()), 1e-6)
    low = random.uniform(0.1, 0.5) * peak
    return np.asarray(np.clip((soft - low) / (random.uniform(0.1, 0.6) * peak), 0, 1), np.float32)


def defocus(ink: Ink, random: Random) -> Ink:
    """Blur, as of a camera out of focus."""
    return _blur(ink, random.uniform(0.7, 3.5))


def downsample(ink: Ink, random: Random) -> Ink:
    """Reduce to 13 to 33 pixels a side, as of a small image or a distant photo."""
    side = int(random.integers(13, 34))
    return np.asarray(cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def fade_unevenly(ink: Ink, random: Random) -> Ink:
    """Weaken the ink smoothly in some places, as an uneven pen or light does."""
    field = random.uniform(1 - random.uniform(0.3, 1), 1, (4, 4)).astype(np.float32)
    return np.asarray(
        ink * cv2.resize(field, ink.shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1),
        np.float32,
    )


def erase_lines(ink: Ink, random: Random) -> Ink:
    """Erase up to three lines, as removing a ruling line or a glare does."""
    ink = ink.copy()
    for _ in range(random.integers(1, 4)):
        width = max(1, round(ink.shape[0] * random.uniform(0.015, 0.06)))
        cv2.line(ink, *_ends(ink, random), random.choice([0.0, 0.0, 0.3]), width)
    return ink


def add_ruling_line(ink: Ink, random: Random) -> Ink:
    """Add a ruling line that was not removed, or a part of it."""
    ink = ink.copy()
    side = ink.shape[0]
    width = max(1, round(side * random.uniform(0.01, 0.04)))
    level = float(random.uniform(0.2, 0.9))
    start, end = _ends(ink, random)
    if random.random() < 0.7:  # along a side of the page
        place = int(random.uniform(0.12, 0.9) * side)
        lean = round(random.normal(0, 1.5))
        start = (int(random.uniform(0, 0.5) * side), place)
        end = (int(random.uniform(0.5, 1) * side), place + lean)
        if random.random() < 0.3:
            start, end = start[::-1], end[::-1]
    line = np.zeros_like(ink)
    cv2.line(line, start, end, level, width, cv2.LINE_8)
    return np.maximum(ink, line)


def add_noise(ink: Ink, random: Random) -> Ink:
    """Add noise of paper and camera that was taken for ink, mostly in the strokes."""
    noise = random.standard_normal(ink.shape, np.float32)
    noise = _blur(noise, random.uniform(0.4, 1.5))
    noise *= random.uniform(0.05, 0.25) / max(float(noise.std()), 1e-6)
    near = _blur(ink, 2) > random.uniform(0.02, 0.3)
    noise *= np.where(near, 1, random.choice([0, 0, 0.5]))
    return np.asarray(np.clip(ink + noise, 0, 1), np.float32)


def add_specks(ink: Ink, random: Random) -> Ink:
    """Add up to three dots of dirt."""
    ink = ink.copy()
    side = ink.shape[0]
    for _ in range(random.integers(1, 4)):
        place = [int(v) for v in random.integers(round(0.15 * side), round(0.85 * side), 2)]
        radius = round(side * random.uniform(0, 0.03))
        cv2.circle(ink, place, radius, float(random.uniform(0.3, 1)), -1)
    return ink


def change_gamma(ink: Ink, random: Random) -> Ink:
    """Make the edges of strokes fainter or fuller."""
    return np.asarray(ink ** np.float32(random.uniform(0.5, 1.8)), np.float32)


def binarize(ink: Ink, random: Random) -> Ink:
    """Make it black and white, as a fax or a paint program does."""
    return np.asarray((ink > random.uniform(0.2, 0.6) * ink.max()).astype(np.float32), np.float32)


DEGRADATIONS: tuple[tuple[Degradation, float], ...] = (
    (change_pen_width, 0.3),
    (erase_lines, 0.08),
    (add_ruling_line, 0.07),
    (add_specks, 0.05),
    (fade_unevenly, 0.15),
    (bleed, 0.2),
    (defocus, 0.15),
    (downsample, 0.2),
    (add_noise, 0.12),
    (change_gamma, 0.3),
    (binarize, 0.08),
)


def _blur(ink: Ink, sigma: float) -> Ink:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), np.float32)


def _ends(ink: Ink, random: Random) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two points on opposite sides of the canvas."""
    side = ink.shape[0]
    a, b = (int(v) for v in random.integers(round(0.15 * side), round(0.85 * side), 2))
    return ((0, a), (side, b)) if random.random() < 0.5 else ((a, 0), (b, side))
