"""Who reads the drawing, and what all of them make of it."""

import os
import re

import pytest
from streamlit.testing.v1 import AppTest

from model import ModelError, Recognizer
from model.network.artifact import DEFAULT
from model.network.calibration import Calibration
from tests.pages.test_pages import Doubting, html, report, run, texts, written_strokes
from ui.models import readers

LOAD = Recognizer.load


@pytest.fixture
def doubting_zoo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the default model knows digits."""

    def load(file: str | os.PathLike[str] = DEFAULT) -> Recognizer:
        doubting = Recognizer(Doubting({1: 0.55, 7: 0.4}), Calibration(threshold=0.8))
        return LOAD(file) if file == DEFAULT else doubting

    monkeypatch.setattr(Recognizer, "load", load)


def drawn(text: str, *, reader: str = "", compared: bool = False) -> AppTest:
    app = run("app.py")
    if reader:
        app.query_params["reader"] = reader
    app.session_state["readers"] = compared
    app.run()
    report(app, written_strokes(text))
    return app.run()


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    """What each reader says: its text and how sure it is."""
    found = re.findall(r"<figcaption>([^<]*)</figcaption><b>([^<]*)</b><span>([^<]*)<", html(app))
    return {name: (text, words.replace("&nbsp;", " ")) for name, text, words in found}


def test_address_says_who_reads(doubting_zoo: None) -> None:
    assert texts(drawn("7")) == ["7"]
    other = drawn("7", reader="streamlit")
    assert texts(other) == ["?"]
    assert other.caption[0].value == "Read by streamlit."
    assert texts(drawn("7", reader="nobody")) == ["7"]


def test_choice_holds_while_it_is_not_shown_and_on_other_pages(doubting_zoo: None) -> None:
    app = drawn("7", compared=True)
    report(app, written_strokes("7"))
    app.pills(key="reader").set_value("streamlit").run()
    assert texts(app) == ["?"]
    assert app.query_params["reader"] == "streamlit"
    app.session_state["readers"] = False
    app.query_params.clear()  # as a link to another page and back does
    app.switch_page("pages/upload.py").run()
    app.switch_page("app.py")
    report(app, written_strokes("7"))
    assert texts(app.run()) == ["?"]


def test_every_reader_shows_what_it_reads_once_that_is_wanted(doubting_zoo: None) -> None:
    assert cards(drawn("7")) == {}
    compared = cards(drawn("7", compared=True))
    assert list(compared) == list(readers())
    assert compared["default"][0] == "7"
    assert re.fullmatch(r"\d\d\.\d% sure", compared["default"][1])
    assert compared["streamlit"] == ("?", "This could be a 1 or a 7. Only 55.0% sure.")


def test_number_is_compared_too() -> None:
    compared = cards(drawn("2024", compared=True))
    assert compared["default"][0] == "2024"
    assert compared["default"][1].startswith("4 digits, each at least")


def test_reader_that_cannot_be_used_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(file: str | os.PathLike[str] = DEFAULT) -> Recognizer:
        if file == DEFAULT:
            return LOAD(file)
        raise ModelError("The model <b>x</b> cannot be loaded.")

    monkeypatch.setattr(Recognizer, "load", load)
    app = drawn("7", compared=True)
    assert not app.exception
    assert texts(app) == ["7"]
    compared = cards(app)
    assert compared["streamlit"] == ("–", "The model &lt;b&gt;x&lt;/b&gt; cannot be loaded.")


def test_comparison_waits_for_a_drawing() -> None:
    app = run("app.py")
    app.session_state["readers"] = True
    app.run()
    assert "read by all of them" in str(app.caption[0].value)
