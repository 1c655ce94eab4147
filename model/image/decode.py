"""Decoding: a path, bytes, a PIL image or an array becomes one grey image, the first stage."""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from model.errors import (
    DamagedImageError,
    ImageNotFoundError,
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
)
from model.image.grayscale import Grey, is_deep, to_grey
from model.settings import Limits

ImageSource: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | NDArray[np.uint8]

# Pillow's names. Other formats would run decoders that are not covered by tests here.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
TILE_WIDTH, TILE_LENGTH = 322, 323  # tags of a TIFF
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"  # stands for each character that is left out
FORMATS_IN_WORDS = "PNG, JPEG, WebP, BMP, GIF and TIFF"


def decode(source: ImageSource, *, name: str = "", limits: Limits | None = None) -> Grey:
    """Decode an image to grey levels, (H, W) uint8, 0 black to 255 white.

    `open_image` describes `source` and raises the errors, `to_grey` converts colours.
    """
    return to_grey(open_image(source, name=name, limits=limits))


def open_image(source: ImageSource, *, name: str = "", limits: Limits | None = None) -> Image.Image:
    """Decode the pixels of an image and apply the orientation in its EXIF data.

    `source` is a path, the bytes of a file, a PIL image, or a uint8 array (H, W), (H, W, 3) RGB or
    (H, W, 4) RGBA. Of several frames the first is taken. `name` is used in error messages. `limits`
    default to those of the environment.

    Raises an `ImageError` whose message names the image and what is wrong with it.
    """
    name = printable(name or name_of(source))
    limits = limits or Limits.configured()
    if isinstance(source, np.ndarray):
        _check_array(source, name)
        _check_size((source.shape[1], source.shape[0]), name, limits)
        image = Image.fromarray(np.ascontiguousarray(source))
    elif isinstance(source, Image.Image):
        _check_size(source.size, name, limits)
        image = source
    elif isinstance(source, bytes):
        image = _open(source, name, limits)
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        image = _open(_read_file(path, name, limits), name, limits)
    else:
        raise NotAnImageError(f"{name} is a {type(source).__name__}, not an image.")
    return _load_pixels(image, name)


def name_of(source: ImageSource) -> str:
    """Return what a message calls an image: its file name if it has one."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name or str(source)
    return "The array" if isinstance(source, np.ndarray) else "The image"


def printable(name: str) -> str:
    """Return a text without line ends and terminal control characters."""
    return "".join(letter if letter.isprintable() else UNPRINTABLE for letter in name)


def _check_array(array: NDArray[np.uint8], name: str) -> None:
    if array.dtype != np.uint8:
        raise NotAnImageError(f"{name} holds {array.dtype} values; an image has uint8 values.")
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise NotAnImageError(
            f"{name} has shape {array.shape}; an image is (height, width), "
            "(height, width, 3) or (height, width, 4)."
        )
    if array.size == 0:
        raise ImageTooSmallError(f"{name} has no pixels.")


def _read_file(path: Path, name: str, limits: Limits) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise NotAnImageError(f"{name} is a folder or a device, not an image.")
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise _too_many_bytes(size, name, limits)
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageNotFoundError(f"{printable(str(path))} does not exist.") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ImageNotFoundError(f"{name} cannot be opened: {reason}.") from error


def _open(content: bytes, name: str, limits: Limits) -> Image.Image:
    """Read the header only, so that the size limits are checked before decoding."""
    if not content:
        raise NotAnImageError(f"{name} is empty.")
    if len(content) > limits.max_bytes:
        raise _too_many_bytes(len(content), name, limits)
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        tile = _tile_pixels(image)
    except UnidentifiedImageError:
        raise NotAnImageError(
            f"{name} is not an image that can be read; {FORMATS_IN_WORDS} can."
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageTooLargeError(
            f"{name} has more than the {_megapixels(limits.max_pixels)} that can be read."
        ) from None
    except Exception as error:  # Pillow's parsers raise a dozen types on hostile headers
        raise DamagedImageError(f"{name} is damaged and cannot be opened.") from error
    _check_size(image.size, name, limits)
    if tile > limits.max_pixels:
        raise ImageTooLargeError(f"{name} is stored in tiles that are too large to be read.")
    return image


def _tile_pixels(image: Image.Image) -> int:
    """Return the pixels of a TIFF tile: Pillow allocates a whole one however small the image is."""
    tags: Mapping[int, int] = getattr(image, "tag_v2", {})  # only a TIFF has them
    return int(tags.get(TILE_WIDTH, 0)) * int(tags.get(TILE_LENGTH, 0))


def _check_size(size: tuple[int, int], name: str, limits: Limits) -> None:
    width, height = size
    if width * height > limits.max_pixels:
        raise ImageTooLargeError(
            f"{name} has {_megapixels(width * height)}; "
            f"the most that can be read is {_megapixels(limits.max_pixels)}."
        )
    if min(width, height) < limits.min_side:
        raise ImageTooSmallError(
            f"{name} is {width} by {height} pixels, too small to hold a digit."
        )


def _too_many_bytes(size: int, name: str, limits: Limits) -> ImageTooLargeError:
    return ImageTooLargeError(
        f"{name} is {size / 2**20:.0f} MB; the most that can be read is "
        f"{limits.max_bytes / 2**20:.0f} MB."
    )


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:.0f} megapixels"


def _load_pixels(image: Image.Image, name: str) -> Image.Image:
    """Decode the pixels and apply the orientation in the EXIF data."""
    try:
        image.load()
        if image.mode == "La":  # premultiplied alpha, which no other function here accepts
            image = image.convert("LA")
        if not is_deep(image):  # the transparency colour may be invalid for this mode
            image.crop((0, 0, 1, 1)).convert("RGBA")
    except Exception as error:  # Pillow's decoders raise a dozen types on hostile pixels
        raise DamagedImageError(f"{name} is damaged and cannot be decoded.") from error
    try:
        # Checked first, since exif_transpose copies even an upright image.
        upright = image.getexif().get(ExifTags.Base.Orientation, 1) == 1
        return image if upright else ImageOps.exif_transpose(image)
    except Exception:  # the EXIF parser raises many types too; the pixels are still good
        return image
