"""The commands of the benchmark store what the documentation shows, here of a few images."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark import ablate, metamorphic, mnist_c, peer, reading, scoring, update_docs
from benchmark.ablations import ABLATIONS
from benchmark.corruptions.definitions import CORRUPTIONS
from benchmark.sets import Case
from model.image.decode import decode
from tests.conftest import ROOT

SEVEN = (ROOT / "docs" / "seven.png").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two sets, each of a 7, and of MNIST with two of them as test digits."""
    for name in ("paper-dev", "cheques-dev"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            archive.writestr("labels.csv", "file,text,kind\na.png,7,box\nb.png,1,box\n")
            archive.writestr("images/a.png", SEVEN)
            archive.writestr("images/b.png", SEVEN)
    digit = 255 - decode(SEVEN)[::8, ::8]
    digits = np.zeros((2, 28, 28), np.uint8)
    digits[:, 1 : 1 + len(digit), 1 : 1 + len(digit)] = digit
    labels = np.array([7, 7], np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=digits, y_train=labels, x_test=digits, y_test=labels)
    return tmp_path


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of benchmark/results."""
    empty = tmp_path / "results"
    empty.mkdir()
    for module in (scoring, update_docs):
        monkeypatch.setattr(module, "RESULTS", empty)
    return empty


def stored(results: Path, name: str) -> Any:
    content = json.loads((results / f"{name}.json").read_text())
    assert content["finished"]
    assert content["machine"]
    return content


def shown(passage: str) -> Sequence[str]:
    return update_docs.PASSAGES[passage]().strip().splitlines()


def test_nothing_is_shown_before_it_was_measured(results: Path) -> None:
    for passage in ("mnist_c", "metamorphic", "ablation", "peer"):
        assert shown(passage) == [update_docs.NOT_MEASURED]


def test_accuracy_is_stored_and_shown_by_kind(folder: Path, results: Path) -> None:
    assert reading.main(folder) == 0
    rows = {row["set"]: row for row in stored(results, "reading")["sets"]}
    assert set(rows) == {"mnist-test", "paper-dev", "cheques-dev"}
    assert rows["paper-dev"]["kinds"][0]["n"] == 2
    assert rows["paper-dev"]["stated_wrong"]["share"] == 0.5
    assert shown("kinds")[-1].endswith("| 2 | **50.0%** | 50.0% | 0.0% |")
    assert len(shown("summary")) == len(rows) + 2


def test_folder_without_sets_is_refused(tmp_path: Path, results: Path) -> None:
    assert reading.main(tmp_path) == 2
    assert not list(results.iterdir())


def test_corrupted_digits_are_stored_and_shown(folder: Path, results: Path) -> None:
    mnist_c.main(folder)
    content = stored(results, "mnist_c")
    assert [row["corruption"] for row in content["corruptions"]] == list(CORRUPTIONS)
    assert len(shown("mnist_c")) == len(CORRUPTIONS) + 3


def test_harmless_changes_are_stored_and_shown(
    folder: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metamorphic, "on_all_cores", map)  # quicker than to start processes
    metamorphic.main(folder)
    assert [r["set"] for r in stored(results, "metamorphic")["sets"]] == [
        "cheques-dev",
        "paper-dev",
    ]
    assert shown("metamorphic")[-1].endswith("| met | met |")


def test_stages_are_stored_and_shown_where_all_were_measured(
    folder: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablate, "on_all_cores", map)
    assert ablate.main(folder, ["splitting"]) == 0
    assert not list(results.iterdir())
    assert ablate.main(folder, []) == 0
    content = stored(results, "ablation")
    assert [stage["stage"] for stage in content["stages"]] == list(ABLATIONS)
    assert content["whole"]["paper-dev"]["right"] == 0.5
    assert len(shown("ablation")) == len(ABLATIONS) + 2


def test_peer_is_stored_and_shown(
    folder: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(python: Path, images: Sequence[Case], way: str) -> peer.PeerAnswers:
        return peer.PeerAnswers({"rapidocr": "3.10.0"}, ["7" for _ in images])

    monkeypatch.setattr(peer, "ask", ask)
    peer.main(folder, Path("python"))
    rows = {row["set"]: row for row in stored(results, "peer")["sets"]}
    assert rows["mnist-test"]["right"]["share"] == 1
    assert rows["paper-dev"]["stated_wrong"]["share"] == 0.5
    assert shown("peer") == ["rapidocr 3.10.0"]
