"""Which model reads the drawing, and what all of them read."""

import os
import re

import pytest
from streamlit.testing.v1 import AppTest

from model import ModelError, Recognizer
from model.network.artifact import DEFAULT_MODEL_FILE
from model.network.calibration import Calibration
from tests.pages.test_pages import Doubting, html, report, run, texts, written_strokes
from tests.ui.test_reading import digit
from ui.models import model_files, model_label
from ui.reading import explain
from ui.text import escape_markdown, section, text

LOAD = Recognizer.load
UNCERTAIN = digit({1: 0.55, 7: 0.4})


@pytest.fixture
def doubting_zoo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the default model knows digits."""

    def load(file: str | os.PathLike[str] = DEFAULT_MODEL_FILE) -> Recognizer:
        doubting = Recognizer(Doubting({1: 0.55, 7: 0.4}), Calibration(threshold=0.8))
        return LOAD(file) if file == DEFAULT_MODEL_FILE else doubting

    monkeypatch.setattr(Recognizer, "load", load)


def drawn(number: str, *, reader: str = "", compared: bool = False) -> AppTest:
    app = run("app.py")
    if reader:
        app.query_params["reader"] = reader
    app.session_state["compare_models"] = compared
    app.run()
    report(app, written_strokes(number))
    return app.run()


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    """What each model reads, and how certain it is."""
    card = r'data-model="([^"]*)"[^>]*><figcaption>[^<]*</figcaption><b>([^<]*)</b><span>([^<]*)<'
    return {name: (read, note) for name, read, note in re.findall(card, html(app))}


def test_address_says_who_reads(doubting_zoo: None) -> None:
    assert texts(drawn("7")) == ["7"]
    other = drawn("7", reader="streamlit")
    assert texts(other) == ["?"]
    label = escape_markdown(model_label("streamlit"))
    assert other.caption[0].value == text("draw.read_by", model=label)
    assert texts(drawn("7", reader="nobody")) == ["7"]


def test_choice_holds_while_it_is_not_shown_and_on_other_pages(doubting_zoo: None) -> None:
    app = drawn("7", compared=True)
    report(app, written_strokes("7"))
    app.pills(key="reader").set_value("streamlit").run()
    assert texts(app) == ["?"]
    assert app.query_params["reader"] == "streamlit"
    app.session_state["compare_models"] = False
    app.query_params.clear()  # as a link to another page and back does
    app.switch_page("pages/upload.py").run()
    app.switch_page("app.py")
    report(app, written_strokes("7"))
    assert texts(app.run()) == ["?"]


def test_every_model_shows_what_it_reads_once_that_is_wanted(doubting_zoo: None) -> None:
    assert cards(drawn("7")) == {}
    compared = cards(drawn("7", compared=True))
    assert list(compared) == list(model_files())
    assert compared["default"][0] == "7"
    assert "%" in compared["default"][1]
    assert compared["streamlit"] == ("?", " ".join(explain(UNCERTAIN)))


def test_number_is_compared_too() -> None:
    compared = cards(drawn("2024", compared=True))
    assert compared["default"][0] == "2024"
    share = re.search(r"[\d.]+%", compared["default"][1])
    assert share
    assert compared["default"][1] == text("reading.all_certain", n=4, share=share[0])


def test_model_that_cannot_be_used_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(file: str | os.PathLike[str] = DEFAULT_MODEL_FILE) -> Recognizer:
        if file == DEFAULT_MODEL_FILE:
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
    app.session_state["compare_models"] = True
    app.run()
    assert text("compare.prompt") in [caption.value for caption in app.caption]


def test_every_bundled_model_says_what_it_is() -> None:
    assert set(section("models")) == set(section("models_about")) == set(model_files())
    assert len(set(section("models").values())) == len(model_files())
