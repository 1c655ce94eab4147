"""The command line `python -m training`."""

import json
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from model.network.artifact import DEFAULT_MODEL_FILE
from tests.conftest import ROOT
from training.cli import artifact_of, main
from training.data.preview import preview
from training.data.run_data import RunData
from training.options import command_of, parse
from training.recipes import RECIPES, default, notebook


@pytest.mark.parametrize(
    "arguments",
    [
        ["--epochs", "0"],
        ["--batch-size", "-1"],
        ["--dropout", "1"],
        ["--validation-share", "0"],
        ["--no-digit", "0.95"],
        ["streamlit", "--no-digit", "0.5"],  # a flag of the other recipe
        ["notebook", "--schedule", "wavy"],
        ["chars74k", "--stop-at", "99.5"],
        ["--weights", "-1"],
        ["streamlit", "--optimizer", "magic"],
        ["--limit", "0"],
        ["--seed", "one"],
        ["nonesuch"],
    ],
)
def test_impossible_values_are_refused_before_anything_is_read(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert arguments[-1] in capsys.readouterr().err


@pytest.mark.parametrize("recipe", RECIPES)
def test_help_names_every_hyperparameter_and_its_default(
    recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([recipe, "--help"])
    shown = " ".join(re.sub("[│─]", " ", capsys.readouterr().out).split())
    for name, value in vars(RECIPES[recipe].config()).items():
        assert f"--{name.replace('_', '-')}" in shown
        assert f"(default: {value})" in shown


@pytest.mark.parametrize("arguments", [[], ["streamlit"]])
def test_quick_try_does_not_replace_a_real_model(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--limit", "100"])
    assert "--limit needs --out" in capsys.readouterr().err


@pytest.mark.parametrize("recipe", [[], ["notebook"]])
def test_real_model_is_replaced_only_with_the_flag(
    recipe: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A trial of one epoch would replace a model that took hours to train."""
    words = [*recipe, "--data", "nowhere.npz", "nowhere.json", "--epochs", "1"]
    with pytest.raises(SystemExit, match="2"):
        main(words)
    said = capsys.readouterr().err
    assert "--out" in said
    assert "--replace" in said
    for allowed in (["--replace"], ["--out", str(tmp_path)], ["--preview", "x.png"]):
        assert main([*words, *allowed]) == 1  # there are no such data
        assert "nowhere.npz does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "recipe"),
    [
        (["--out", "fast", "--data", "mnist.npz", "pen.json"], "default"),
        (["--out=fast", "--data", "mnist.npz"], "default"),
        (["--csv", "fast", "notebook", "--data", "digits"], "notebook"),
        (["--checkpoint", "ocr", "--balanced", "heroku"], "heroku"),
        (["--distribute", "2", "notebook", "--seed", "4"], "notebook"),
        (["--epochs", "3", "notebook", "--data", "digits"], "notebook"),
        (["--no_balanced", "notebook"], "notebook"),
    ],
)
def test_value_of_a_flag_is_never_the_recipe(words: list[str], recipe: str) -> None:
    options = parse(words)
    assert options.recipe == recipe
    assert type(options.hyperparameters) is RECIPES[recipe].config


def test_short_flag_of_help_is_not_the_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        parse(["-h"])
    assert "recipe -h" not in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--conf", "card.json"], ["--epoch", "3"], ["--dat", "digits"]])
def test_flags_are_not_abbreviated(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert words[0] in capsys.readouterr().err


@pytest.mark.parametrize("word", ["--list", "--help"])
def test_reader_that_has_seen_enough_gets_no_traceback(word: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "training", word],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 1


def test_recipe_behind_the_data_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """`--data` takes all the words after it."""
    with pytest.raises(SystemExit, match="2"):
        main(["--data", "digits", "notebook"])
    said = capsys.readouterr().err
    assert "recipe first" in said
    assert "python -m training notebook" in said


def test_wrong_command_line_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs, such as the app, show the last line."""
    with pytest.raises(SystemExit, match="2"):
        main(["notebook", "--schedule", "wavy"])
    assert capsys.readouterr().err.count("\n") == 1


def test_default_recipe_makes_the_model_that_the_app_reads_with() -> None:
    assert artifact_of("default", None).keras == DEFAULT_MODEL_FILE
    assert (
        artifact_of("streamlit", None).keras
        == DEFAULT_MODEL_FILE.parent / "zoo" / "streamlit.keras"
    )


def test_files_go_to_the_folder_that_is_named(tmp_path: Path) -> None:
    assert artifact_of("default", tmp_path).keras == tmp_path / "my_model.keras"
    assert artifact_of("streamlit", tmp_path).keras == tmp_path / "streamlit.keras"


def test_folder_that_cannot_be_written(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["streamlit", "--data", str(data / "mnist.npz"), "--out", "/dev/null/models"]
    assert main(words) == 1
    assert "/dev/null/models cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["streamlit", "--data", "mnist.npz"], "mnist.npz does not exist"),
        (["--data", "mnist.npz", "pen.json"], "mnist.npz does not exist"),
        (["--data", "mnist.npz"], "--data needs an mnist.npz and the strokes as JSON"),
        (["streamlit", "--data", "pen.json"], "pen.json does not exist"),
        (["streamlit", "--data", "folder:mine"], "mine does not exist"),
        (["streamlit", "--data", "mine.zip"], "mine.zip does not exist"),
    ],
)
def test_missing_data_get_one_sentence(
    words: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words, "--out", "models"]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_command_on_the_card_names_what_differs_and_nobodys_folders() -> None:
    words = ["streamlit", "--data", "/home/someone/mnist.npz", "--epochs", "3", "--seed", "7"]
    command = command_of(parse(words))
    assert command == "python -m training streamlit --data mnist.npz --epochs 3 --seed 7"


def test_command_on_the_card_names_all_files_and_no_checkpoint() -> None:
    words = ["--data", "/a/mnist.npz", "/b/pen.json", "--checkpoint", "/c/half.npz"]
    command = command_of(parse(words))
    assert command == "python -m training default --data mnist.npz pen.json"


def card(folder: Path, recipe: str = "notebook", **hyperparameters: object) -> Path:
    file = folder / f"{recipe}.json"
    file.write_text(json.dumps({"recipe": recipe, "hyperparameters": hyperparameters}))
    return file


def test_hyperparameters_are_read_back_from_a_card(tmp_path: Path) -> None:
    file = card(tmp_path, epochs=3, schedule="one-cycle", balanced=True, learning_rate=0.01)
    options = parse(["--config", str(file), "--epochs", "5"])
    assert options.recipe == "notebook"
    config = options.hyperparameters
    assert (config.epochs, config.schedule) == (5, "one-cycle")  # what is typed counts
    assert config.balanced
    assert config.learning_rate == 0.01
    assert config.batch_size == 128  # what the card does not have has its default


def test_another_recipe_takes_over_what_it_has_too(tmp_path: Path) -> None:
    file = card(tmp_path, "streamlit", epochs=3, l2=0.5, balanced=False)
    options = parse(["notebook", "--config", str(file)])
    assert options.recipe == "notebook"
    assert options.hyperparameters == notebook.Config(epochs=3)


@pytest.mark.parametrize("recipe", ["default", "streamlit"])
def test_cards_of_this_repository_can_be_trained_again(recipe: str) -> None:
    file = artifact_of(recipe, None).card
    options = parse(["--config", str(file)])
    assert options.recipe == recipe
    for name, value in json.loads(file.read_text())["hyperparameters"].items():
        assert getattr(options.hyperparameters, name) == value


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no JSON", "card.json cannot be read as the card of a model."),
        ("[]", "card.json cannot be read as the card of a model."),
        ('{"recipe": ["notebook"]}', "card.json cannot be read as the card of a model."),
        ("{}", "card.json does not name a recipe, as the card of a run does."),
        (
            '{"recipe": "magic", "hyperparameters": {}}',
            "card.json is of the recipe magic, which is not known here.",
        ),
    ],
)
def test_what_is_no_card_gets_one_sentence(
    content: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "card.json").write_text(content)
    assert main(["--config", str(tmp_path / "card.json"), "--out", "x"]) == 1
    assert capsys.readouterr().err == f"{sentence}\n"


def test_impossible_value_on_a_card_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--config", str(card(tmp_path, epochs=0))])
    assert "--epochs: 0 " in capsys.readouterr().err


def test_list_shows_what_every_recipe_costs_and_reached(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--list"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "recipe"
    assert [line.split()[0] for line in lines] == list(RECIPES)
    for line, (name, recipe) in zip(lines, RECIPES.items(), strict=True):
        assert f"{recipe.parameters:,}" in line
        assert f"{recipe.multiply_adds:,}" in line
        file = artifact_of(name, None).card
        if file.exists():
            test = json.loads(file.read_text("utf-8"))["test"]
            assert f"{100 * test['accuracy']:.2f}% of {test['n']:,}, {test['set']}" in line


def test_list_without_models_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("not trained yet") == len(RECIPES)


def test_recipe_without_a_download_says_what_data_it_needs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["chars74k", "--out", "x"]) == 1
    error = capsys.readouterr().err
    assert "--data folder:DIR" in error
    assert error.count("\n") == 1


def test_checkpoint_to_resume_from_must_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notebook", "--resume", str(tmp_path / "half.npz"), "--out", "x"]) == 1
    assert "half.npz does not exist; --resume takes a checkpoint." in capsys.readouterr().err


def size(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size


def test_preview_is_a_picture_and_trains_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "preview.png"
    assert main(["notebook", "--data", "digits", "--preview", str(file)]) == 0
    assert size(file) == (2 * (20 * 30 + 2), 2 * (10 * 30 + 2))
    assert list(tmp_path.iterdir()) == [file]
    assert main(["notebook", "--data", "digits", "--preview", "/dev/null/preview.png"]) == 1
    assert "/dev/null/preview.png cannot be written" in capsys.readouterr().err


def test_preview_of_generated_examples_has_a_row_for_non_digits(
    run_data: RunData, tmp_path: Path
) -> None:
    preview(default.RECIPE, default.Config(), run_data, tmp_path / "preview.png")
    assert size(tmp_path / "preview.png") == (2 * (20 * 30 + 2), 2 * (11 * 30 + 2))


def test_digits_are_trained_on_and_reported_digit_by_digit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ocr", "--data", "digits", "--limit", "600", "--epochs", "4", "--batch-size", "32"]
    words += ["--out", str(tmp_path), "--csv", str(tmp_path / "history.csv")]
    assert main([*words, "--learning-rate", "0.003", "--dropout", "0.2"]) == 0
    shown = capsys.readouterr().out
    assert "precision    recall  f1-score   support" in shown
    assert re.search(r"\b600 images to learn from \(\d+ to \d+ of each digit\), \d+ to val", shown)
    assert {file.name for file in tmp_path.iterdir()} == {
        "ocr.keras",
        "ocr.tflite",
        "ocr.json",
        "ocr.h5",
        "history.csv",
    }
    written = json.loads((tmp_path / "ocr.json").read_text())
    assert written["test"]["accuracy"] > 0.8
    assert written["classification_report"]["7"]["recall"] > 0.5
    assert written["data"][0]["name"] == "digits, 600 of each part"
    assert written["command"].startswith(
        "python -m training ocr --data digits --limit 600 --epochs 4"
    )
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 5
    older = keras.models.load_model(tmp_path / "ocr.h5", compile=False)
    newer = keras.models.load_model(tmp_path / "ocr.keras", compile=False)
    for one, other in zip(older.get_weights(), newer.get_weights(), strict=True):
        assert np.array_equal(one, other)
