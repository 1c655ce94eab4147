"""Two processes on this machine train one network."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import Recognizer
from tests.training.worker import plain, train
from training.augment.strokes import render
from training.cli import main
from training.distribute import CLUSTER, Workers, launch
from training.errors import TrainingError

RECIPE = ["notebook", "--data", "digits", "--limit", "400", "--epochs", "2"]
RECIPE += ["--learning-rate", "0.005", "--distribute", "2"]


@contextmanager
def stdout_in(file: Path) -> Iterator[None]:
    """Send what this process and its children print to a file."""
    before = os.dup(1)
    with file.open("wb") as output:
        os.dup2(output.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(before, 1)
        os.close(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder where two processes wrote.

    They trained a recipe, as the command line lets them, and then each two networks of its own.
    """
    folder = tmp_path_factory.mktemp("workers")
    for name in ("first", "other", "recipe"):
        (folder / name).mkdir()
    words = [*RECIPE, "--out", str(folder / "recipe")]

    def launch_workers(count: int, command: Sequence[str]) -> int:
        assert command == [sys.executable, "-m", "training", *words]
        return launch(count, [sys.executable, "-m", "tests.training.worker", str(folder), *words])

    with pytest.MonkeyPatch.context() as patch, stdout_in(folder / "shown"):
        patch.setattr("training.cli.launch", launch_workers)
        assert main(words) == 0
    return folder


def weights(folder: Path, process: str, network: str) -> dict[str, Any]:
    with np.load(folder / process / f"{network}.npz") as npz:
        return dict(npz)


@pytest.mark.parametrize("network", ["plain", "noisy"])
def test_all_processes_end_with_the_same_weights_and_figures(folder: Path, network: str) -> None:
    """They are equal to the bit, though each process saw only half of every batch."""
    first, other = (weights(folder, process, network) for process in ("first", "other"))
    assert first.pop("seconds") > 0
    assert first.keys() == other.keys() - {"seconds"}
    for name, value in first.items():
        assert np.array_equal(value, other[name]), name


def test_weights_and_figures_are_those_of_a_training_in_one_process(folder: Path) -> None:
    network, history = train(plain, None)
    together = weights(folder, "first", "plain")
    for number, alone in enumerate(network.get_weights()):
        # Sums in another order differ in the last digits.
        assert np.allclose(together[f"arr_{number}"], alone, atol=1e-4)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert together[name] == pytest.approx(getattr(history.epochs[0], name), abs=1e-4)


def test_only_the_first_process_writes_checkpoints(folder: Path) -> None:
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*.checkpoint")}
    assert written == {"first/plain.checkpoint", "first/noisy.checkpoint"}


def test_recipe_trained_across_processes_reads_digits(folder: Path) -> None:
    assert (folder / "shown").read_text().count("Training notebook on digits") == 1
    card = json.loads((folder / "recipe" / "notebook.json").read_text())
    assert card["command"].endswith(
        "--data digits --limit 400 --distribute 2 --epochs 2 --learning-rate 0.005"
    )
    assert card["test"]["accuracy"] > 0.5
    assert Recognizer.load(folder / "recipe" / "notebook.keras").read(render(1)).digits


def test_cluster_that_is_not_described_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(CLUSTER, "two machines")
    assert main(["notebook", "--data", "digits", "--distribute", "--out", "x"]) == 1
    assert f"{CLUSTER} does not describe workers" in capsys.readouterr().err


def test_batch_that_is_too_small_to_share_gets_a_sentence() -> None:
    workers = Workers.__new__(Workers)  # two of them, without the wait for the other
    workers.count = 2
    pictures, targets = np.zeros((5, 28, 28), np.float32), np.zeros((5, 10), np.float32)
    with pytest.raises(TrainingError, match=r"A batch of 1 cannot be shared among 2\."):
        workers._train(None, pictures, targets, batch_size=1)
