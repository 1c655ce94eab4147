"""One rule judges every reader: right, shown with `?`, or stated wrong."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmark.scoring import answer_of, judged, verdict
from benchmark.sets import Case, cases, on_all_cores, zipped_sets
from benchmark.table import accuracy_table, kinds_table, summary_table
from model import Reading, Recognizer


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("77", "77", "right"),
        ("77", "7\n7", "right"),
        ("78", "77", "stated_wrong"),
        ("7", "77", "stated_wrong"),
        ("77", "7?", "doubted"),
        ("77", "", "stated_wrong"),  # left out without a word
        ("77", None, "doubted"),
        ("", "", "right"),
        ("", "?", "right"),
        ("", "7", "stated_wrong"),
        ("", "7?", "doubted"),
        ("", None, "doubted"),
    ],
)
def test_verdict(text: str, answer: str | None, expected: str) -> None:
    assert verdict(text, answer) == expected


def test_image_that_cannot_be_read_has_no_answer(recognizer: Recognizer) -> None:
    assert answer_of(recognizer.read, b"no image") is None


def test_shares_are_also_by_kind_where_there_are_kinds() -> None:
    images = [Case(b"", "1", "box"), Case(b"", "2", "box"), Case(b"", "", "dash")]
    result = judged(images, ["1", "?", "7"])
    assert result["n"] == 3
    assert np.isclose(result["stated_wrong"]["share"], 1 / 3, atol=1e-4)
    box, dash = result["kinds"]
    assert (box["kind"], box["n"], box["right"]["share"], box["doubted"]["share"]) == (
        ("box", 2, 0.5, 0.5)
    )
    assert (dash["kind"], dash["stated_wrong"]["share"]) == ("dash", 1)
    assert "kinds" not in judged([Case(b"", "1")], ["1"])


def test_set_is_read_with_kinds_and_text_lines(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "paper-dev.zip", "w") as archive:
        archive.writestr("labels.csv", 'file,text,kind\na.png,"12\n3",note\nb.png,,empty\n')
        archive.writestr("images/a.png", b"a")
        archive.writestr("images/b.png", b"b")
    (tmp_path / "unknown-dev.zip").write_bytes(b"")
    files = zipped_sets(tmp_path)
    assert list(files) == ["paper-dev"]
    assert cases(files["paper-dev"]) == [Case(b"a", "123", "note", 2), Case(b"b", "", "empty")]


def test_work_on_all_cores_keeps_the_order() -> None:
    assert list(on_all_cores(abs, [-3, 1, -2])) == [3, 1, 2]


def test_tables_show_the_peer_beside_the_reader() -> None:
    row = {"set": "paper-dev"} | judged([Case(b"", "1"), Case(b"", "2")], ["1", "3"])
    peer = {"set": "paper-dev"} | judged([Case(b"", "1"), Case(b"", "2")], ["1", "2"])
    for table in (summary_table, accuracy_table):
        columns, _, cells = (
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in table([row], [peer]).splitlines()
        )
        shown = dict(zip(columns, cells, strict=True))
        assert shown["rapidocr right"] == "100.0%"
        assert shown["rapidocr stated wrong"] == "0.0%"
        assert shown["stated wrong"] == "50.0%"
        assert "**50.0%**" in cells
        empty = table([row]).splitlines()[2].split("|")
        assert len(empty) == len(columns) + 2


def test_rare_kinds_share_a_row() -> None:
    images = [Case(b"", "1", kind) for kind in ["box"] * 10 + ["ring", "ring", "dash"]]
    kinds = judged(images, ["1"] * 10 + ["2", "?", "1"])["kinds"]
    box, rare = kinds_table(kinds).splitlines()[2:]
    assert box == "| box | 10 | **100.0%** | 0.0% | 0.0% |"
    assert rare.endswith("| 3 | **33.3%** | 33.3% | 33.3% |")


def test_reading_states_its_digits_alone(recognizer: Recognizer) -> None:
    """What a rule counts as stated is what a reading accepts."""
    reading: Reading = recognizer.read(np.full((40, 40), 255, np.uint8))
    assert verdict("", reading.text) == "right"
