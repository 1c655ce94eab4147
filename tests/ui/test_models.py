"""A new model without its compiled file is compiled while the page says so."""

import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import ui.models
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.load import load_compiled
from training.augment.strokes import render
from ui.text import text

PAGE = """
from pathlib import Path
import streamlit as st
from ui.models import recognizer_or_stop
recognizer_or_stop(Path({file!r}))
st.success("ready")
"""


def page(file: Path) -> AppTest:
    """A page that needs this model."""
    st.cache_resource.clear()
    return AppTest.from_string(PAGE.format(file=str(file)), default_timeout=30)


def test_model_without_a_compiled_file_is_compiled_behind_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.models, "LOAD_SECONDS", 0.1)
    file = Path(shutil.copy(DEFAULT_MODEL_FILE, tmp_path))
    app = page(file).run()
    assert app.info[0].value == text("app.reader_not_ready")
    assert not app.success
    assert ui.models.recognizer(file).read(render(4)).text == "4"
    assert app.run().success
    assert load_compiled(Artifact(file)) is not None  # and the next start is quick


@pytest.mark.parametrize("content", [b"", b"no model", DEFAULT_MODEL_FILE.read_bytes()[:9000]])
def test_page_says_what_is_wrong_with_a_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.keras").write_bytes(content)
    app = page(tmp_path / "mine.keras").run()
    assert not app.exception
    assert "mine.keras" in app.error[0].value
