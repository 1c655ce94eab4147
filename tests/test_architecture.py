"""The house rules: imports go down, modules are small, and a name means one thing in a package."""

import ast
from collections.abc import Iterator
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
    "benchmark": LAYERS,
    "docs": LAYERS,
}
FORBIDDEN = {
    "model": {"streamlit"},
    "training": {"streamlit"},
    "ui": {"tensorflow", "keras"},
    "pages": {"tensorflow", "keras"},
    "app": {"tensorflow", "keras"},
    "benchmark": set[str](),
    "docs": set[str](),
}
# The only files of `model` that may need Keras: for a .keras file without a compiled model.
KERAS_IN_MODEL = {ROOT / "model" / "network" / name for name in ("load.py", "compile.py")}

PACKAGES = ("model", "training", "ui", "benchmark")
SOURCES = [
    *(path for folder in FORBIDDEN for path in sorted((ROOT / folder).rglob("*.py"))),
    ROOT / "app.py",
]

MOST_LINES = 260  # of a module
MOST_MODULES = 14  # of a folder
# What may be larger, each with its reason in CONTRIBUTING.md.
LONGER_MODULES: set[str] = set()
FULLER_FOLDERS: set[str] = set()

# What several modules of a package define, each for itself.
SHARED_NAMES = {
    "main",  # of a module that is run
    "parser",  # of a module with a command line
    "log",  # the module's own logger
}
# What every module of a folder defines, so that all have one shape.
SHAPES = {
    "recipes": {"Config", "RECIPE", "build"},
    "commands": {"NAME", "DESCRIPTION", "parse"},
}


def imported(path: Path) -> set[str]:
    """Return the top-level names of all that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_go_down_only(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0].removesuffix(".py")
    names = imported(path)
    assert names & LAYERS <= MAY_IMPORT[layer]
    assert not names & FORBIDDEN[layer]
    assert "tests" not in names
    if layer == "model" and path not in KERAS_IN_MODEL:
        assert not names & {"tensorflow", "keras"}


def test_modules_are_small() -> None:
    """An exception that is no longer one fails too."""
    long = {p for p in SOURCES if len(p.read_text("utf-8").splitlines()) > MOST_LINES}
    assert {name_of(path) for path in long} == LONGER_MODULES


def test_folders_hold_few_modules() -> None:
    count: dict[str, int] = {}
    for path in SOURCES:
        if path.name != "__init__.py":
            count[name_of(path.parent)] = count.get(name_of(path.parent), 0) + 1
    assert {name for name, n in count.items() if n > MOST_MODULES} == FULLER_FOLDERS


def test_exceptions_of_size_have_their_reason() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name in LONGER_MODULES | FULLER_FOLDERS:
        assert f"`{name}`" in text


def definitions(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what a module defines at its top level: the name, and its body without docstrings."""
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, ast.dump(without_docstrings(node))
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name):
                            yield name.id, ast.dump(value)
            case ast.AnnAssign(target=ast.Name(id=identifier), value=ast.expr() as value):
                yield identifier, ast.dump(value)
            case _:
                pass


def without_docstrings(node: ast.AST) -> ast.AST:
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = part.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                part.body = part.body[1:]
    return node


@pytest.mark.parametrize("package", PACKAGES)
def test_name_means_one_thing_in_a_package(package: str) -> None:
    meanings: dict[str, dict[str, set[str]]] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        shape = SHAPES.get(path.parent.name, set())
        for name, meaning in definitions(path):
            if not (name.startswith("__") or name in SHARED_NAMES | shape):
                meanings.setdefault(name, {}).setdefault(meaning, set()).add(name_of(path))
    several = {
        name: sorted(place for places in found.values() for place in places)
        for name, found in meanings.items()
        if len(found) > 1
    }
    assert not several, "\n" + "\n".join(f"{n}: {', '.join(p)}" for n, p in several.items())
