"""Pictures of every stage of a reading, for people who tune or debug it; PIL and NumPy only."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:  # the modules of these types import OpenCV
    from model.image.grayscale import Grey
    from model.ink.binarize import Ink
    from model.ink.components import Box, Component
    from model.reading import Reading, Trace

Stage: TypeAlias = Literal["grey", "contrast", "ink", "components", "text lines", "reading"]
STAGES: tuple[Stage, ...] = get_args(Stage)

Colour: TypeAlias = tuple[int, int, int]

ACCEPTED: Colour = (0, 130, 60)
UNCERTAIN: Colour = (210, 90, 0)
IGNORED: Colour = (138, 138, 138)
# Colour-blind safe: Okabe and Ito 2008, "Color Universal Design".
PALETTE: tuple[Colour, ...] = (
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (230, 159, 0),
)


def draw_stage(trace: "Trace", stage: Stage) -> Image.Image:
    """Return the picture of a stage of a reading, RGB, in pixels of the grey image.

    Raises ValueError for an unknown stage.
    """
    from model.ink.components import find_components
    from model.segment.reading_order import group_lines

    match stage:
        case "grey":
            return draw_grey(trace.grey)
        case "contrast":
            return draw_ink(trace.contrast)
        case "ink":
            return draw_ink(trace.ink)
        case "components":
            return draw_components(trace.ink, find_components(trace.ink))
        case "text lines":
            return draw_text_lines(trace.ink, group_lines(find_components(trace.ink)))
        case "reading":
            return draw_reading(trace.grey, trace.reading, trace.size)
    raise ValueError(f"{stage!r} is no stage; one of {', '.join(STAGES)} is")


def draw_grey(grey: "Grey") -> Image.Image:
    """Return grey levels, (H, W) uint8, as an RGB image."""
    return Image.fromarray(np.asarray(grey, np.uint8)).convert("RGB")


def draw_ink(ink: "Ink") -> Image.Image:
    """Return an ink or contrast map, (H, W) in [0, 1], as dark ink on white."""
    return draw_grey(np.asarray(np.rint(255 * (1 - np.clip(ink, 0, 1))), np.uint8))


def draw_components(ink: "Ink", components: "Iterable[Component]") -> Image.Image:
    """Return an ink map with a box around each component, in changing colours."""
    picture = draw_ink(ink)
    for number, component in enumerate(components):
        _draw_box(picture, component.box, PALETTE[number % len(PALETTE)])
    return picture


def draw_text_lines(ink: "Ink", lines: "Iterable[Sequence[Component]]") -> Image.Image:
    """Return an ink map with a box around each component, in one colour for each text line."""
    picture = draw_ink(ink)
    for number, line in enumerate(lines):
        for component in line:
            _draw_box(picture, component.box, PALETTE[number % len(PALETTE)])
    return picture


def draw_reading(
    grey: "Grey", reading: "Reading", size: tuple[int, int] | None = None
) -> Image.Image:
    """Return grey levels with a box and a label for each digit; `?` for one that is not accepted.

    Ink that was left out has a box of `IGNORED` grey. `size` is (width, height) of the image that
    the boxes belong to, if `grey` is a reduced copy.
    """
    picture = draw_grey(grey)
    width, height = size or picture.size
    x_scale, y_scale = picture.width / width, picture.height / height

    def draw(box: "Box", colour: Colour, label: str = "") -> None:
        x, y, w, h = box
        scaled = (round(x * x_scale), round(y * y_scale), round(w * x_scale), round(h * y_scale))
        _draw_box(picture, scaled, colour, label)

    for line in reading.lines:
        for box in line.ignored:
            draw(box, IGNORED)
    for digit in reading.digits:
        label = str(digit.label) if digit.accepted else "?"
        draw(digit.box, ACCEPTED if digit.accepted else UNCERTAIN, label)
    return picture


def _draw_box(picture: Image.Image, box: "Box", colour: Colour, label: str = "") -> None:
    x, y, w, h = box
    pen = ImageDraw.Draw(picture)
    thickness = max(1, round(max(picture.size) / 400))
    pen.rectangle((x, y, x + max(1, w) - 1, y + max(1, h) - 1), outline=colour, width=thickness)
    if label:
        size = max(10, round(h / 4))
        pen.text((x + thickness + 1, y + thickness), label, fill=colour, font_size=size)
