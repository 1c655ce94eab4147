"""The texts of the app, from one catalogue; a second language needs one more such file."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

CATALOGUE = Path(__file__).with_name("texts") / "en.toml"

Forms = Mapping[str, str]  # "one" and "other"
_SECTIONS = tomllib.loads(CATALOGUE.read_text("utf-8"))


def text(key: str, /, **values: object) -> str:
    """Return the text `section.name` of the catalogue with its placeholders filled in.

    Of a text with the forms `one` and `other`, `n` chooses. Raises KeyError for an unknown key or
    a placeholder without a value.
    """
    found = _find(key)
    if not isinstance(found, str):
        found = found["one" if values["n"] == 1 else "other"]
    return found.format_map(values) if values else found


def section(key: str, /) -> Mapping[str, str]:
    """Return all texts of a section by name, for choices and titles."""
    found = _find(key)
    if isinstance(found, str):
        raise KeyError(key)
    return found


def _find(key: str) -> str | Forms:
    found = _SECTIONS
    for name in key.split("."):
        found = found[name]
    return found


def with_article(label: int) -> str:
    """Return a digit with its article: "a 7", "an 8"."""
    return section("digits")[str(label)]


def escape_markdown(plain: str) -> str:
    """Escape a text so that Streamlit shows it as it is, not as Markdown."""
    return re.sub(r"([^\w\s])", r"\\\1", plain, flags=re.ASCII)
