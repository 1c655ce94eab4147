"""Digits and letters of handwriting typefaces, each by a hand that no other source has.

`typefaces.csv` names the typefaces, their files, authors and licences. They are drawn on one sheet,
`typefaces.png`, a row a typeface and a column a character, which

    python -m training.augment.fonts FOLDER

makes anew from a folder with those files, as the Fontsource project publishes them.
"""

import argparse
import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.errors import DataError

SHEET = Path(__file__).with_name("typefaces.png")
LIST = SHEET.with_suffix(".csv")
DIGITS = "0123456789"
LETTERS = "AEHKMNPRVWXaehkmnptwx"  # that nearly no typeface writes like a digit
CELL = 40  # pixels of a character's place on the sheet
DRAWN = 200  # points that a character is drawn at
REDUCED = 42  # pixels of its longer side, before it is brought to its cell
INKED = 80  # of 255; the share of a pixel from which on it is ink, so that hairlines stay whole


@dataclass(frozen=True, eq=False)
class Typefaces:
    """Characters in black and white, ink bright."""

    digits: NDArray[np.uint8]  # (n, 10, CELL, CELL), a row a typeface
    letters: NDArray[np.uint8]  # (m, CELL, CELL)

    @classmethod
    @cache
    def load(cls) -> "Typefaces":
        """Those of the sheet that lies beside this module."""
        sheet = np.asarray(cv2.imread(str(SHEET), cv2.IMREAD_GRAYSCALE), np.uint8)
        columns = len(DIGITS + LETTERS)
        cells = sheet.reshape(-1, CELL, columns, CELL).transpose(0, 2, 1, 3)
        digits, letters = cells[:, : len(DIGITS)], cells[:, len(DIGITS) :].reshape(-1, CELL, CELL)
        return cls(digits.copy(), letters[letters.any(axis=(1, 2))])


def describe() -> dict[str, object]:
    """What the card tells of them."""
    typefaces = Typefaces.load()
    with LIST.open(newline="", encoding="utf-8") as file:
        licences = {row["licence"] for row in csv.DictReader(file)}
    return {
        "name": "Handwriting typefaces",
        "source": f"training/augment/{LIST.name} names each with its author",
        "licence": " and ".join(sorted(licences, reverse=True)),
        "sha256": hashlib.sha256(SHEET.read_bytes()).hexdigest(),
        "counts": {"train": typefaces.digits.shape[0] * len(DIGITS) + len(typefaces.letters)},
    }


def draw_sheet(files: Sequence[Path]) -> NDArray[np.bool_]:
    """The characters of font files, (CELL times files, CELL times characters), True for ink."""
    return np.vstack(
        [np.hstack([_cell(font, c) for c in DIGITS + LETTERS]) for font in map(_font, files)]
    )


def _font(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), DRAWN)


def _cell(font: ImageFont.FreeTypeFont, character: str) -> NDArray[np.bool_]:
    canvas = Image.new("L", (4 * DRAWN, 4 * DRAWN))
    ImageDraw.Draw(canvas).text((DRAWN, DRAWN), character, 255, font=font)
    box = canvas.getbbox()
    cell = np.zeros((REDUCED, REDUCED), np.uint8)
    if box:
        drawn = np.asarray(canvas.crop(box))
        scale = REDUCED / max(drawn.shape)
        height, width = (max(1, round(side * scale)) for side in drawn.shape)
        top, left = (REDUCED - height) // 2, (REDUCED - width) // 2
        cell[top : top + height, left : left + width] = cv2.resize(
            drawn, (width, height), interpolation=cv2.INTER_AREA
        )
    return np.asarray(cv2.resize(cell, (CELL, CELL), interpolation=cv2.INTER_AREA) > INKED)


def write_sheet(folder: Path) -> None:
    """Draw the sheet from the files in a folder. Raises DataError where one lacks or differs."""
    files = []
    with LIST.open(newline="", encoding="utf-8") as listed:
        for row in csv.DictReader(listed):
            file = folder / row["file"]
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != row["sha256"]:
                raise DataError(f"{file.name} is missing there, or is another version of it.")
            files.append(file)
    Image.fromarray(draw_sheet(files)).save(SHEET, optimize=True)


def main() -> None:
    """The command above."""
    parser = argparse.ArgumentParser(
        prog="python -m training.augment.fonts",
        description=f"Draw {SHEET.name} from the font files that {LIST.name} lists.",
    )
    parser.add_argument("folder", type=Path, help="with all these files")
    try:
        write_sheet(parser.parse_args().folder)
    except DataError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
