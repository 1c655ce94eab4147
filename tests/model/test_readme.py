"""The README of the package names only things that exist."""

import importlib
import re

import pytest

from model.image.draw import STAGES
from tests.conftest import ROOT

FOLDER = ROOT / "model"
README = (FOLDER / "README.md").read_text("utf-8")
FILES = sorted(set(re.findall(r"`((?:\w+/)*\w+\.(?:py|keras))`", README)))
NAMES = sorted(set(re.findall(r"`([A-Z]\w+)`", README)))
FUNCTIONS = re.findall(r"`((?:\w+/)*\w+)\.py` `(\w+)`", README)
MODULES = [file for file in FOLDER.rglob("*.py") if file.stem not in ("__init__", "__main__")]


@pytest.mark.parametrize("file", FILES)
def test_file_exists(file: str) -> None:
    assert (FOLDER / file).is_file()


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.stem))
def test_module_is_named(file: object) -> None:
    assert str(file).rpartition("/")[2] in README


@pytest.mark.parametrize(("module", "name"), FUNCTIONS)
def test_function_is_in_its_module(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"model.{module.replace('/', '.')}"), name)


@pytest.mark.parametrize("name", NAMES)
def test_class_exists(name: str) -> None:
    sources = "".join(file.read_text("utf-8") for file in MODULES)
    assert re.search(rf"^(class {name}\b|{name}\b.*=)", sources, re.MULTILINE)


def test_every_dataclass_of_thresholds_is_named() -> None:
    sources = "".join(file.read_text("utf-8") for file in MODULES)
    for name in re.findall(r"^class (\w+Params)\b", sources, re.MULTILINE):
        assert name in README or name == "InkParams"  # which holds those of its steps


def test_stages_that_can_be_drawn_are_listed() -> None:
    assert ", ".join(STAGES) in README


def test_program_for_other_thresholds_runs() -> None:
    programs = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(programs[1], {})  # noqa: S102
