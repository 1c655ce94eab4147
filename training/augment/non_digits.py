"""Non-digits: letters, pairs, halves and turns of digits, scribbles, dashes, dots and stains."""

from collections.abc import Callable

import cv2
import numpy as np

from training.augment.characters import CharacterSource, Mixture
from training.augment.compose import crop_to_ink, paste, place_at_random, side_by_side
from training.augment.render import CANVAS_SIDE, Ink, Random, add_ligature, render_handwriting
from training.augment.stroke_templates import smooth

NARROW_DIGITS = (0, 1, 7)  # two of them together may be as wide as one digit
BROAD_DIGITS = (0, 2, 3, 4, 5, 6, 8, 9)  # a stick and a low 0 beside it may be a 6

# For each digit, the halves and the turns that nobody takes for a digit.
HALVES: tuple[tuple[str, ...], ...] = (
    ("top", "bottom"),
    (),
    ("top", "left", "right"),
    ("left", "top", "bottom"),
    ("top", "left"),
    ("bottom", "left", "right"),
    ("left", "right"),
    ("left",),
    ("left",),
    ("left",),
)
TURNS: tuple[tuple[str, ...], ...] = (
    (),
    ("quarter",),
    ("quarter",),
    ("mirror", "half", "quarter"),
    ("half", "flip", "quarter"),
    ("quarter",),
    ("mirror", "quarter"),
    ("mirror", "half", "flip"),
    (),
    ("mirror", "flip", "quarter"),
)


class NonDigitGenerator:
    """Draws non-digits on a canvas; the chances of letters and pairs are those of the mixture."""

    def __init__(self, characters: CharacterSource, mixture: Mixture) -> None:
        self._characters = characters
        self._mixture = mixture
        self._kinds: tuple[tuple[Callable[[Random], Ink], float], ...] = (
            (characters.letter, mixture.letter),
            (self._pair, mixture.pair),
            (self._half, 0.12),
            (self._turned, 0.12),
            (_scribble, 0.12),
            (_dash_or_dot, 0.05),
            (_stain, 0.03),
        )

    def draw(self, random: Random) -> Ink:
        """Return a non-digit as (h, w) ink in [0, 1], not degraded yet."""
        kinds, chances = zip(*self._kinds, strict=True)
        return np.asarray(kinds[int(random.choice(len(kinds), p=chances))](random), np.float32)

    def _pair(self, random: Random) -> Ink:
        """Two digits, or a digit and a letter, that touch or nearly so."""
        digit, mixture = self._characters.digit, self._mixture
        # A 1 is narrow, but the gap between it and the next digit is not.
        least_width = 0.3 if mixture.narrow_pair else 0.0
        if mixture.narrow_pair and random.random() < mixture.narrow_pair:
            one, two = (
                crop_to_ink(self._characters.digit_among(NARROW_DIGITS, random)) for _ in range(2)
            )
            return place_at_random(one, two, random, least_width)
        if mixture.uneven_pair and random.random() < mixture.uneven_pair:
            return self._uneven_pair(random)
        one = crop_to_ink(digit(random)[0])
        is_letter = random.random() < 0.15
        two = crop_to_ink(self._characters.letter(random) if is_letter else digit(random)[0])
        if random.random() < 0.25:  # most of the second one
            two = two[:, : max(2, round(float(random.uniform(0.5, 0.85)) * two.shape[1]))]
        if random.random() < 0.15:  # one above the other
            return np.ascontiguousarray(place_at_random(one.T, two.T, random, least_width).T)
        return place_at_random(one, two, random, least_width)

    def _uneven_pair(self, random: Random) -> Ink:
        """A digit with a smaller one at its foot, as a low 0 behind a 6."""
        large = crop_to_ink(self._characters.digit_among(BROAD_DIGITS, random))
        labels = (0,) if random.random() < 0.5 else BROAD_DIGITS
        small = self._characters.digit_among(labels, random)
        has_ligature = random.random() < self._mixture.ligature
        small = crop_to_ink(add_ligature(small, random) if has_ligature else small)
        scale = float(random.uniform(0.45, 0.85)) * large.shape[0] / max(small.shape)
        scale = max(scale, 1 / min(small.shape))
        small = cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        lower = round(float(random.uniform(-0.15, 0.3)) * small.shape[0])
        above = large.shape[0] - small.shape[0] - lower
        column = np.zeros((max(large.shape[0], above + small.shape[0]), small.shape[1]), np.float32)
        paste(column, small, max(0, above), 0)
        one, two = (large, column) if random.random() < 0.8 else (column, large)
        gap = round(float(random.uniform(-0.25, 0.1)) * small.shape[1])
        return side_by_side(one, two, gap)

    def _half(self, random: Random) -> Ink:
        """A digit cut in two, where neither half is another digit."""
        while True:
            ink, label = self._characters.digit(random)
            sides = HALVES[label]
            if sides:
                break
        ink = crop_to_ink(ink)
        height, width = ink.shape
        kept = random.uniform(0.3, 0.6)
        match sides[int(random.integers(len(sides)))]:
            case "left":
                return ink[:, : max(2, round(kept * width))]
            case "right":
                return ink[:, -max(2, round(kept * width)) :]
            case "top":
                return ink[: max(2, round(kept * height))]
            case _:
                return ink[-max(2, round(kept * height)) :]

    def _turned(self, random: Random) -> Ink:
        """Return a digit mirrored or turned, so that it is a non-digit."""
        while True:
            ink, label = self._characters.digit(random)
            turns = TURNS[label]
            if label == 9 and self._mixture.latin:  # in Latin America a 9 may look like a P
                turns = tuple(turn for turn in turns if turn != "mirror")
            if turns:
                break
        match turns[int(random.integers(len(turns)))]:
            case "mirror":
                return np.ascontiguousarray(ink[:, ::-1])
            case "flip":
                return np.ascontiguousarray(ink[::-1])
            case "half":
                return np.ascontiguousarray(ink[::-1, ::-1])
            case _:
                return np.ascontiguousarray(np.rot90(ink, random.choice([1, 3])))


def _scribble(random: Random) -> Ink:
    """Two to five strokes through random points; a single one may be a digit."""
    strokes = []
    for _ in range(random.integers(1, 5)):
        corners = random.uniform(0, 1, (int(random.integers(3, 9)), 2)).astype(np.float32)
        strokes.append(smooth(corners) if random.random() < 0.7 else corners)
    if len(strokes) == 1:
        strokes.append(smooth(random.uniform(0, 1, (6, 2)).astype(np.float32)))
    return render_handwriting(strokes, random)


def _dash_or_dot(random: Random) -> Ink:
    canvas = np.zeros((CANVAS_SIDE, CANVAS_SIDE), np.float32)
    centre = (CANVAS_SIDE // 2, CANVAS_SIDE // 2)
    axes = (int(random.integers(3, 26)), int(random.integers(2, 7)))
    if random.random() < 0.5:
        axes = (axes[1], max(2, round(axes[1] * random.uniform(0.7, 1.2))))
    cv2.ellipse(canvas, centre, axes, float(random.normal(0, 8)), 0, 360, 1.0, -1, cv2.LINE_8)
    return canvas


def _stain(random: Random) -> Ink:
    """Blotches of no shape, as texture and shadow leave them."""
    noise = random.standard_normal((CANVAS_SIDE, CANVAS_SIDE), np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), random.uniform(1.5, 6))
    return np.asarray(
        np.clip((soft - random.uniform(0, 1) * soft.std()) / (2 * soft.std()), 0, 1), np.float32
    )
