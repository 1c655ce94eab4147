"""Imports go down only: pages to ui to model, training to model."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = {"model", "training", "ui", "pages", "app"}
MAY_IMPORT = {
    "model": {"model"},
    "training": {"training", "model"},
    "ui": {"ui", "model"},
    "pages": {"ui", "model"},
    "app": {"ui", "model"},
}
FORBIDDEN = {
    "model": {"streamlit"},
    "training": {"streamlit"},
    "ui": {"tensorflow", "keras"},
    "pages": {"tensorflow", "keras"},
    "app": {"tensorflow", "keras"},
}
# The only files of `model` that may need Keras: for a .keras file without a compiled model.
KERAS_IN_MODEL = {ROOT / "model" / "network" / name for name in ("load.py", "compile.py")}

SOURCES = [
    path
    for folder in ("model", "training", "ui", "pages")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "app.py"]


def imported(path: Path) -> set[str]:
    """Top-level names of all that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0].removesuffix(".py")
    names = imported(path)
    assert names & LAYERS <= MAY_IMPORT[layer]
    assert not names & FORBIDDEN[layer]
    if layer == "model" and path not in KERAS_IN_MODEL:
        assert not names & {"tensorflow", "keras"}
