"""Pictures in HTML: small, as data URLs, with a box around every digit."""

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from model import Digit
from model.reading import UNSURE_MARK
from ui.text import text

if TYPE_CHECKING:
    from PIL import Image

    from model.image.grayscale import Grey
    from model.ink.binarize import Ink
    from model.ink.components import Box

THUMBNAIL_SIDE = 320  # pixels; the browser need not get a photo back at full size
MAX_DETAILED_DIGITS = 12  # with more digits than this there is no room for each one's details


def to_thumbnail(levels: "Grey | Ink") -> "Image.Image":
    """Return grey levels, or ink in [0, 1], as a small picture."""
    import cv2
    from PIL import Image

    scale = THUMBNAIL_SIDE / max(levels.shape)
    if scale < 1:  # first, since a photo has 8 million floats
        height, width = (max(1, round(side * scale)) for side in levels.shape)
        levels = cv2.resize(levels, (width, height), interpolation=cv2.INTER_AREA)
    if levels.dtype != np.uint8:
        levels = np.asarray(levels * 255 + 0.5, np.uint8)
    return Image.fromarray(levels)


def picture_html(
    image: "Image.Image",
    alt: str,
    digits: Sequence[Digit] = (),
    size: tuple[int, int] = (1, 1),
    ignored: "Sequence[Box]" = (),
) -> str:
    """Return a picture with a box around every digit, and a grey one around ignored ink.

    The boxes are measured on an image of `size`, width and height in pixels.
    """
    file = io.BytesIO()
    # A photo as a PNG is heavy; more effort than 2 of 6 takes thrice the time for a twentieth.
    image.save(file, "WEBP", quality=85, method=2)
    source = f"data:image/webp;base64,{_base64(file.getvalue())}"
    boxes = "".join(_box(box, size, "ignored") for box in ignored)
    boxes += "".join(_digit_box(digit, size) for digit in digits)
    shape = f"--shape:{image.width / image.height:.4f}"
    kind = "picture" if len(digits) <= MAX_DETAILED_DIGITS else "picture crowded"
    return (
        f'<div class="{kind}" style="{shape}"><img src="{source}" alt="{escape(alt)}">{boxes}</div>'
    )


def _digit_box(digit: Digit, size: tuple[int, int]) -> str:
    kind = "accepted" if digit.accepted else "unsure"
    return _box(digit.box, size, kind, f"<b>{symbol(digit)}</b>")


def _box(box: "Box", size: tuple[int, int], kind: str, label: str = "") -> str:
    """A box in shares of the picture, so that it fits at any size."""
    sides = zip(("left", "top", "width", "height"), box, size * 2, strict=True)
    style = ";".join(f"{name}:{100 * length / whole:.2f}%" for name, length, whole in sides)
    return f'<i class="box {kind}" style="{style}">{label}</i>'


def symbol(digit: Digit) -> str:
    """Return the character that stands for a digit in the text that was read."""
    return str(digit.label) if digit.accepted else UNSURE_MARK


def pixels_html(digit: Digit) -> str:
    """Return the 28x28 input of the network as a picture."""
    from model.network.normalize import as_png

    source = f"data:image/png;base64,{_base64(as_png(digit.pixels))}"
    label = text("reading.pixels")
    return f'<img class="pixels" src="{source}" alt="{label}" title="{label}">'


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
