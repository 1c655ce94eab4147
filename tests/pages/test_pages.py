"""Every page runs, found by glob: a new page is covered the day it is added."""

import base64
import io
import json

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.drawings import render

PAGES = ["app.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py")))]
SECONDS = 30


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    st.cache_resource.clear()


def run(page: str) -> AppTest:
    """A page of the app, not run yet."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    return app if page == "app.py" else app.switch_page(page)


def html(app: AppTest) -> str:
    """All that the page shows as HTML, its style sheet left out."""
    bodies = [element.proto.body for element in app.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>"))


def png(grey: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_and_shows_the_menu(page: str) -> None:
    app = run(page).run()
    assert not app.exception
    links = [link.proto.label for link in app.get("page_link")]
    assert links == ["Draw", "Upload", "Training history"]


def test_empty_canvas_invites_and_predicts_nothing() -> None:
    app = run("app.py").run()
    assert "Draw a digit from 0 to 9." in html(app)
    assert "reading-bars" not in html(app)
    assert all(button.disabled for button in app.button)


def report(app: AppTest, strokes: list[str], digit: int = 1) -> None:
    """Let the browser report these strokes, and a picture of a digit, with the next run."""
    data = base64.b64encode(png(np.dstack([render(digit, side=400, brush=28)] * 3))).decode()
    objects = [{"type": "Path", "stroke": "#000000", "path": path} for path in strokes]
    app.session_state["canvas"] = {
        "drawing": {"raw": {"objects": objects}, "data": f"data:image/png;base64,{data}"}
    }


@pytest.mark.parametrize("digit", [2, 7])
def test_drawing_is_read(digit: int) -> None:
    app = run("app.py").run()
    report(app, ["a stroke"], digit)
    app.run()
    assert not app.exception
    assert f'<div class="reading-text">{digit}</div>' in html(app)
    assert html(app).count('class="reading-bar') == 11  # ten bars and what holds them
    assert not any(button.disabled for button in app.button)


def shown(app: AppTest) -> list[str]:
    """The strokes that the canvas was last told to show."""
    return [stroke["path"] for stroke in app.session_state["canvas_start"]["objects"]]


def test_undo_counts_from_what_is_shown_though_the_browser_reports_late() -> None:
    app = run("app.py").run()
    report(app, ["a", "b", "c", "d"])
    app.run()
    report(app, ["a", "b", "c", "d"])  # each run needs it: AppTest does not keep what is injected
    app.button(key="undo").click().run()
    assert shown(app) == ["a", "b", "c"]
    report(app, ["a", "b", "c", "d"])  # sent before the browser heard of the undo
    app.button(key="undo").click().run()
    assert shown(app) == ["a", "b"]
    report(app, ["a", "b", "c"])  # what the first undo left
    app.button(key="undo").click().run()
    assert shown(app) == ["a"]
    report(app, ["a"])
    app.run()
    report(app, ["a", "e"])  # drawn since
    app.button(key="undo").click().run()
    assert shown(app) == ["a"]


def test_clear_does_not_wait_for_the_browser() -> None:
    app = run("app.py").run()
    report(app, ["a", "b"])
    app.run()
    assert "reading-bars" in html(app)
    report(app, ["a", "b"])
    app.button(key="clear").click().run()
    assert shown(app) == []
    assert "Draw a digit from 0 to 9." in html(app)


def test_uploads_are_read_and_a_damaged_one_stops_nothing() -> None:
    app = run("pages/upload.py").run()
    assert "Drop an image above." in html(app)
    app.file_uploader[0].set_value(
        [
            ("three.png", png(render(3)), "image/png"),
            ("broken.png", png(render(3))[:120], "image/png"),
            ("blank.png", png(render(3) * 0 + 255), "image/png"),
            ("five.png", png(render(5, ink=255, paper=0)), "image/png"),
        ]
    ).run()
    assert not app.exception
    (error,) = app.error
    assert error.value.replace("\\", "") == "broken.png is damaged and cannot be decoded."
    for digit in (3, 5):
        assert f'<div class="reading-text">{digit}</div>' in html(app)
    assert "No ink found." in html(app)


def test_history_shows_what_the_card_says() -> None:
    card = json.loads((ROOT / "model" / "my_model.json").read_text())
    app = run("pages/training_history.py").run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Test accuracy"] == f"{100 * card['test']['accuracy']:.2f} %"
    assert shown["Test digits"] == f"{card['test']['n']:,}"
    assert app.code[0].value == card["command"]
    assert html(app).count("<figure>") == sum(map(len, card["examples"].values()))
