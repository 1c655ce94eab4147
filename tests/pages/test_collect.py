"""Collecting drawings with their right answers for training."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import report, run, shown, written_strokes
from training.sources import load_test_set
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH
from ui.collect import COLLECTED, zip_drawings
from ui.text import text


def drawn(app: AppTest, text: str) -> AppTest:
    report(app, written_strokes(text))
    return app.run()


def collected(app: AppTest, text: str, answer: str) -> AppTest:
    """The drawing page after this was drawn and added with this answer."""
    drawn(app, text)
    app.text_input(key="answer").set_value(answer)
    report(app, written_strokes(text))
    app.button(key="add_drawing").click().run()
    assert not app.exception
    return app


def opened() -> AppTest:
    app = run("app.py")
    app.session_state["collect"] = True
    return app.run()


def test_drawings_are_collected_and_the_training_reads_them(tmp_path: Path) -> None:
    app = opened()
    for number in ("3", "2024", "7"):
        collected(app, number, number)
        assert shown(app) == ""  # the canvas is free for the next one
    (button,) = app.get("download_button")
    assert button.proto.label == text("collect.download", n=3)
    file = tmp_path / "drawings.zip"
    file.write_bytes(zip_drawings(app.session_state[COLLECTED]))
    with zipfile.ZipFile(file) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        picture = Image.open(archive.open(f"images/{rows[1]['file']}"))
    assert [row["text"] for row in rows] == ["3", "2024", "7"]
    assert picture.size == (CANVAS_WIDTH, CANVAS_HEIGHT)
    assert np.asarray(picture).max() == 255  # background
    assert sorted(load_test_set([str(file)]).test.labels) == [3, 7]


def test_answer_that_is_no_number_is_refused() -> None:
    app = opened()
    for answer in ("seven", "", "7 8", "٧"):
        collected(app, "7", answer)
        assert app.session_state[COLLECTED] == []
        assert [e.value for e in app.error] == [text("collect.invalid")]
    collected(app, "7", "7")
    assert len(app.session_state[COLLECTED]) == 1
    assert not app.error


def test_collected_drawings_are_deleted_on_demand() -> None:
    app = collected(opened(), "7", "7")
    app.button(key="delete_all").click().run()
    assert app.session_state[COLLECTED] == []
    assert not app.get("download_button")


def test_nothing_is_asked_of_an_empty_canvas() -> None:
    app = opened()
    assert not app.text_input
    assert text("collect.nothing_drawn") in [caption.value for caption in app.caption]
