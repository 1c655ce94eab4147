"""A folder for each digit, as people keep their images, in a directory or a zip."""

import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from model.image.decode import SUFFIXES
from training.data.preprocess import Preprocess
from training.errors import DataError
from training.sources.unsplit import (
    Collection,
    LabelledFile,
    check_classes,
    in_words,
    read_images,
)

Folder: TypeAlias = Path | zipfile.Path

# 7, digit_7, class-7; or as Chars74K counts: Sample001 is 0, Sample010 is 9, letters follow.
DIGIT = re.compile(r"(?:(?:class|digit|label|number)[ _-]?)?(\d)", re.IGNORECASE)
SAMPLE = re.compile(r"Sample(\d{3})")


def label_of(folder: str) -> int | None:
    """The digit that a folder of this name holds; None for another one."""
    if sample := SAMPLE.fullmatch(folder):
        label = int(sample[1]) - 1
        return label if label in range(10) else None
    digit = DIGIT.fullmatch(folder)
    return int(digit[1]) if digit else None


def load_folder(folder: Folder, prepare: Preprocess) -> Collection:
    """Every image below folders that are named after digits, however deep those lie.

    Raises DataError where a digit has no folder or no image that can be read.
    """
    name = folder.name or "The folder"
    files = list(_labelled(folder, ""))
    if not files:
        raise DataError(f"{name} holds no images in folders 0 to 9, nor in Sample001 to Sample010.")
    missing = set(range(10)) - {file.label for file in files}
    if missing:
        absent = in_words([str(digit) for digit in sorted(missing)])
        raise DataError(f"{name} has no folder with images of {absent}; it needs each digit.")
    digits, checksum, notes = read_images(files, prepare)
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


def _labelled(folder: Folder, path: str, label: int | None = None) -> Iterator[LabelledFile]:
    children: list[Folder] = [*folder.iterdir()]
    for child in sorted(children, key=lambda child: child.name):
        name = f"{path}{child.name}"
        if child.name.startswith((".", "__")):  # what operating systems leave behind
            continue
        if child.is_dir():
            own = label_of(child.name)
            yield from _labelled(child, f"{name}/", label if own is None else own)
        elif label is not None and child.name.lower().endswith(SUFFIXES):
            yield LabelledFile(name, label, partial(_read, child))


def _read(file: Folder, most: int) -> bytes:
    with file.open("rb") as content:
        return content.read(most)
