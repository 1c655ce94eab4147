"""Digits and letters of handwriting fonts, each in a writing style that no other source has.

`typefaces.csv` names the fonts, their files, authors and licences. They are drawn on one sheet,
`typefaces.png`, a row a font and a column a character, which

    python -m training.augment.fonts FOLDER

draws again from a folder with those files, as the Fontsource project publishes them.
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

from model.card import Source
from training.errors import DataError

SHEET = Path(__file__).with_name("typefaces.png")
LIST = SHEET.with_suffix(".csv")
DIGITS = "0123456789"
LETTERS = "AEHKMNPRVWXaehkmnptwx"  # that hardly any font writes like a digit
CELL = 40  # pixels of a side of a character's cell on the sheet
POINT_SIZE = 200  # that a character is drawn at first
REDUCED_SIZE = 42  # pixels of its longer side then, before it is scaled to its cell
INK_LEVEL = 80  # of 255; low, so that hairlines stay whole


@dataclass(frozen=True, eq=False)
class HandwritingFonts:
    """Characters in black and white, ink bright."""

    digits: NDArray[np.uint8]  # (n, 10, CELL, CELL) for n fonts
    letters: NDArray[np.uint8]  # (m, CELL, CELL)

    @classmethod
    @cache
    def load(cls) -> "HandwritingFonts":
        """Load the sheet that lies beside this module; it is read once."""
        sheet = np.asarray(cv2.imread(str(SHEET), cv2.IMREAD_GRAYSCALE), np.uint8)
        columns = len(DIGITS + LETTERS)
        cells = sheet.reshape(-1, CELL, columns, CELL).transpose(0, 2, 1, 3)
        digits, letters = cells[:, : len(DIGITS)], cells[:, len(DIGITS) :].reshape(-1, CELL, CELL)
        return cls(digits.copy(), letters[letters.any(axis=(1, 2))])


def card_source() -> Source:
    """Return the entry of the fonts on a model card."""
    fonts = HandwritingFonts.load()
    with LIST.open(newline="", encoding="utf-8") as file:
        licences = {row["licence"] for row in csv.DictReader(file)}
    return Source(
        name="Handwriting typefaces",
        source=f"training/augment/{LIST.name} names each with its author",
        licence=" and ".join(sorted(licences, reverse=True)),
        sha256=hashlib.sha256(SHEET.read_bytes()).hexdigest(),
        counts={"train": fonts.digits.shape[0] * len(DIGITS) + len(fonts.letters)},
    )


def draw_sheet(files: Sequence[Path]) -> NDArray[np.bool_]:
    """Draw the characters of n font files, (n CELL, characters CELL), True for ink."""
    return np.vstack(
        [np.hstack([_cell(font, c) for c in DIGITS + LETTERS]) for font in map(_font, files)]
    )


def _font(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), POINT_SIZE)


def _cell(font: ImageFont.FreeTypeFont, character: str) -> NDArray[np.bool_]:
    canvas = Image.new("L", (4 * POINT_SIZE, 4 * POINT_SIZE))
    ImageDraw.Draw(canvas).text((POINT_SIZE, POINT_SIZE), character, 255, font=font)
    box = canvas.getbbox()
    cell = np.zeros((REDUCED_SIZE, REDUCED_SIZE), np.uint8)
    if box:
        drawn = np.asarray(canvas.crop(box))
        scale = REDUCED_SIZE / max(drawn.shape)
        height, width = (max(1, round(side * scale)) for side in drawn.shape)
        top, left = (REDUCED_SIZE - height) // 2, (REDUCED_SIZE - width) // 2
        cell[top : top + height, left : left + width] = cv2.resize(
            drawn, (width, height), interpolation=cv2.INTER_AREA
        )
    return np.asarray(cv2.resize(cell, (CELL, CELL), interpolation=cv2.INTER_AREA) > INK_LEVEL)


def write_sheet(folder: Path) -> None:
    """Draw the sheet from the files in a folder.

    Raises DataError if one is missing or has another checksum.
    """
    files = []
    with LIST.open(newline="", encoding="utf-8") as listed:
        for row in csv.DictReader(listed):
            file = folder / row["file"]
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != row["sha256"]:
                raise DataError(f"{folder} has no {file.name}, or another version of it.")
            files.append(file)
    Image.fromarray(draw_sheet(files)).save(SHEET, optimize=True)


def main() -> None:
    """Run the command above."""
    parser = argparse.ArgumentParser(
        prog="python -m training.augment.fonts",
        description=f"Draw {SHEET.name} from the font files that {LIST.name} lists.",
    )
    parser.add_argument("folder", type=Path, help="folder with all these files")
    try:
        write_sheet(parser.parse_args().folder)
    except DataError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
