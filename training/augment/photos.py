"""Rendered photos of digits on paper, with the true ink: many pens, papers, lights and cameras."""

import io
import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.augment.strokes import cover, render, written

Levels = NDArray[np.float32]
Print = Literal["", "rules", "squares", "cell"]


@dataclass(frozen=True)
class PhotoStyle:
    """Pen, paper, light and camera of a photo.

    Lengths are shares of the digits' height unless noted; grey levels are 0 to 255.
    """

    shape: tuple[int, int] = (360, 480)  # height, width
    size: float = 0.4  # height of the digits, as a share of the height of the photo
    pen: float = 0.08  # width of the strokes
    ink: float = 50  # grey level
    paper: float = 205  # grey level
    colour: tuple[float, float, float] | None = None  # RGB of the ink, for a colour photo
    light: float = 0.2  # share of the light that is lost towards one side
    shadow: float = 0  # share of the light that a shadow takes from about half of the photo
    print: Print = ""  # ruling lines, squares or the borders of a table cell on the paper
    table: bool = False  # whether the paper is a sheet on a dark table
    grainy: float = 0  # standard deviation of the ink's coverage, as of chalk
    dirt: int = 0  # number of specks
    blur: float = 0  # standard deviation of the camera's blur
    noise: float = 2.5  # standard deviation of the camera's noise, in grey levels
    fibres: float = 0  # the same for a texture a little coarser than pixels
    quality: int = 85  # of the JPEG file


