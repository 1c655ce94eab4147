"""Drawings that are kept with their right answers, to be trained on."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import report, run, shown, written_strokes
from training.sources import load_for_test
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH
from ui.collect import COLLECTED, zip_drawings


def drawn(app: AppTest, text: str) -> AppTest:
    report(app, written_strokes(text))
    return app.run()


def kept(app: AppTest, text: str, answer: str) -> AppTest:
    """The drawing page after this was drawn and kept with this answer."""
    drawn(app, text)
    app.text_input(key="answer").set_value(answer)
    report(app, written_strokes(text))
    next(button for button in app.button if button.label == "Keep").click().run()
    assert not app.exception
    return app


def opened() -> AppTest:
    app = run("app.py")
    app.session_state["collect"] = True
    return app.run()


def test_drawings_are_collected_and_the_training_reads_them(tmp_path: Path) -> None:
    app = opened()
    for text in ("3", "2024", "7"):
        kept(app, text, text)
        assert shown(app) == ""  # the canvas is free for the next one
    (button,) = app.get("download_button")
    assert button.proto.label == "Download 3 drawings"
    file = tmp_path / "drawings.zip"
    file.write_bytes(zip_drawings(app.session_state[COLLECTED]))
    with zipfile.ZipFile(file) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        picture = Image.open(archive.open(f"images/{rows[1]['file']}"))
    assert [row["text"] for row in rows] == ["3", "2024", "7"]
    assert picture.size == (CANVAS_WIDTH, CANVAS_HEIGHT)
    assert np.asarray(picture).max() == 255  # paper
    assert sorted(load_for_test([str(file)]).test.labels) == [3, 7]


def test_answer_that_is_no_number_is_refused_in_a_sentence() -> None:
    app = opened()
    for answer in ("seven", "", "7 8", "٧"):
        kept(app, "7", answer)
        assert app.session_state[COLLECTED] == []
        assert [e.value for e in app.error] == [
            "The answer is one to twelve digits, as they stand on the drawing."
        ]
    kept(app, "7", "7")
    assert len(app.session_state[COLLECTED]) == 1
    assert not app.error


def test_kept_drawings_are_forgotten_on_demand() -> None:
    app = kept(opened(), "7", "7")
    app.button(key="delete_all").click().run()
    assert app.session_state[COLLECTED] == []
    assert not app.get("download_button")


def test_nothing_is_asked_of_an_empty_canvas() -> None:
    app = opened()
    assert not app.text_input
    assert "Draw something first." in [caption.value for caption in app.caption]
