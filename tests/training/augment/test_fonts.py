"""Characters of handwriting fonts, which the default recipe learns from."""

import csv
import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from model import Recognizer
from model.ink.components import all_ink
from tests.training.conftest import drawn, pen_digits
from training.augment import fonts
from training.augment.characters import Mixture, WritingSamples
from training.augment.fonts import (
    CELL,
    DIGITS,
    LETTERS,
    LIST,
    HandwritingFonts,
    card_source,
    draw_sheet,
)
from training.augment.generator import ExampleGenerator
from training.augment.prefetch import generate
from training.errors import DataError

ROWS = list(csv.DictReader(LIST.read_text(encoding="utf-8").splitlines()))


IMAGES, PEN = drawn(1, 5), pen_digits(1)
ONLY_TWO = WritingSamples(IMAGES.images[2:3], IMAGES.labels[2:3], PEN.strokes[2:3], PEN.labels[2:3])


@pytest.fixture
def font(tmp_path: Path) -> Path:
    """Return the file of the font that comes with Pillow."""
    carried = ImageFont.load_default(10)
    assert isinstance(carried, ImageFont.FreeTypeFont)
    file = tmp_path / "carried.ttf"
    file.write_bytes(carried.font_bytes)
    return file


def test_sheet_has_every_font_of_the_list() -> None:
    loaded = HandwritingFonts.load()
    assert loaded.digits.shape == (len(ROWS), 10, CELL, CELL)
    assert loaded.letters.shape[1:] == (CELL, CELL)
    assert 0.97 * len(ROWS) * len(LETTERS) <= len(loaded.letters) <= len(ROWS) * len(LETTERS)
    for characters in (loaded.digits, loaded.letters):
        assert set(np.unique(characters)) == {0, 255}
        assert (characters > 0).any(axis=(-2, -1)).all()


def test_every_font_has_an_author_and_a_free_licence() -> None:
    for row in ROWS:
        assert row["licence"] in ("SIL Open Font License 1.1", "Apache License 2.0")
        assert row["author"]
        assert len(row["sha256"]) == 64
    assert len({row["file"] for row in ROWS}) == len(ROWS)


def test_readme_and_changelog_state_the_number_of_fonts() -> None:
    root = Path(__file__).parents[3]
    for file in ("docs/model-card.md", "CHANGELOG.md"):
        text = " ".join((root / file).read_text(encoding="utf-8").split())
        assert f"{len(ROWS)} typefaces" in text.replace("handwriting ", "")


def test_columns_of_the_sheet_are_the_digits_that_they_stand_for(recognizer: Recognizer) -> None:
    digits = HandwritingFonts.load().digits[::4]
    for digit in range(10):
        glyphs = [all_ink(np.asarray(ink / 255, np.float32)) for ink in digits[:, digit]]
        candidates = recognizer.score([glyph for glyph in glyphs if glyph])
        read = np.array([c.probabilities.argmax() for c in candidates])
        assert (read == digit).mean() > 0.9


def test_model_card_names_the_fonts() -> None:
    source = card_source()
    assert source.licence == "SIL Open Font License 1.1 and Apache License 2.0"
    assert source.sha256 == hashlib.sha256(fonts.SHEET.read_bytes()).hexdigest()
    loaded = HandwritingFonts.load()
    assert source.counts == {"train": 10 * len(loaded.digits) + len(loaded.letters)}


def test_sheet_of_a_font(font: Path, recognizer: Recognizer) -> None:
    sheet = draw_sheet([font, font])
    assert sheet.shape == (2 * CELL, CELL * len(DIGITS + LETTERS))
    assert np.array_equal(sheet[:CELL], sheet[CELL:])
    cells = [sheet[:CELL, CELL * i : CELL * (i + 1)] for i in range(10)]
    glyphs = [all_ink(cell.astype(np.float32)) for cell in cells]
    candidates = recognizer.score([glyph for glyph in glyphs if glyph])
    assert [int(c.probabilities.argmax()) for c in candidates] == list(range(10))


def test_sheet_is_drawn_again_from_the_files_of_the_list(
    font: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "LIST", tmp_path / "list.csv")
    monkeypatch.setattr(fonts, "SHEET", tmp_path / "sheet.png")
    fonts.LIST.write_text(
        f"file,sha256\n{font.name},{hashlib.sha256(font.read_bytes()).hexdigest()}\n"
    )
    fonts.write_sheet(font.parent)
    sheet = cv2.imread(str(fonts.SHEET), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(np.asarray(sheet) > 0, draw_sheet([font]))
    for wrong in (f"file,sha256\n{font.name},0\n", "file,sha256\nnone.ttf,0\n"):
        fonts.LIST.write_text(wrong)
        with pytest.raises(DataError, match="or another version of it"):
            fonts.write_sheet(font.parent)


def test_folder_without_the_files_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["fonts", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        fonts.main()
    assert ended.value.code == 2
    assert ROWS[0]["file"] in capsys.readouterr().err


@pytest.mark.parametrize(("typeface", "labels"), [(0, {2}), (1, set(range(10)))])
def test_mixture_uses_digits_of_fonts(typeface: float, labels: set[int]) -> None:
    """All samples are a 2."""
    mixture = Mixture(non_digit=0, image=0, template=0, neighbour=0, font=typeface)
    _, targets = generate(ExampleGenerator(ONLY_TWO, mixture), 150, [1])
    assert set(targets.argmax(axis=1).tolist()) == labels


@pytest.mark.parametrize("typeface", [0, 1])
def test_mixture_uses_letters_of_fonts_as_non_digits(
    typeface: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters are full squares here, which have more ink than strokes."""
    squares = np.full((1, CELL, CELL), 255, np.uint8)
    shown = HandwritingFonts(HandwritingFonts.load().digits, squares)
    monkeypatch.setattr(HandwritingFonts, "load", lambda: shown)
    mixture = Mixture(non_digit=1, letter=0.55, pair=0.01, font=typeface)
    pictures, _ = generate(ExampleGenerator(ONLY_TWO, mixture), 300, [1])
    full = float(((pictures > 128).mean(axis=(1, 2)) > 0.25).mean())
    assert full > 0.4 if typeface else full < 0.2
