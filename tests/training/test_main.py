"""`python -m training`, as typed."""

from pathlib import Path

import pytest

from model.artifact import DEFAULT
from training.__main__ import artifact_of, command_of, main, parser
from training.recipes import RECIPES, default, streamlit


@pytest.mark.parametrize(
    "arguments",
    [
        ["--epochs", "0"],
        ["--batch-size", "-1"],
        ["--dropout", "1"],
        ["--validation-share", "0"],
        ["--no-digit", "0.95"],
        ["streamlit", "--no-digit", "0.5"],  # a flag of the other recipe
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
    told = " ".join(capsys.readouterr().out.split())
    for name, value in vars(RECIPES[recipe].Config()).items():
        assert f"--{name.replace('_', '-')}" in told
        assert f"(default: {value})" in told


@pytest.mark.parametrize("arguments", [[], ["streamlit"]])
def test_quick_try_does_not_replace_a_real_model(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "--limit", "100"])
    assert "--limit needs --out" in capsys.readouterr().err


def test_default_recipe_makes_the_model_that_the_app_reads_with() -> None:
    assert artifact_of("default", None).keras == DEFAULT
    assert artifact_of("streamlit", None).keras == DEFAULT.parent / "zoo" / "streamlit.keras"


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
def test_missing_data_are_said_in_one_sentence(
    words: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_command_on_the_card_names_what_differs_and_nobodys_folders() -> None:
    words = ["streamlit", "--data", "/home/somebody/mnist.npz", "--epochs", "3", "--seed", "7"]
    command = command_of(parser().parse_args(words), streamlit.Config(epochs=3, seed=7))
    assert command == "python -m training streamlit --data mnist.npz --epochs 3 --seed 7"


def test_command_on_the_card_names_all_files_and_no_checkpoint() -> None:
    words = ["--data", "/a/mnist.npz", "/b/pen.json", "--checkpoint", "/c/half.npz"]
    command = command_of(parser().parse_args(words), default.Config())
    assert command == "python -m training default --data mnist.npz pen.json"
