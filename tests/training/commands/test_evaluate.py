"""The command line `python -m training evaluate`."""

import base64
import io
import json
from pathlib import Path

import keras
import msgspec
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score, log_loss

from model.card import Card, Checksums
from model.network.artifact import Artifact, sha256
from tests.conftest import ROOT
from tests.training.commands.conftest import DIGITS
from training.cli import main
from training.data.epochs import Examples
from training.sources import load_sources


def figures(*words: str, tmp_path: Path) -> dict[str, object]:
    file = tmp_path / "figures.json"
    assert main(["evaluate", *words, "--json", str(file)]) == 0
    return dict(json.loads(file.read_text()))


def test_own_model_is_evaluated_on_the_digits_that_it_has_not_learned(
    trained: Artifact, tmp_path: Path
) -> None:
    """The figures are those of its training."""
    report = figures(str(trained.keras), "--data", DIGITS, tmp_path=tmp_path)
    card = json.loads(trained.card.read_bytes())
    test = report["test"]
    assert isinstance(test, dict)
    assert test.pop("accuracy_interval_95") == card["test"].pop("accuracy_interval_95")
    assert test.pop("set") == card["test"].pop("set")
    assert test == pytest.approx(card["test"])
    assert report["confusion_matrix"] == card["confusion_matrix"]
    assert report["mistakes"] == card["mistakes"]
    assert report["parameters"] == card["parameters"]
    assert report["outputs"] == "probabilities"


def test_foreign_model_is_evaluated_as_scikit_learn_does_it(
    foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = figures(str(foreign), "--data", DIGITS, tmp_path=tmp_path)
    digits = load_sources([DIGITS], seed=0, validation_share=0.1)
    parts = [Examples.of(part) for part in (digits.train, digits.validation, digits.test)]
    pixels = np.concatenate([part.pixels for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    logits = np.asarray(keras.saving.load_model(foreign)(pixels))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    test = report["test"]
    assert isinstance(test, dict)
    assert test["n"] == 1797
    assert test["accuracy"] == accuracy_score(labels, logits.argmax(axis=1))
    assert test["loss"] == pytest.approx(log_loss(labels, probabilities), rel=1e-4)
    assert report["outputs"] == "logits"
    assert "logits" in capsys.readouterr().out


def test_text_shows_all_figures(trained: Artifact, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained.keras), "--data", DIGITS]) == 0
    text = " ".join(capsys.readouterr().out.split())
    test = trained.load_card().test
    assert test
    assert test.calibration_error
    for share in (test.accuracy, *test.accuracy_interval_95, test.calibration_error):
        assert f"{100 * share:.2f}" in text
    assert f"{test.loss:.4f}" in text
    assert "precision recall f1-score support" in text
    assert "0 1 2 3 4 5 6 7 8 9" in text


def test_picture_shows_the_most_confident_mistakes(trained: Artifact, tmp_path: Path) -> None:
    file = tmp_path / "mistakes.png"
    assert main(["evaluate", str(trained.keras), "--data", DIGITS, "--picture", str(file)]) == 0
    sheet = np.asarray(Image.open(file))
    first, *_ = trained.load_card().mistakes or ()
    picture = Image.open(io.BytesIO(base64.b64decode(first.png))).resize((84, 84))
    assert np.array_equal(sheet[4:88, 4:88], np.asarray(picture))


def test_limit_takes_so_many_digits_of_every_kind(trained: Artifact, tmp_path: Path) -> None:
    words = (str(trained.keras), "--data", DIGITS, "--limit", "100")
    report = figures(*words, tmp_path=tmp_path)
    matrix = np.array(report["confusion_matrix"])
    assert matrix.sum() == 100
    assert (matrix.sum(axis=1) > 0).all()


def test_card_of_an_older_version_is_completed(trained: Artifact, tmp_path: Path) -> None:
    """Its card had fewer figures."""
    copy = Artifact(tmp_path / "own.keras")
    copy.keras.write_bytes(trained.keras.read_bytes())
    copy.tflite.write_bytes(trained.tflite.read_bytes())
    card = trained.load_card()
    copy.write_card(msgspec.structs.replace(card, network=None, mistakes=None, reliability=()))
    assert main(["evaluate", str(copy.keras), "--data", DIGITS, "--card"]) == 0
    assert copy.load_card() == card
    assert copy.read_compiled() is not None


def test_card_is_not_written_from_other_digits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = ROOT / "model" / "zoo" / "streamlit.keras"
    before = file.with_suffix(".json").read_bytes()
    assert main(["evaluate", str(file), "--data", DIGITS, "--card"]) == 1
    assert "MNIST" in capsys.readouterr().err
    assert file.with_suffix(".json").read_bytes() == before


def test_model_without_a_card_gets_none(foreign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(foreign), "--data", DIGITS, "--card"]) == 1
    assert "has no card" in capsys.readouterr().err
    assert not foreign.with_suffix(".json").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.keras", "--data", DIGITS], "There is no model at nowhere.keras."),
        (["README.md", "--data", DIGITS], "README.md is not one of .keras, .h5"),
        (["model/my_model.keras", "--data", "nowhere.npz"], "nowhere.npz does not exist"),
    ],
)
def test_what_cannot_be_evaluated_gets_a_sentence(
    words: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["evaluate", *words]) == 1
    error = capsys.readouterr().err
    assert sentence in error.splitlines()[-1]


def test_card_and_limit_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["evaluate", "x.keras", "--card", "--limit", "5"])
    assert "leave out --limit" in capsys.readouterr().err


def test_model_is_evaluated_behind_the_readers_preprocessing_whatever_its_recipe(
    foreign: Path, tmp_path: Path
) -> None:
    """The app preprocesses alike for every model; another evaluation would mislead."""
    model = Artifact(tmp_path / "own.keras")
    model.keras.write_bytes(foreign.read_bytes())
    words = (str(model.keras), "--data", DIGITS, "--limit", "300")
    without_card = figures(*words, tmp_path=tmp_path)
    checksums = Checksums(keras=sha256(foreign.read_bytes()))
    model.write_card(Card(recipe="chars74k", sha256=checksums))
    with_card = figures(*words, tmp_path=tmp_path)
    assert with_card["confusion_matrix"] == without_card["confusion_matrix"]
    assert with_card["mistakes"] == without_card["mistakes"]


def test_card_without_test_figures_gets_a_sentence(
    foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The app writes such a card for a model of your own."""
    model = Artifact(tmp_path / "own.keras")
    model.keras.write_bytes(foreign.read_bytes())
    model.write_card(Card(sha256=Checksums(keras=sha256(foreign.read_bytes()))))
    before = model.card.read_bytes()
    assert main(["evaluate", str(model.keras), "--data", DIGITS, "--card"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert model.card.read_bytes() == before
