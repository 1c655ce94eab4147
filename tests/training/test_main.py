"""`python -m training`, as typed."""

from pathlib import Path

import pytest

from training.__main__ import command_of, main, parser
from training.recipes import streamlit


@pytest.mark.parametrize(
    "arguments",
    [
        ["--epochs", "0"],
        ["--batch-size", "-1"],
        ["--dropout", "1"],
        ["--validation-share", "0"],
        ["--optimizer", "magic"],
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


def test_quick_try_does_not_replace_the_default_model(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--limit", "100"])
    assert "--limit needs --out" in capsys.readouterr().err


def test_folder_that_cannot_be_written(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data / "mnist.npz"), "--out", "/dev/null/models"]) == 1
    assert "/dev/null/models cannot be written" in capsys.readouterr().err


def test_missing_data_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "mnist.npz")]) == 1
    assert "does not exist" in capsys.readouterr().err


def test_command_on_the_card_names_what_differs_and_nobodys_folders() -> None:
    words = ["streamlit", "--data", "/home/somebody/mnist.npz", "--epochs", "3", "--seed", "7"]
    command = command_of(parser().parse_args(words), streamlit.Config(epochs=3, seed=7))
    assert command == "python -m training streamlit --data mnist.npz --epochs 3 --seed 7"
