"""What pen, paper, camera and ink extraction do to a mark before a network sees it."""

from collections.abc import Callable

import cv2
import numpy as np

from training.augment.render import Ink, Random

Damage = Callable[[Ink, Random], Ink]


def damage(ink: Ink, random: Random, *, share: float = 1.0) -> Ink:
    """Do to (h, w) ink what chance brings, each kind with its own chance times `share`."""
    for kind, chance in KINDS:
        if random.random() < chance * share:
            ink = kind(ink, random)
    return ink


def widen(ink: Ink, random: Random) -> Ink:
    """A pen of another width."""
    size = int(random.integers(2, 6))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if random.random() < 0.5:
        return np.asarray(cv2.dilate(ink, kernel), np.float32)
    thin = cv2.erode(ink, kernel)
    return thin if thin.max() > 0.5 else ink


def blob(ink: Ink, random: Random) -> Ink:
    """Blurred, then cut off at some level: strokes swell, melt together or break."""
    soft = _blur(ink, random.uniform(0.8, 3))
    peak = max(float(soft.max()), 1e-6)
    low = random.uniform(0.1, 0.5) * peak
    return np.asarray(np.clip((soft - low) / (random.uniform(0.1, 0.6) * peak), 0, 1), np.float32)


def blur(ink: Ink, random: Random) -> Ink:
    """Out of focus."""
    return _blur(ink, random.uniform(0.7, 3.5))


def coarse(ink: Ink, random: Random) -> Ink:
    """Few pixels, as of a small image or a far photo."""
    side = int(random.integers(13, 34))
    return np.asarray(cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def uneven(ink: Ink, random: Random) -> Ink:
    """A pen or a light that gives more in one place than in another."""
    coarse_field = random.uniform(1 - random.uniform(0.3, 1), 1, (4, 4)).astype(np.float32)
    return np.asarray(
        ink * cv2.resize(coarse_field, ink.shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1),
        np.float32,
    )


def scratch(ink: Ink, random: Random) -> Ink:
    """Gaps, as removing a rule or a glare leaves them."""
    ink = ink.copy()
    for _ in range(random.integers(1, 4)):
        width = max(1, round(ink.shape[0] * random.uniform(0.015, 0.06)))
        cv2.line(ink, *_ends(ink, random), random.choice([0.0, 0.0, 0.3]), width)
    return ink


def rule(ink: Ink, random: Random) -> Ink:
    """A printed line that was not removed, or a part of it."""
    ink = ink.copy()
    side = ink.shape[0]
    width = max(1, round(side * random.uniform(0.01, 0.04)))
    level = float(random.uniform(0.2, 0.9))
    start, end = _ends(ink, random)
    if random.random() < 0.7:  # along a side of the paper
        place = int(random.uniform(0.12, 0.9) * side)
        lean = round(random.normal(0, 1.5))
        start, end = (
            (int(random.uniform(0, 0.5) * side), place),
            (
                int(random.uniform(0.5, 1) * side),
                place + lean,
            ),
        )
        if random.random() < 0.3:
            start, end = start[::-1], end[::-1]
    line = np.zeros_like(ink)
    cv2.line(line, start, end, level, width, cv2.LINE_8)
    return np.maximum(ink, line)


def grain(ink: Ink, random: Random) -> Ink:
    """Noise of paper and camera that was taken for ink, mostly in the strokes."""
    noise = random.standard_normal(ink.shape, np.float32)
    noise = _blur(noise, random.uniform(0.4, 1.5))
    noise *= random.uniform(0.05, 0.25) / max(float(noise.std()), 1e-6)
    near = _blur(ink, 2) > random.uniform(0.02, 0.3)
    noise *= np.where(near, 1, random.choice([0, 0, 0.5]))
    return np.asarray(np.clip(ink + noise, 0, 1), np.float32)


def specks(ink: Ink, random: Random) -> Ink:
    """Dots of dirt beside the strokes."""
    ink = ink.copy()
    side = ink.shape[0]
    for _ in range(random.integers(1, 4)):
        place = [int(v) for v in random.integers(round(0.15 * side), round(0.85 * side), 2)]
        radius = round(side * random.uniform(0, 0.03))
        cv2.circle(ink, place, radius, float(random.uniform(0.3, 1)), -1)
    return ink


def contrast(ink: Ink, random: Random) -> Ink:
    """A pen that is fainter or fuller at its edges."""
    return np.asarray(ink ** np.float32(random.uniform(0.5, 1.8)), np.float32)


def threshold(ink: Ink, random: Random) -> Ink:
    """Black and white only, as of a fax or a paint program."""
    return np.asarray((ink > random.uniform(0.2, 0.6) * ink.max()).astype(np.float32), np.float32)


KINDS: tuple[tuple[Damage, float], ...] = (
    (widen, 0.3),
    (scratch, 0.08),
    (rule, 0.07),
    (specks, 0.05),
    (uneven, 0.15),
    (blob, 0.2),
    (blur, 0.15),
    (coarse, 0.2),
    (grain, 0.12),
    (contrast, 0.3),
    (threshold, 0.08),
)


def _blur(ink: Ink, sigma: float) -> Ink:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), np.float32)


def _ends(ink: Ink, random: Random) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two points on opposite sides of the canvas."""
    side = ink.shape[0]
    a, b = (int(v) for v in random.integers(round(0.15 * side), round(0.85 * side), 2))
    return ((0, a), (side, b)) if random.random() < 0.5 else ((a, 0), (b, side))
