"""Several visitors at once: each sees only their own data."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import drawn, html, png, report, run, texts, written_strokes
from training.augment.strokes import render
from ui.text import text
from ui.upload import AUTOMATIC

HOSTILE = "<img src=x onerror=alert(1)>\"'&.png"


def uploading(name: str, digit: int) -> AppTest:
    """A visitor's upload page with this image on it."""
    app = run("pages/upload.py").run()
    return app.file_uploader[0].set_value([(name, png(render(digit)), "image/png")]).run()


def test_visitor_sees_their_own_drawing_only() -> None:
    first, second = drawn("7").run(), drawn("42").run()
    third = run("app.py").run()
    assert (texts(first), texts(second), texts(third)) == (["7"], ["42"], [])
    report(first, written_strokes("71"))
    assert texts(first.run()) == ["71"]
    report(second, written_strokes("42"))
    assert texts(second.run()) == ["42"]
    assert text("draw.prompt") in html(third.run())


def test_visitor_sees_their_own_uploads_and_choices_only() -> None:
    first, second = uploading("mine.png", 3), uploading("mine.png", 5)
    first.toggle(key="single").set_value(True)
    first.selectbox(key="ink").set_value("dark_on_light")
    assert texts(first.run()) == ["3"]
    assert texts(second.run()) == ["5"]
    assert not second.toggle(key="single").value
    assert second.selectbox(key="ink").value == AUTOMATIC
    assert texts(run("pages/upload.py").run()) == []


def test_brush_and_paper_are_the_visitors_own() -> None:
    first, second = run("app.py").run(), run("app.py").run()
    first.slider(key="canvas_brush").set_value(33).run()
    assert second.run().slider(key="canvas_brush").value == 20


@pytest.mark.parametrize("content", [png(render(3)), b"no image"], ids=["image", "damaged"])
def test_name_of_a_file_is_text_wherever_it_is_shown(content: bytes) -> None:
    app = run("pages/upload.py").run()
    app.file_uploader[0].set_value([(HOSTILE, content, "image/png")]).run()
    assert not app.exception
    assert "<img src=x" not in html(app)
    shown = html(app) + "".join(error.value for error in app.error)
    assert "onerror" in shown  # it is named, but its signs are no HTML and no Markdown
    assert all("<img" not in error.value.replace("\\<", "") for error in app.error)
