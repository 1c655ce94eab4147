"""Every imported package is required, and every file pins it to the same version."""

import ast
import re
import sys
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest

from tests.conftest import ROOT

INPUTS = {
    "requirements-serve.txt": ("serve",),
    "requirements.txt": ("serve", "app"),
    "requirements-training.txt": ("training",),
    "requirements-dev.txt": ("serve", "app", "training", "dev"),
    "requirements-bench.txt": ("bench",),
}
# In environments of their own, with packages that no other has.
APART = {"requirements-bench.txt"}
SERVING = ("app.py", "model", "pages", "ui")
# Imported by `model` only where a model has no compiled file; what is missing then is reported.
ONLY_TO_COMPILE = {"keras", "tensorflow"}
PLACES = ("benchmark", "docs", "model", "pages", "tests", "training", "ui")
NOT_TO_SERVE = {"keras", "scikit-learn", "scipy", "tensorflow", "tensorflow-cpu"}
PROJECT = {path.stem for path in ROOT.iterdir()}


def pins(file: Path) -> dict[str, str]:
    """Return the version of each package that a requirements file pins."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", file.read_text("utf-8"), re.MULTILINE))


def required(*names: str) -> set[str]:
    return {package for name in names for package in pins(ROOT / "requirements" / f"{name}.in")}


def imported(*places: str) -> set[str]:
    """Return the packages outside the standard library and this project that files import."""
    files = chain.from_iterable(
        [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")
        for place in places
    )
    names: set[str] = set()
    for node in chain.from_iterable(ast.walk(ast.parse(file.read_text("utf-8"))) for file in files):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - PROJECT


def unmet(imports: set[str], packages: set[str]) -> set[str]:
    """Return the imports that none of the packages brings."""
    homes = metadata.packages_distributions()
    named = {
        name: {re.sub(r"[-_.]+", "-", home).lower() for home in homes[name]} for name in imports
    }
    return {name for name, packages_of in named.items() if not packages_of & packages}


def test_serving_requires_what_it_imports() -> None:
    assert not unmet(imported(*SERVING) - ONLY_TO_COMPILE, required("serve"))


def test_training_requires_what_it_imports() -> None:
    assert not unmet(imported("training"), required("serve", "app", "training"))


def test_tests_and_measurements_require_what_they_import() -> None:
    imports = imported("tests", "benchmark", "docs") - required("bench")
    assert not unmet(imports, required(*INPUTS["requirements-dev.txt"]))


def test_peer_of_the_benchmark_is_imported_in_one_module_only() -> None:
    module = ROOT / "benchmark" / "apps" / "rapidocr_folder.py"
    others = [p for place in PLACES for p in (ROOT / place).rglob("*.py") if p != module]
    names = {path.relative_to(ROOT).as_posix() for path in others}
    assert "rapidocr" in imported(module.relative_to(ROOT).as_posix())
    assert "rapidocr" not in imported(*names)


def test_serving_needs_neither_tensorflow_nor_what_only_trains() -> None:
    assert not NOT_TO_SERVE & set(pins(ROOT / "requirements-serve.txt"))


@pytest.mark.parametrize(("compiled", "inputs"), INPUTS.items())
def test_requirements_are_compiled_from_the_input(compiled: str, inputs: tuple[str, ...]) -> None:
    """An input that was changed without `make lock` fails here."""
    versions = pins(ROOT / compiled)
    for name in inputs:
        assert pins(ROOT / "requirements" / f"{name}.in").items() <= versions.items()


@pytest.mark.parametrize("compiled", INPUTS)
def test_every_package_has_one_version(compiled: str) -> None:
    text = (ROOT / compiled).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    versions = pins(ROOT / compiled)
    assert len(lines) == len(versions), "a line is no pin, or a package is pinned twice"
    of_all = pins(ROOT / "requirements-dev.txt")
    assert all(of_all.get(name, version) == version for name, version in versions.items())
    assert compiled in APART or versions.keys() <= of_all.keys()
