"""Damaged and hostile image files against the whole reading.

`python -m tests.fuzz --count 20000` makes that many files from sound ones of every format, and
reads each. A file must be read or refused with an ImageError, within SECONDS, and the process must
stay within MEGABYTES above what it took before. Every file follows from the seed and its number, so
`--first 17 --count 1` repeats the one that failed and `--keep FILE` writes it.
"""

import argparse
import io
import random
import resource
import struct
import sys
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from model import ImageError, Recognizer
from training.augment.photos import PHOTO_STYLES, photo
from training.augment.strokes import render

SECONDS = 5.0  # for one file
MEGABYTES = 400  # of memory above what the loaded recogniser takes
FOREIGN = ("PPM", "TGA", "ICO", "PCX", "SGI", "PDF", "JPEG2000")
ORDERS: tuple[Literal["big", "little"], ...] = ("big", "little")
HUGE = (0, 1, 2, 3, 0x7F, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF)

SIGNATURE = 12  # bytes at the start by which a format is known; mostly left, so as to get further

Mutation = Callable[[bytes, random.Random], bytes]


@cache
def sound_files() -> tuple[bytes, ...]:
    """Return a file of every common format, mode and compression, each of a digit."""
    grey = Image.fromarray(render(5, side=48, brush=5))
    colours = Image.fromarray(photo(PHOTO_STYLES["ruled"], "3", seed=1).pixels).convert("RGB")
    colours.thumbnail((64, 64))
    clear = colours.convert("RGBA")
    clear.putalpha(colours.convert("L").point(lambda level: 255 - level))
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    real = Image.fromarray((np.asarray(grey) / 255).astype(np.float32))
    exif = Image.Exif()
    exif[0x0112] = 6
    files = [
        *(_file(grey.convert(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")),
        _file(deep, "PNG"),
        _file(clear.quantize(8), "PNG", transparency=0),
        _file(grey, "PNG", save_all=True, append_images=[colours.resize(grey.size).convert("L")]),
        _file(colours, "JPEG", exif=exif),
        _file(colours, "JPEG", progressive=True, quality=60),
        _file(grey, "JPEG"),
        _file(colours.convert("CMYK"), "JPEG"),
        _file(grey, "GIF"),
        _file(clear, "GIF", save_all=True, append_images=[clear.rotate(90)]),
        *(_file(grey.convert(mode), "BMP") for mode in ("1", "L", "RGB", "RGBA")),
        *(
            _file(colours, "TIFF", compression=packing)
            for packing in (None, "tiff_lzw", "tiff_deflate", "packbits", "jpeg")
        ),
        _file(grey.convert("1"), "TIFF", compression="group4"),
        _file(deep, "TIFF"),
        _file(real, "TIFF"),
        _file(clear, "WEBP", lossless=True),
        _file(colours, "WEBP", exif=exif),
        _file(clear, "WEBP", save_all=True, append_images=[clear.rotate(90)]),
        *(_file(colours, kind) for kind in FOREIGN),
    ]
    return tuple(files)


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def truncate(content: bytes, chance: random.Random) -> bytes:
    """The file ends early."""
    return content[: chance.randrange(len(content))]


def flip(content: bytes, chance: random.Random) -> bytes:
    """Some bits are flipped, more often near the start, where the header is."""
    flipped = bytearray(content)
    for _ in range(2 ** chance.randrange(7)):
        end = len(flipped) if chance.random() < 0.5 else min(64, len(flipped))
        flipped[chance.randrange(end)] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def claim(content: bytes, chance: random.Random) -> bytes:
    """A field of two or four bytes, as sizes, counts and offsets are, has an extreme value."""
    claimed = bytearray(content)
    for _ in range(chance.randrange(1, 4)):
        size = chance.choice((2, 4))
        value = (chance.choice(HUGE) % (1 << 8 * size)).to_bytes(size, chance.choice(ORDERS))
        at = chance.randrange(chance.choice((40, 400, len(claimed))))
        claimed[at : at + size] = value
    return bytes(claimed)


def splice(content: bytes, chance: random.Random) -> bytes:
    """The start of one file and the end of another."""
    other = chance.choice(sound_files())
    return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]


def repeat(content: bytes, chance: random.Random) -> bytes:
    """A part of the file is repeated many times."""
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return content[:end] + content[start:end] * chance.randrange(1, 30) + content[end:]


def noise(content: bytes, chance: random.Random) -> bytes:
    """A part of the file is random."""
    start, end = sorted(chance.randrange(len(content)) for _ in range(2))
    return content[:start] + chance.randbytes(end - start) + content[end:]


MUTATIONS: tuple[Mutation, ...] = (truncate, flip, claim, splice, repeat, noise)


def with_checksums(content: bytes) -> bytes:
    """Return a PNG with valid checksums, so that decoders get past them."""
    signature, at, parts = content[:8], 8, []
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        body = content[at + 4 : at + 8 + length]
        parts.append(struct.pack(">I", length) + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
    return signature + b"".join(parts) + content[at:]


def hostile(seed: int, number: int) -> bytes:
    """Return the file of this number: a valid one, changed once to three times."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - repeatable, not secret
    content = chance.choice(sound_files())
    for _ in range(chance.randrange(1, 4)):
        kept = SIGNATURE if chance.random() < 0.9 else 0
        content = content[:kept] + chance.choice(MUTATIONS)(content[kept:] or b"\0", chance)
    if content.startswith(b"\x89PNG") and chance.random() < 0.9:
        content = with_checksums(content)
    return content


class FuzzError(AssertionError):
    """A file that was neither read nor refused as it must be; the message names it."""


def read_one(recognizer: Recognizer, seed: int, number: int) -> str:
    """Read a file; "read", "unsure" or "blank", or the name of the error that refused it.

    Raises FuzzError for another error than ImageError, and where it takes too long.
    """
    content = hostile(seed, number)
    start = time.perf_counter()
    try:
        outcome: str = recognizer.read(content, name="file", single=number % 2 == 0).status
    except ImageError as error:
        outcome = type(error).__name__
    except Exception as error:
        raise FuzzError(f"file {number} of seed {seed}: {error!r}") from error
    seconds = time.perf_counter() - start
    if seconds > SECONDS:
        raise FuzzError(f"file {number} of seed {seed} took {seconds:.1f} seconds")
    return outcome


def read_many(
    recognizer: Recognizer, seed: int, first: int, count: int, each: int = 1000
) -> Counter[str]:
    """Read files, print progress, and return how many ended how. Raises FuzzError."""
    before = peak()
    outcomes: Counter[str] = Counter()
    for number in range(first, first + count):
        outcomes[read_one(recognizer, seed, number)] += 1
        if peak() - before > MEGABYTES:
            raise FuzzError(
                f"memory grew by {peak() - before:.0f} MB by file {number} of seed {seed}"
            )
        if (number - first + 1) % each == 0:
            print(f"{number - first + 1} of {count} files: {dict(outcomes)}", flush=True)
    return outcomes


def peak() -> float:
    """Return the peak memory of this process, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux; its ru_maxrss counts what the parent held before the start
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    bytes_or_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return bytes_or_kilobytes / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> int:
    """Read the files. Raises FuzzError."""
    p = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    p.add_argument("--count", type=int, default=20_000)
    p.add_argument("--first", type=int, default=0, help="number of the first file")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--keep", type=Path, help="write the first file there and read none")
    arguments = p.parse_args()
    if arguments.keep:
        arguments.keep.write_bytes(hostile(arguments.seed, arguments.first))
        return 0
    warnings.filterwarnings("ignore", module="PIL")  # as the app and the command line do
    warnings.filterwarnings("error", category=RuntimeWarning)  # NumPy's, of overflow and the like
    recognizer = Recognizer.load()
    recognizer.read(render(5))
    try:
        outcomes = read_many(recognizer, arguments.seed, arguments.first, arguments.count)
    except FuzzError as error:
        print(error, file=sys.stderr)
        raise
    print(f"{arguments.count} files: {dict(outcomes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
