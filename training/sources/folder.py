"""A folder for each digit, as people keep their images, on disk or in a zip."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from model.image.decode import SUFFIXES
from training.data.preprocess import Preprocess
from training.errors import DataError
from training.sources.guard import readable
from training.sources.unsplit import (
    Collection,
    LabelledFile,
    check_classes,
    enumerate_words,
    read_images,
)

# 7, digit_7, class-7; or as Chars74K counts: Sample001 is 0, Sample010 is 9, letters follow.
DIGIT = re.compile(r"(?:(?:class|digit|label|number)[ _-]?)?(\d)", re.IGNORECASE)
SAMPLE = re.compile(r"Sample(\d{3})")
MAX_FOLDERS = 32  # within each other
FoundFile = tuple[tuple[str, ...], Callable[[int], bytes]]  # the parts of its path, and its content


def label_of(folder: str) -> int | None:
    """Return the digit that a folder of this name holds, or None."""
    if sample := SAMPLE.fullmatch(folder):
        label = int(sample[1]) - 1
        return label if label in range(10) else None
    digit = DIGIT.fullmatch(folder)
    return int(digit[1]) if digit else None


def load_folder(folder: Path, preprocess: Preprocess) -> Collection:
    """Load every image below folders that are named after digits, however they are nested.

    Raises DataError if a digit has no folder or no image that can be read.
    """
    if folder.is_file():
        raise DataError(f"{folder} is a file, not a folder of images.")
    return _load(folder, _files_on_disk(folder, ()), preprocess)


def load_zip(file: Path, archive: zipfile.ZipFile, preprocess: Preprocess) -> Collection:
    """Load the same from a zip. Raises as `load_folder` does."""
    return _load(file, _files_in_zip(archive), preprocess)


def _load(path: Path, found: Iterable[FoundFile], preprocess: Preprocess) -> Collection:
    name = path.name or "The folder"
    with readable(path, "a folder of images for each digit"):
        files = list(_labelled(name, found))
    if not files:
        raise DataError(f"{name} holds no images in folders 0 to 9, nor in Sample001 to Sample010.")
    missing = set(range(10)) - {file.label for file in files}
    if missing:
        absent = enumerate_words([str(digit) for digit in sorted(missing)])
        raise DataError(f"{name} has no folder with images of {absent}; it needs each digit.")
    digits, checksum, notes = read_images(name, files, preprocess)
    check_classes(name, digits)
    is_chars74k = any(SAMPLE.search(file.name) for file in files)
    return Collection(
        name=name,
        source="de Campos, Babu and Varma, The Chars74K dataset" if is_chars74k else "a folder",
        licence="for research" if is_chars74k else "not known",
        sha256=checksum,
        digits=digits,
        notes=notes,
    )


def _labelled(name: str, found: Iterable[FoundFile]) -> Iterator[LabelledFile]:
    for parts, read in found:
        if len(parts) > MAX_FOLDERS:
            raise DataError(f"{name} has folders more than {MAX_FOLDERS} deep.")
        if any(part.startswith((".", "__")) for part in parts):  # left behind by systems
            continue
        labels = [label for folder in parts[:-1] if (label := label_of(folder)) is not None]
        if labels and parts[-1].lower().endswith(SUFFIXES):
            yield LabelledFile("/".join(parts), labels[-1], read)


def _files_on_disk(folder: Path, parts: tuple[str, ...]) -> Iterator[FoundFile]:
    for child in sorted(folder.iterdir(), key=lambda child: child.name):
        path = (*parts, child.name)
        if child.is_dir() and len(path) <= MAX_FOLDERS:
            yield from _files_on_disk(child, path)
        else:
            yield path, partial(_read_file, child)


def _files_in_zip(archive: zipfile.ZipFile) -> Iterator[FoundFile]:
    """The files in the order of those on disk, so that a zip is split as its folder is."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    for info in sorted(files, key=lambda info: info.filename.split("/")):
        yield tuple(info.filename.split("/")), partial(_read_member, archive, info)


def _read_file(file: Path, most: int) -> bytes:
    with file.open("rb") as content:
        return content.read(most)


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(info) as content:
        return content.read(most)
