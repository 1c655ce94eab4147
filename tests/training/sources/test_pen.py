"""Pen strokes, from JSON or from files of the UCI repository."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.conftest import pen_digits, pen_records
from training.data.preprocess import preprocess_image
from training.errors import DataError
from training.sources import uci_pen_digits
from training.sources.pen import (
    LAST_TRAINING_WRITER,
    load_pen,
    read_pen,
    render_pen_digits,
)
from training.sources.uci_pen_digits import MEMBER, parse_unipen

UNIPEN = """
.VERSION 1.0
.COMMENT digits of two writers, by hand for this test
.X_DIM 500
.INCLUDE nothing
.SEGMENT DIGIT 0-1 ? "8"
.COMMENT  8 1 8
.PEN_DOWN
  100  400
  110  390
  120  380
.PEN_UP
.DT 100
.PEN_DOWN
  130  370
.PEN_UP
.SEGMENT DIGIT 2-2 ? "0"
.COMMENT  0 30 2
.PEN_DOWN

  0 500
  500 0
.PEN_UP
  7 7
"""


def write(folder: Path, *contents: Any) -> list[Path]:
    files = [folder / f"strokes{number}.json" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    return files


def test_writers_are_split_into_training_and_validation(tmp_path: Path) -> None:
    train, validation = load_pen(write(tmp_path, pen_records(1, 24, 25, 30)))
    assert (len(train), len(validation)) == (20, 20)
    assert set(train.writers) == {1, 24}
    assert set(validation.writers) == {25, 30}
    assert LAST_TRAINING_WRITER == 24
    assert np.bincount(train.labels).tolist() == [2] * 10


def test_strokes_are_read_unchanged(tmp_path: Path) -> None:
    train, _ = load_pen(write(tmp_path, pen_records(1, 30)))
    (bar, stem) = train.strokes[4]
    expected = pen_digits(1).strokes[4]
    assert bar.dtype == np.float32
    assert bar.shape[1] == 2
    assert np.array_equal(bar, expected[0])
    assert np.array_equal(stem, expected[1])


def test_writers_may_be_counted_from_0(tmp_path: Path) -> None:
    train, _ = load_pen(write(tmp_path, pen_records(0, 30)))
    assert set(train.writers) == {0}


def test_several_files_are_one_set(tmp_path: Path) -> None:
    one = load_pen(write(tmp_path, pen_records(1, 2, 30)))
    several = load_pen(write(tmp_path, pen_records(30), pen_records(2), pen_records(1)))
    assert [len(part) for part in several] == [len(part) for part in one]
    # The same data have the same checksum, whatever files they came in.
    assert {part.sha256 for part in (*one, *several)} == {one[0].sha256}
    assert len(one[0].sha256) == 64


def test_other_strokes_have_another_checksum(tmp_path: Path) -> None:
    records = pen_records(1, 30)
    before = load_pen(write(tmp_path, records))[0].sha256
    records[0]["strokes"][0][0][0] += 1
    assert load_pen(write(tmp_path, records))[0].sha256 != before


@pytest.mark.parametrize("writers", [(1, 2, 24), (25, 30), ()])
def test_missing_writers_are_refused(writers: tuple[int, ...], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="need writers up to 24 to train on and later ones"):
        load_pen(write(tmp_path, pen_records(*writers)))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.json does not exist"):
        load_pen([tmp_path / "nowhere.json"])


GOOD = {"label": 3, "writer": 1, "strokes": [[[1, 2], [3, 4]]]}
BAD = {
    "no JSON": "seven",
    "cut short": json.dumps(pen_records(1))[:500],
    "empty": "",
    "a number": 7,
    "an object": {"label": 3},
    "numbers": [1, 2, 3],
    "without a label": [{"writer": 1, "strokes": [[[1, 2]]]}],
    "without a writer": [{"label": 3, "strokes": [[[1, 2]]]}],
    "without strokes": [GOOD | {"strokes": []}],
    "no such digit": [GOOD | {"label": 10}],
    "a letter": [GOOD | {"label": "three"}],
    "a writer's name": [GOOD | {"writer": "Ada"}],
    "a stroke without points": [GOOD | {"strokes": [[]]}],
    "points on a line": [GOOD | {"strokes": [[1, 2, 3]]}],
    "points in space": [GOOD | {"strokes": [[[1, 2, 3], [4, 5, 6]]]}],
    "points of unequal length": [GOOD | {"strokes": [[[1, 2], [3]]]}],
    "points that are words": [GOOD | {"strokes": [[["one", "two"]]]}],
    "nested": "[" * 200_000,
    "a point that is no number": '[{"label": 3, "writer": 1, "strokes": [[[NaN, 2]]]}]',
    "a point at infinity": '[{"label": 3, "writer": 1, "strokes": [[[1e999, 2]]]}]',
    "a point far away": [GOOD | {"strokes": [[[1e300, 2]]]}],
    "a writer of thirty digits": [GOOD | {"writer": 10**30}],
    "a writer below zero": [GOOD | {"writer": -1}],
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_file_gets_one_sentence_that_names_it(kind: str, tmp_path: Path) -> None:
    good, bad = write(tmp_path, pen_records(1, 30), BAD[kind])
    with pytest.raises(DataError) as caught:
        load_pen([good, bad])
    message = str(caught.value)
    assert message.startswith("strokes1.json cannot be read")
    assert message.endswith(".")
    assert "\n" not in message


def test_binary_file_gets_the_same_sentence(tmp_path: Path) -> None:
    (tmp_path / "mnist.json").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(DataError, match=r"mnist\.json cannot be read"):
        load_pen([tmp_path / "mnist.json"])


def test_unipen_file_gives_label_writer_and_strokes() -> None:
    eight, zero = parse_unipen(UNIPEN)
    assert (eight["label"], eight["writer"]) == (8, 1)
    assert (zero["label"], zero["writer"]) == (0, 30)
    assert [len(stroke) for stroke in eight["strokes"]] == [3, 1]


def test_unipen_file_counts_y_upwards_and_we_do_not() -> None:
    eight, zero = parse_unipen(UNIPEN)
    assert eight["strokes"][0] == [[100, 100], [110, 110], [120, 120]]
    assert zero["strokes"] == [[[0, 0], [500, 500]]]  # what follows a pen up is no stroke


def test_unipen_head_without_digits_gives_none() -> None:
    assert parse_unipen("") == []
    assert parse_unipen(UNIPEN.split(".SEGMENT", maxsplit=1)[0]) == []


def test_strokes_of_real_writers(data: Path) -> None:
    train, validation = load_pen([data / "pen-train.json", data / "pen-dev.json"])
    assert (len(train), len(validation)) == (5996, 1498)
    assert len(set(train.writers)) == 24
    assert all(len(stroke) for digit in validation.strokes for stroke in digit)


def test_files_of_the_repository_are_read_unpacked_and_in_its_zip(tmp_path: Path) -> None:
    plain = tmp_path / "pendigits-orig.tra"
    plain.write_text(UNIPEN)
    packed = tmp_path / "pen+based+recognition+of+handwritten+digits.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(MEMBER, UNIPEN)
    one, same = read_pen([plain]), read_pen([packed])
    assert one.labels.tolist() == [8, 0]
    assert one.sha256 == same.sha256


def test_digits_of_eight_points_are_one_stroke_each(tmp_path: Path) -> None:
    file = tmp_path / "pendigits.tes"
    file.write_text(" 88, 92,  2, 99, 16, 66, 94, 37, 70,  0,  0, 24, 42, 65,100,100, 8\n")
    pen = read_pen([file])
    assert pen.labels.tolist() == [8]
    assert pen.strokes[0][0].tolist()[:2] == [[88, 8], [2, 1]]
    picture = render_pen_digits(pen, preprocess_image).digits.images[0]
    assert picture.shape == (28, 28)
    assert picture.max() == 255


@pytest.mark.parametrize(
    "content",
    [
        "",
        "one, two",
        "1,2,3\n",
        "88,92,2,99\n",
        UNIPEN.replace("  8 1 8", "  80 1 8"),
        UNIPEN.replace("  8 1 8", f"  8 {10**30} 8"),
        UNIPEN.replace("  110  390", "  110"),
        UNIPEN.split("  100  400", maxsplit=1)[0].replace(".PEN_DOWN", ""),
    ],
)
def test_bad_file_of_the_repository_gets_one_sentence(content: str, tmp_path: Path) -> None:
    (tmp_path / "pendigits.tra").write_text(content)
    with pytest.raises(DataError, match=r"^pendigits\.tra .* of the UCI repository\.$"):
        read_pen([tmp_path / "pendigits.tra"])


def test_packed_bomb_of_the_repository_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uci_pen_digits, "MAX_UCI_BYTES", 2000)
    file = tmp_path / "pendigits.tra.Z"
    # In LZW each of these codes means one "a" more than the one before: 200 make 20,000.
    codes = [97, *range(257, 456)]
    bits = sum(code << 9 * place for place, code in enumerate(codes))
    file.write_bytes(b"\x1f\x9d\x90" + bits.to_bytes(9 * len(codes) // 8 + 1, "little"))
    with pytest.raises(DataError, match=r"^pendigits\.tra\.Z .* of the UCI repository\.$"):
        read_pen([file])
