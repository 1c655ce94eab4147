"""Every image format becomes the same grey image."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.errors import (
    DamagedImageError,
    ImageError,
    ImageNotFoundError,
    ImageTooLargeError,
    ImageTooSmallError,
    NotAnImageError,
)
from model.image.decode import decode
from model.settings import Limits
from training.augment.strokes import render

GREY = render(4, side=64, brush=5)


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def same(grey: np.ndarray, tolerance: float = 0) -> bool:
    return grey.shape == GREY.shape and bool(
        np.abs(grey.astype(int) - GREY.astype(int)).mean() <= tolerance
    )


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF"])
def test_lossless_format_gives_the_very_same_levels(kind: str) -> None:
    assert same(decode(encode(Image.fromarray(GREY), kind)))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_format_gives_nearly_the_same_levels(kind: str) -> None:
    assert same(decode(encode(Image.fromarray(GREY), kind, quality=90)), tolerance=3)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P"])
def test_png_mode_does_not_change_the_levels(mode: str) -> None:
    image = Image.fromarray(GREY).convert(mode)
    assert same(decode(encode(image, "PNG")), tolerance=1)


def test_one_bit_png() -> None:
    grey = decode(encode(Image.fromarray(GREY).convert("1", dither=Image.Dither.NONE), "PNG"))
    assert set(np.unique(grey)) == {0, 255}
    assert same(grey, tolerance=8)


def test_sixteen_bit_png_is_scaled_not_clipped() -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 257)
    assert same(decode(encode(deep, "PNG")))


@pytest.mark.parametrize(
    ("dtype", "white"), [(np.float32, 1.0), (np.float32, 255.0), (np.int32, 255)]
)
def test_deep_tiff_is_scaled_to_eight_bits(dtype: type, white: float) -> None:
    deep = Image.fromarray((GREY * (white / 255)).astype(dtype))
    assert same(decode(encode(deep, "TIFF")), tolerance=1)


def test_twelve_bit_samples_in_sixteen_bits() -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 16)
    assert same(decode(encode(deep, "PNG")), tolerance=1)


@pytest.mark.parametrize("odd", [1.001, np.inf, np.nan])
def test_odd_samples_of_a_float_tiff_do_not_change_the_rest(odd: float) -> None:
    levels = (GREY / 255).astype(np.float32)
    levels[0, 0] = odd
    assert same(decode(encode(Image.fromarray(levels), "TIFF")), tolerance=1)


def test_broken_exif_does_not_condemn_the_picture() -> None:
    content = encode(Image.fromarray(GREY), "PNG", exif=b"Exif\0\0MM\0*" + b"\xff" * 40)
    assert same(decode(content))


def test_huge_image_is_reduced_before_it_is_worked_on() -> None:
    image = Image.fromarray(GREY).resize((5120, 5120))
    grey = decode(image.convert("RGBA"))
    assert grey.size <= 8_000_000
    assert same(np.asarray(Image.fromarray(grey).resize((64, 64))), tolerance=6)


def test_cmyk_jpeg() -> None:
    image = Image.fromarray(GREY).convert("CMYK")
    assert same(decode(encode(image, "JPEG", quality=95)), tolerance=3)


def test_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that the picture must be turned by 90 degrees
    turned = Image.fromarray(GREY).transpose(Image.Transpose.ROTATE_90)
    assert same(decode(encode(turned, "JPEG", quality=95, exif=exif)), tolerance=3)


def test_first_frame_of_an_animation() -> None:
    frames = [Image.fromarray(255 - GREY)]
    animation = encode(Image.fromarray(GREY), "GIF", save_all=True, append_images=frames)
    assert same(decode(animation))


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_on_nothing_stays_visible(ink: int) -> None:
    rgba = np.full((*GREY.shape, 4), ink, np.uint8)
    rgba[..., 3] = 255 - GREY
    grey = decode(encode(Image.fromarray(rgba), "PNG"))
    assert same(grey if ink == 0 else 255 - grey, tolerance=1)


def test_palette_transparency_is_no_ink() -> None:
    image = Image.fromarray(np.where(GREY < 128, 0, 1).astype(np.uint8), "P")
    image.putpalette([0, 0, 0, 0, 0, 0])  # black on a black that is transparent
    grey = decode(encode(image, "PNG", transparency=1))
    assert grey.min() == 0
    assert grey.max() == 255


def test_card_on_a_transparent_background_is_extended() -> None:
    rgba = np.zeros((100, 100, 4), np.uint8)
    rgba[18:82, 18:82, :3] = GREY[..., np.newaxis]
    rgba[18:82, 18:82, 3] = 255
    grey = decode(encode(Image.fromarray(rgba), "PNG"))
    assert (grey[:18] == 255).all()


def test_fully_transparent_image_is_blank_paper() -> None:
    assert np.unique(decode(np.zeros((20, 20, 4), np.uint8))).size == 1


def test_every_way_in_gives_the_same_levels(tmp_path: Path) -> None:
    content = encode(Image.fromarray(GREY), "PNG")
    path = tmp_path / "four.png"
    path.write_bytes(content)
    colour = np.stack([GREY] * 3, axis=-1)
    for source in (path, str(path), content, Image.fromarray(GREY), GREY, colour):
        assert same(decode(source))


def bomb() -> bytes:
    """A PNG of a few bytes that would be 1.6 gigabytes of pixels."""
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    chunks = [b"IHDR" + header, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"]
    packed = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


PNG = encode(Image.fromarray(GREY), "PNG")
BAD_FILES = {
    "empty.png": (b"", NotAnImageError, "empty"),
    "truncated.png": (PNG[: len(PNG) // 2], DamagedImageError, "damaged"),
    "truncated.jpg": (encode(Image.fromarray(GREY), "JPEG")[:400], DamagedImageError, "damaged"),
    "text.png": (b"seven\n", NotAnImageError, "not an image"),
    "one_pixel.png": (
        encode(Image.new("L", (1, 1)), "PNG"),
        ImageTooSmallError,
        "1 by 1 pixels, too small",
    ),
    "no_pixel.gif": (b"GIF89a" + bytes(7) + b";", ImageError, "no_pixel.gif"),
    "bomb.png": (bomb(), ImageTooLargeError, "megapixels"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_gets_one_sentence_that_names_it(name: str, tmp_path: Path) -> None:
    content, kind, words = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(kind) as caught:
        decode(tmp_path / name)
    message = str(caught.value)
    assert name in message
    assert words in message
    assert message.endswith(".")
    assert "\n" not in message


def tiled(side: int) -> bytes:
    """A TIFF of 64 by 64 pixels in one tile of `side` by `side`, nothing of which is stored."""
    content = zlib.compress(bytes(10_000))
    tags = {256: 64, 257: 64, 258: 8, 259: 8, 262: 1, 277: 1, 322: side, 323: side}
    start = 8 + 2 + 12 * (len(tags) + 2) + 4
    tags |= {324: start, 325: len(content)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + content


def test_tiles_far_larger_than_their_image_are_refused_before_decoding() -> None:
    assert decode(tiled(64)).shape == (64, 64)
    with pytest.raises(
        ImageTooLargeError, match=r"bomb\.tif is stored in tiles that are too large"
    ):
        decode(tiled(32768), name="bomb.tif")


def test_more_pixels_than_the_limit_are_refused_before_decoding() -> None:
    damaged = PNG[: len(PNG) // 2]  # decoding would find this out
    with pytest.raises(ImageTooLargeError, match=r"photo\.png has 0 megapixels"):
        decode(damaged, name="photo.png", limits=Limits(max_pixels=100))


def test_file_over_the_upload_limit(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(33 * 2**20)  # a sparse file: 33 MB of nothing
    with pytest.raises(ImageTooLargeError, match=r"huge\.png is 33 MB.* 32 MB"):
        decode(path)


def test_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ImageNotFoundError, match=r"nowhere\.png does not exist"):
        decode(tmp_path / "nowhere.png")


def test_device_is_not_read_for_ever() -> None:
    with pytest.raises(NotAnImageError, match="folder or a device"):
        decode("/dev/zero")


def test_path_with_a_null_byte() -> None:
    with pytest.raises(ImageNotFoundError):
        decode("seven\0.png")


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((8, 8), np.float32),
        np.zeros((8, 8, 2), np.uint8),
        np.zeros((8,), np.uint8),
        np.zeros((0, 8), np.uint8),
    ],
)
def test_array_of_another_kind(array: np.ndarray) -> None:
    with pytest.raises(ImageError, match="array"):
        decode(array)


def test_something_else_than_an_image() -> None:
    with pytest.raises(NotAnImageError, match="is a int, not an image"):
        decode(7)  # type: ignore[arg-type]
