"""The README's commands work, and its figures are those that were measured."""

import json
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmark.table import table
from benchmark.update_readme import filled
from model.network.artifact import sha256
from model.settings import SETTINGS
from tests.conftest import ROOT
from training.__main__ import COMMANDS as OF_A_MODEL
from training.arguments import parser
from training.recipes import DEFAULT_RECIPE, RECIPES

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.split("\n") if line]


def passage(name: str) -> str:
    """The text between the marks of this name, in one line."""
    found = re.search(rf"<!-- {name} -->(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found
    return " ".join(found[1].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_nameof_the_readme_works(command: str) -> None:
    words = shlex.split(command)
    match words:
        case ["make", target]:  # what it would do; the browser tests do it
            subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True)
        case ["python", "-m", "model", *arguments]:
            run = [sys.executable, "-m", "model", *arguments]
            subprocess.run(run, cwd=ROOT, check=True, capture_output=True)
        case ["python", "-m", "training", name, *arguments] if name in OF_A_MODEL:
            import_module(f"training.commands.{name}").parser().parse_args(arguments)
        case ["python", "-m", "training", *arguments]:
            recipe = next((word for word in arguments if word in RECIPES), DEFAULT_RECIPE)
            parser(recipe).parse_args(arguments)
        case [".venv/bin/pip", "install", "-r", file]:
            assert (ROOT / file).exists()
        case [".venv/bin/python", "-m", "pytest"]:  # this is it
            pass
        case [".venv/bin/streamlit", "run", script]:
            assert (ROOT / script).exists()
        case ["docker", "build", *_]:
            assert (ROOT / "Dockerfile").exists()
        case ["python3", "-m", "venv", _] | ["docker", "run", *_]:
            pass  # not ours
        case _:
            pytest.fail(f"this test does not know {command}")


def test_python_of_the_readme_works() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("read 7 0.")


def test_training_nametrains(data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "training", "streamlit", "--data", str(data / "mnist.npz")]
    command += ["--limit", "300", "--epochs", "1", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert re.search(r"Test accuracy \d+\.\d\d %, test loss \d\.\d{4}\.", done.stdout)
    for suffix in ("keras", "tflite", "json"):
        assert str(tmp_path / f"streamlit.{suffix}") in done.stdout


def test_accuracy_is_the_one_on_the_card() -> None:
    test = json.loads((ROOT / "model" / "my_model.json").read_text())["test"]
    low, high = test["accuracy_interval_95"]
    assert passage("accuracy") == (
        f"{100 * test['accuracy']:.2f} % of MNIST's {test['n']:,} test digits "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %)"
    )


def test_training_run_is_the_one_on_the_card() -> None:
    card = json.loads((ROOT / "model" / "my_model.json").read_text())
    assert passage("run").startswith(
        f"{card['parameters']:,} parameters, {card['seconds']:.0f} sec"
    )
    assert card["machine"].endswith("2 cores")


def test_table_is_the_one_that_was_measured() -> None:
    result = json.loads((ROOT / "benchmark" / "results" / "reading.json").read_text())
    assert passage("bench") == " ".join(table(result["sets"]).split())
    for name, milliseconds in result["milliseconds"].items():
        assert f"{name}: {milliseconds['all']:.0f} ms" in passage("speed")


def test_table_was_measured_with_the_model_that_is_here() -> None:
    result = json.loads((ROOT / "benchmark" / "results" / "reading.json").read_text())
    assert result["model"] == sha256((ROOT / "model" / "my_model.keras").read_bytes())


def test_every_limit_is_told_with_its_default() -> None:
    told = re.findall(r"^\| `(DIGIT_MAX_\w+)` \| .* \| (\d+) \|$", README, re.MULTILINE)
    assert dict(told) == {s.name: s.default for s in SETTINGS if s.name.startswith("DIGIT_MAX_")}


def test_start_is_the_one_that_was_measured() -> None:
    result = json.loads((ROOT / "benchmark" / "results" / "speed.json").read_text())
    seconds = {name: result["start"][name]["seconds_to_canvas"] for name in ("app", "floor")}
    assert f"drawn on {seconds['app']:.2f} seconds after" in passage("startup")
    assert f"{seconds['app'] / seconds['floor']:.2f} times" in passage("startup")
    assert f"`{result['command']}`" in passage("startup")


def test_passages_are_filled_with_the_last_measurement() -> None:
    assert filled(README) == README, "run `python -m benchmark.update_readme`"


def test_set_up_is_the_one_that_was_measured() -> None:
    result = json.loads((ROOT / "benchmark" / "results" / "setup.json").read_text())
    assert f"{result['seconds_to_canvas']} seconds" in passage("setup")
    assert f"`{result['command']}`" in passage("setup")


@pytest.mark.parametrize(
    "target", re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)
)
def test_target_for_users_is_described_somewhere(target: str) -> None:
    described = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert f"make {target}" in described
