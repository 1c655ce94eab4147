"""The first stage: whatever a person hands over becomes one grey image."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from model.errors import (
    DamagedImageError,
    ImageNotFoundError,
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
)
from model.grey import Grey, to_grey

ImageSource: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | NDArray[np.uint8]

# Pillow's names. Formats outside this list run decoders that nobody here has looked at.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
FORMATS_IN_WORDS = "PNG, JPEG, WebP, BMP, GIF and TIFF"


@dataclass(frozen=True)
class Limits:
    """What one image may cost. Both are checked before any pixel is decoded."""

    max_bytes: int = 32 * 1024 * 1024  # the same as maxUploadSize in .streamlit/config.toml
    max_pixels: int = 64_000_000  # a 50-megapixel photo passes, a decompression bomb does not
    min_side: int = 4  # pixels; nothing smaller can show a digit


def decode(source: ImageSource, *, name: str = "", limits: Limits = Limits()) -> Grey:
    """Decode an image to grey levels, (H, W) uint8, 0 black to 255 white.

    See `open_image` for what `source` may be, and `to_grey` for what becomes of colours.
    """
    return to_grey(open_image(source, name=name, limits=limits))


def open_image(source: ImageSource, *, name: str = "", limits: Limits = Limits()) -> Image.Image:
    """Decode the pixels of an image and turn it the way up that the camera was held.

    `source` is a path, the bytes of a file, a PIL image, or a uint8 array (H, W), (H, W, 3) RGB or
    (H, W, 4) RGBA. Of several frames the first is taken. `name` stands in error messages.

    Raises an `ImageError` whose message names the image and what is wrong with it.
    """
    if isinstance(source, np.ndarray):
        name = name or "The array"
        image = _from_array(source, name)
        _check_size(image, name, limits)
    elif isinstance(source, Image.Image):
        name = name or "The image"
        image = source
        _check_size(image, name, limits)
    elif isinstance(source, bytes):
        name = name or "The image"
        image = _open(source, name, limits)
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        name = name or path.name
        image = _open(_read_file(path, name, limits), name, limits)
    else:
        raise NotAnImageError(f"{name or 'The input'} is a {type(source).__name__}, not an image.")
    return _load(image, name)


def _from_array(array: NDArray[np.uint8], name: str) -> Image.Image:
    if array.dtype != np.uint8:
        raise NotAnImageError(f"{name} holds {array.dtype} values; an image has uint8 values.")
    if not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise NotAnImageError(
            f"{name} has shape {array.shape}; an image is (height, width), "
            "(height, width, 3) or (height, width, 4)."
        )
    if array.size == 0:
        raise ImageTooSmallError(f"{name} has no pixels.")
    return Image.fromarray(np.ascontiguousarray(array))


def _read_file(path: Path, name: str, limits: Limits) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise NotAnImageError(f"{name} is a folder or a device, not an image.")
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise _too_many_bytes(size, name, limits)
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageNotFoundError(f"{path} does not exist.") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ImageNotFoundError(f"{name} cannot be opened: {reason}.") from error


def _open(content: bytes, name: str, limits: Limits) -> Image.Image:
    """Read the header only, so that size limits come before decoding."""
    if not content:
        raise NotAnImageError(f"{name} is empty.")
    if len(content) > limits.max_bytes:
        raise _too_many_bytes(len(content), name, limits)
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
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
    _check_size(image, name, limits)
    return image


def _check_size(image: Image.Image, name: str, limits: Limits) -> None:
    width, height = image.size
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


def _load(image: Image.Image, name: str) -> Image.Image:
    """Decode the pixels and turn them the way up that the camera was held."""
    try:
        image.load()
    except Exception as error:  # Pillow's decoders raise a dozen types on hostile pixels
        raise DamagedImageError(f"{name} is damaged and cannot be decoded.") from error
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # its parser does likewise; without the turn the picture is still sound
        return image