PHOTO_STYLES = {
    "evenly lit": PhotoStyle(),
    "dim towards one side": PhotoStyle(light=0.5),
    "hard shadow": PhotoStyle(shadow=0.4),
    "ruled": PhotoStyle(print="rules"),
    "squared": PhotoStyle(print="squares"),
    "table cell": PhotoStyle(print="cell", size=0.5),
    "sheet on a table": PhotoStyle(table=True, size=0.3),
    "page of a notebook": PhotoStyle(shape=(1100, 800), size=0.05, print="rules"),
    "page of squared paper": PhotoStyle(shape=(800, 1100), size=0.05, print="squares"),
    "ruled sheet on a table": PhotoStyle(shape=(1000, 750), size=0.1, print="rules", table=True),
    "chalk": PhotoStyle(ink=210, paper=55, grainy=0.25),
    "faint pencil": PhotoStyle(ink=170, pen=0.06),
    "thin pen": PhotoStyle(pen=0.025),
    "fat marker": PhotoStyle(pen=0.2),
    "grey paper": PhotoStyle(paper=120, ink=65),
    "out of focus": PhotoStyle(blur=0.04),
    "blocks of JPEG": PhotoStyle(quality=20),
    "noise of a dark room": PhotoStyle(noise=9),
    "blue ink": PhotoStyle(colour=(40, 60, 150)),
    "red ink": PhotoStyle(colour=(190, 40, 50)),
    "specks of dirt": PhotoStyle(dirt=8),
    "small on a large photo": PhotoStyle(shape=(1000, 1400), size=0.06, pen=0.1),
    "portrait": PhotoStyle(shape=(640, 360), size=0.2),
}


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo and its ground truth."""

    pixels: NDArray[np.uint8]  # (H, W) grey, or (H, W, 3) RGB for coloured ink
    covered: NDArray[np.bool_]  # (H, W), True where the pen was

    @property
    def grey(self) -> NDArray[np.uint8]:
        """The photo as (H, W) grey levels."""
        return np.asarray(Image.fromarray(self.pixels).convert("L"))


def photo(style: PhotoStyle, text: str, *, seed: int = 0) -> Photo:
    """Render a photo of digits near its middle, or of blank paper if the text is empty.

    The same seed gives the same photo.
    """
    random = np.random.default_rng(seed)
    height, width = style.shape
    size = style.size * height
    pen = cover(_placed(text, size, style.shape, random), style.shape, style.pen * size)
    lit = _light(style, random)
    layers = [_expose(style, level, pen, lit, random) for level in style.colour or (style.ink,)]
    taken = np.stack(layers, axis=-1) if style.colour else layers[0]
    blurred = cv2.GaussianBlur(taken, (0, 0), style.blur * size) if style.blur else taken
    noisy = (
        blurred
        + random.normal(0, style.noise, (height, width)).astype(np.float32)[
            (..., None) if style.colour else ...
        ]
    )
    if style.fibres:
        texture = cv2.GaussianBlur(random.standard_normal(noisy.shape, np.float32), (0, 0), 1)
        noisy = noisy + style.fibres / texture.std() * texture
    return Photo(_as_jpeg(np.clip(noisy, 0, 255).astype(np.uint8), style.quality), pen > 0.5)


def small_photo(side: int, digit: int) -> NDArray[np.uint8]:
    """Render a digit that fills an image of (side, side) pixels, as a crop of a reduced photo."""
    style = PhotoStyle(shape=(320, 320), size=0.75, pen=0.11, noise=1.5)
    large = photo(style, str(digit)).pixels
    return np.asarray(cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def close_photo(digit: int, brush: int, *, margin: int = 10, side: int = 0) -> NDArray[np.uint8]:
    """Render a faded digit on a photo that is cropped close to it, (h, w) grey levels.

    `brush` and `margin` are in pixels of a square of 280; a margin of 0 crops to the ink itself.
    The longer side has `side` pixels, if that is not 0.
    """
    pen = (255 - render(digit, side=280, brush=brush)).astype(np.float32) / 255
    rows, columns = (np.flatnonzero(pen.max(axis=axis) > 0.5) for axis in (1, 0))
    top, left = max(0, rows[0] - margin), max(0, columns[0] - margin)
    cut = pen[top : rows[-1] + 1 + margin, left : columns[-1] + 1 + margin]
    scale = side / max(cut.shape) if side else 0.4
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=method)
    grain = np.random.default_rng(0).normal(0, 4, small.shape)
    paper = 205 + np.linspace(-12, 12, small.shape[1]) + grain
    return np.asarray(np.clip(paper - 90 * small, 0, 255), np.uint8)


def screenshot(digit: int) -> Photo:
    """Render a digit on white in the frame of a window, without camera or noise."""
    pixels = np.full((300, 400), 255, np.uint8)
    pen = cover(_placed(str(digit), 150, (300, 400), np.random.default_rng(digit)), (300, 400), 10)
    pixels = (255 * (1 - pen)).astype(np.uint8)
    cv2.rectangle(pixels, (3, 3), (396, 296), 120, 2)
    return Photo(pixels, pen > 0.5)


def _placed(
    text: str, size: float, shape: tuple[int, int], random: np.random.Generator
) -> list[list[tuple[float, float]]]:
    strokes = [stroke for digit in written(text, size) for stroke in digit] if text else []
    if not strokes:
        return []
    right, bottom = np.concatenate([np.array(stroke) for stroke in strokes]).max(axis=0)
    x, y = random.uniform(0.35, 0.65, 2) * (shape[1] - right, shape[0] - bottom)
    return [[(x + a, y + b) for a, b in stroke] for stroke in strokes]


def _expose(
    style: PhotoStyle, ink: float, pen: Levels, lit: Levels, random: np.random.Generator
) -> Levels:
    """One channel of the scene, before the blur and noise of the camera."""
    level = _paper(style, random)
    if style.grainy:
        grain = cv2.GaussianBlur(random.standard_normal(style.shape, np.float32), (0, 0), 1.0)
        pen = np.clip(pen * (0.85 + style.grainy * grain / grain.std()), 0, 1)
    level = level * (1 - pen) + ink * pen
    if style.table:
        height, width = style.shape
        corners = np.array([(0.08, 0.09), (0.93, 0.05), (0.95, 0.94), (0.05, 0.9)])
        sheet = np.zeros(style.shape, np.uint8)
        cv2.fillConvexPoly(sheet, (corners * (width, height)).astype(np.int32), 255, cv2.LINE_AA)
        wood = cv2.GaussianBlur(
            random.standard_normal(style.shape, np.float32), (0, 0), 12, None, 1
        )
        level = np.where(sheet > 127, level, 70 + 6 * wood / wood.std())
    return np.asarray(level * lit, np.float32)


def _paper(style: PhotoStyle, random: np.random.Generator) -> Levels:
    height, width = style.shape
    size = style.size * height
    level = np.full(style.shape, style.paper, np.float32)
    print_, thin = style.paper - 45, max(1, round(0.012 * size))
    lean = math.tan(math.radians(random.uniform(-1.5, 1.5)))
    if style.print in ("rules", "squares"):
        step = round((0.6 if style.print == "squares" else 1.1) * size)
        for y in range(-height, 2 * height, step):
            cv2.line(level, (0, y), (width, round(y + lean * width)), print_, thin, cv2.LINE_8)
        if style.print == "squares":
            for x in range(-width, 2 * width, step):
                cv2.line(level, (x, 0), (round(x - lean * height), height), print_, thin)
    if style.print == "cell":
        for share in (0.06, 0.94):
            x, y = round(share * width), round(share * height)
            cv2.line(level, (0, y), (width, y + 3), 40, 3, cv2.LINE_8)
            cv2.line(level, (x, 0), (x + 2, height), 40, 3, cv2.LINE_8)
    for _ in range(style.dirt):
        place = (round(random.uniform(0, width)), round(random.uniform(0, height)))
        cv2.circle(level, place, round(random.uniform(0.5, 0.03 * size)), 60, -1)
    return level


def _light(style: PhotoStyle, random: np.random.Generator) -> Levels:
    height, width = style.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = random.uniform(0, 2 * math.pi)
    along = x * math.cos(angle) + y * math.sin(angle)
    lit = 1 - style.light * (along + math.sqrt(2)) / (2 * math.sqrt(2))
    edge = 1 / (1 + np.exp(-np.clip((along - random.uniform(-0.3, 0.3)) * 60, -50, 50)))
    return np.asarray(lit * (1 - style.shadow * edge), np.float32)


def _as_jpeg(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
