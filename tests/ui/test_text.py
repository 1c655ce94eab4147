"""The catalogue and the code fit: every text is used, with the values that it needs."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from model.reading import percent
from tests.conftest import ROOT
from ui.text import CATALOGUE, escape_markdown, section, text, with_article

SOURCES = [
    ROOT / "app.py",
    *(path for folder in ("pages", "ui") for path in sorted((ROOT / folder).rglob("*.py"))),
]
FORMS = {"one", "other"}
NOT_SHOWN = {"lines", "log"}  # a diagram's program, and what the owner reads
# Arguments of Streamlit and Altair that are no words for people.
MACHINE_ARGUMENTS = {
    "align", "axis", "clear", "domain", "file_name", "format", "gap", "height", "icon", "key",
    "label_visibility", "language", "layout", "mime", "name", "on", "on_click", "orient",
    "selection_mode", "type", "vertical_alignment", "width",
}  # fmt: skip


def flat(section: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every key of the catalogue with its text, or with both forms of it."""
    for name, value in section.items():
        key = f"{before}{name}"
        if isinstance(value, str):
            yield key, [value]
        elif set(value) == FORMS:
            yield key, list(value.values())
        else:
            yield from flat(value, f"{key}.")


TEXTS = dict(flat(tomllib.loads(CATALOGUE.read_text("utf-8"))))


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """The calls of functions of these names in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def key_of(call: ast.Call) -> str:
    (key,) = call.args
    assert isinstance(key, ast.Constant), ast.unparse(call)
    return str(key.value)


def used_texts() -> list[tuple[str, set[str], str]]:
    """Every use of a text: its key, the values passed, and the place."""
    return [
        (key_of(call), {str(word.arg) for word in call.keywords}, f"{path.name}:{call.lineno}")
        for path in SOURCES
        for call in calls(path, "text")
    ]


def used_sections() -> set[str]:
    return {
        key_of(call)
        for path in SOURCES
        for call in calls(path, "section")
        if isinstance(call.args[0], ast.Constant)
    }


def test_every_text_that_is_used_exists_and_gets_the_values_it_needs() -> None:
    assert len(used_texts()) > 100
    for key, values, place in used_texts():
        assert key in TEXTS, place
        for template in TEXTS[key]:
            # A singular may leave its number out: "1 drawing".
            needed = placeholders(template) | ({"n"} if len(TEXTS[key]) == 2 else set())
            assert values == needed, f"{place}: {key}"


def test_every_text_of_the_catalogue_is_used() -> None:
    sections = tuple(f"{name}." for name in used_sections())
    used = {key for key, _, _ in used_texts()}
    assert {key for key in TEXTS if not key.startswith(sections)} <= used


def test_every_section_that_is_used_exists_and_its_texts_need_no_values() -> None:
    for name in used_sections():
        templates = [text for key in section(name) for text in TEXTS[f"{name}.{key}"]]
        assert templates
        assert not any(map(placeholders, templates))


def literals(node: ast.AST) -> Iterator[str]:
    """The words of an argument that are written in the code, not in the catalogue."""
    match node:
        case ast.Constant(value=str() as words):
            yield words
        case ast.JoinedStr(values=parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
        case ast.Call(func=ast.Name(id="text" | "section")):
            pass
        case ast.Call(func=ast.Attribute(attr="get" | "join" | "replace")) | ast.Subscript():
            pass
        case _:
            for child in ast.iter_child_nodes(node):
                yield from literals(child)


def sentence(words: str) -> str:
    """What a person would read of a literal: not its tags, no field of a chart, no file name."""
    seen = re.sub(r"<[^>]*>|\{\}", "", words)
    labels = "".join(re.findall(r'(?:alt|title|aria-label)="([^"]*)"', words))
    return seen + labels.replace("{}", "")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_shown_that_is_written_in_the_code(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id in NOT_SHOWN:
            continue
        words = [word.value for word in node.keywords if word.arg not in MACHINE_ARGUMENTS]
        for argument in (*node.args, *words):
            for literal in literals(argument):
                assert not re.search(r"[A-Za-z]{2,}[,.!?]? [A-Za-z]", sentence(literal)), literal
                assert not re.match(r"[A-Z][a-z]+$", sentence(literal)), literal


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_in_the_code(path: Path) -> None:
    """However it would come to a page: through a variable, a table, an error."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_sentence = re.match(r"[A-Z][a-z']* [a-z]", node.value)
            assert not is_sentence or id(node) in docstrings, node.value


def test_number_chooses_the_form() -> None:
    assert text("collect.download", n=1) != text("collect.download", n=2)
    assert "1,234" in text("collect.download", n=1234)
    assert text("collect.download", n=0) == text("collect.download", n=2).replace("2", "0")


def test_unknown_text_and_missing_value_are_errors() -> None:
    for key in ("draw.nothing", "nothing.at_all"):
        with pytest.raises(KeyError):
            text(key)
    with pytest.raises(KeyError):
        text("upload.too_many", n=3)


def test_percentage_has_no_space_and_is_never_a_round_hundred() -> None:
    assert percent(0.973) == "97.3%"
    assert percent(1.0) == "99.9%"
    assert percent(1.0, 0) == "99%"
    assert not any(re.search(r"\d %|per cent", words) for form in TEXTS.values() for words in form)


def test_eight_has_its_own_article() -> None:
    assert with_article(8).startswith("an ")
    assert with_article(1).startswith("a ")


def test_markdown_is_shown_as_it_is() -> None:
    assert escape_markdown("*a* [b]") == r"\*a\* \[b\]"
