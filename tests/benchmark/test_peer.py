"""Another reader is asked in its own environment and judged by the same rule."""

import json
from pathlib import Path

import pytest

from benchmark.peer import ask, digits_in, measure_peer
from benchmark.sets import Case
from tests.conftest import ROOT

SEVEN = (ROOT / "docs" / "seven.png").read_bytes()
INSTALLED = ROOT / "build" / "peer" / "bin" / "python"


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A peer that answers 7 to the first image and nothing to others; 12 if it finds lines."""
    texts = {"line": "a 7.", "page": "12"}
    script = tmp_path / "python"
    answers = {
        way: json.dumps({"versions": {"peer": "1.0"}, "answers": {"000000": text, "000001": None}})
        for way, text in texts.items()
    }
    script.write_text(
        "#!/bin/sh\n"
        "echo a notice\n"
        f"if [ $4 = line ]; then echo '{answers['line']}'; else echo '{answers['page']}'; fi\n"
    )
    script.chmod(0o755)
    return script


@pytest.mark.parametrize(
    ("text", "expected"), [("No. 3,75", "375"), ("²½", ""), ("", ""), (None, None)]
)
def test_only_digits_count(text: str | None, expected: str | None) -> None:
    assert digits_in(text) == expected


def test_peer_is_judged_by_the_same_rule(python: Path) -> None:
    images = [Case(SEVEN, "7"), Case(SEVEN, "7")]
    row = measure_peer("pen-dev", images, python)
    assert (row["set"], row["way"], row["versions"]) == ("pen-dev", "line", {"peer": "1.0"})
    assert (row["right"]["share"], row["doubted"]["share"]) == (0.5, 0.5)


def test_better_way_counts_where_there_are_several_text_lines(python: Path) -> None:
    pages = [Case(SEVEN, "12", lines=2), Case(SEVEN, "7")]
    assert measure_peer("paper-dev", pages, python)["way"] == "page"
    lines = [Case(SEVEN, "7"), Case(SEVEN, "12", lines=2)]
    assert measure_peer("paper-dev", lines, python)["way"] == "line"


@pytest.mark.skipif(not INSTALLED.exists(), reason="`make build/peer.stamp` installs the peer")
@pytest.mark.parametrize("way", ["line", "page"])
def test_peer_reads_a_digit(way: str) -> None:
    images = [Case(SEVEN, "7"), Case(b"no image", "7")]
    answers = ask(INSTALLED, images, "line" if way == "line" else "page")
    assert answers.versions["rapidocr"] == "3.10.0"
    assert [digits_in(text) for text in answers.texts] == ["7", None]
