"""Every page runs, found by glob: a new page is covered the day it is added."""

import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from benchmark.speed.drawing import number
from model import ReadOptions, Recognizer, Trace
from model.network.calibration import Calibration
from model.network.normalize import Pixels
from model.network.runtime import Probabilities
from tests.conftest import ROOT
from training.augment.strokes import PointList, render
from ui.canvas import CANVAS_WIDTH
from ui.text import section, text, with_article

PAGES = ["app.py", *(f"pages/{page.name}" for page in sorted((ROOT / "pages").glob("*.py")))]
SECONDS = 30
STAGES = ["grey", "contrast", "ink", "digits", "pixels", "probabilities"]


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
    assert links == list(section("menu").values())


def texts(app: AppTest) -> list[str]:
    """What is stated as read, in large letters."""
    return re.findall(r'class="reading-text"[^>]*>([^<]*)<', html(app))


def boxes(app: AppTest) -> list[tuple[str, float]]:
    """The character on each box over a picture, and its distance from the left in percent."""
    found = re.findall(r'<i class="box[^"]*" style="left:([0-9.]+)%[^>]*><b>(.)</b>', html(app))
    return [(character, float(left)) for left, character in found]


def test_empty_canvas_invites_and_predicts_nothing() -> None:
    app = run("app.py").run()
    assert text("draw.prompt") in html(app)
    assert "reading-bars" not in html(app)
    assert [part.label for part in app.expander] == [text("compare.title"), text("collect.title")]
    assert all(button.disabled for button in app.button)


def path(points: PointList, name: str = "") -> dict[str, Any]:
    """A stroke as the canvas reports it, by its points in pixels; the name is the test's own."""
    middle = [(min(values) + max(values)) / 2 for values in zip(*points, strict=True)]
    (x, y), *rest = points
    return {
        "type": "Path",
        "name": name,
        "stroke": "#000000",
        "strokeWidth": 20,
        "left": middle[0],
        "top": middle[1],
        "path": [["M", x, y], *(["L", *point] for point in rest)],
    }


def lines(names: str) -> list[dict[str, Any]]:
    """An upright stroke for each letter, from left to right."""
    return [
        path([(60 + 80 * place, 60), (60 + 80 * place, 340)], name)
        for place, name in enumerate(names)
    ]


def report(app: AppTest, objects: list[dict[str, Any]]) -> None:
    """Let the browser report these strokes with the next run."""
    app.session_state["canvas"] = {"drawing": {"raw": {"objects": objects}, "data": None}}


def written_strokes(text: str) -> list[dict[str, Any]]:
    """A number as the canvas reports it."""
    return [path(points) for digit in number(text) for points in digit]


def drawn(text: str) -> AppTest:
    """The drawing page after this number was drawn on it."""
    app = run("app.py").run()
    report(app, written_strokes(text))
    return app


@pytest.mark.parametrize("digit", [2, 7])
def test_drawn_digit_is_read(digit: int) -> None:
    app = drawn(str(digit)).run()
    assert not app.exception
    assert texts(app) == [str(digit)]
    assert html(app).count('class="reading-bar') == 11  # ten bars and what holds them
    assert boxes(app) == []  # one digit needs none
    assert not any(button.disabled for button in app.button)


def test_drawn_number_is_read_digit_by_digit() -> None:
    app = drawn("2024").run()
    assert not app.exception
    assert texts(app) == ["2024"]
    assert html(app).count('class="reading-card"') == 4
    characters, lefts = zip(*boxes(app), strict=True)
    assert characters == ("2", "0", "2", "4")
    ends = [min(x for stroke in digit for x, _ in stroke) for digit in number("2024")]
    assert lefts == pytest.approx([100 * (end - 10) / CANVAS_WIDTH for end in ends], abs=0.5)


class Doubting:
    """A network that is torn in the same way over whatever it is shown."""

    def __init__(self, shares: dict[int, float]) -> None:
        rest = (1 - sum(shares.values())) / (10 - len(shares))
        self.row = np.array([[shares.get(label, rest) for label in range(10)]], np.float32)

    def run(self, pixels: Pixels) -> Probabilities:
        return np.repeat(self.row, len(pixels), axis=0)


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({1: 0.55, 7: 0.4}, text("reading.two_rivals", first=1, second=7)),
        ({1: 0.1}, text("reading.not_a_digit")),
        ({1: 0.7}, text("reading.probably", digit=with_article(1), share="70%")),
    ],
)
def test_uncertain_digit_is_never_stated(
    monkeypatch: pytest.MonkeyPatch, shares: dict[int, float], sentence: str
) -> None:
    doubting = Recognizer(Doubting(shares), Calibration(threshold=0.8))
    monkeypatch.setattr(Recognizer, "load", lambda _file: doubting)
    app = drawn("1").run()
    assert texts(app) == ["?"]
    assert sentence in html(app)


@pytest.mark.parametrize("text", ["5", "31"])
def test_every_stage_is_shown_once_it_is_wanted(text: str) -> None:
    app = drawn(text).run()
    assert "stages" not in html(app)
    report(app, written_strokes(text))
    app.session_state["drawing_stages"] = True
    app.run()
    assert not app.exception
    stages = html(app).split('<div class="stages">')[1]
    captions = re.findall(r"<figcaption><b>\d\. ([^<]*)</b>", stages)
    assert captions == [section("pipeline")[stage] for stage in STAGES]
    assert stages.count('class="picture"') == 4
    assert stages.count('class="pixels"') == len(text)
    assert stages.count("<td style") == 10 * len(text)
    assert stages.count('class="box accepted"') == len(text)


def shown(app: AppTest) -> str:
    """The names of the strokes that the canvas was last given to show."""
    return "".join(stroke["name"] for stroke in app.session_state["canvas_start"]["objects"])


def test_undo_counts_from_what_is_shown_though_the_browser_reports_late() -> None:
    app = run("app.py").run()
    report(app, lines("abcd"))
    app.run()
    report(app, lines("abcd"))  # each run needs it: AppTest does not keep what is injected
    app.button(key="undo").click().run()
    assert shown(app) == "abc"
    report(app, lines("abcd"))  # sent before the browser heard of the undo
    app.button(key="undo").click().run()
    assert shown(app) == "ab"
    report(app, lines("abc"))  # what the first undo left
    app.button(key="undo").click().run()
    assert shown(app) == "a"
    report(app, lines("a"))
    app.run()
    report(app, lines("ae"))  # drawn since
    app.button(key="undo").click().run()
    assert shown(app) == "a"


def test_clear_does_not_wait_for_the_browser() -> None:
    app = run("app.py").run()
    report(app, lines("ab"))
    app.run()
    assert "reading-bars" in html(app)
    report(app, lines("ab"))
    app.button(key="clear").click().run()
    assert shown(app) == ""
    assert text("draw.prompt") in html(app)


def test_uploads_are_read_and_a_damaged_one_stops_nothing() -> None:
    app = run("pages/upload.py").run()
    assert text("upload.prompt") in html(app)
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
    assert error.value.replace("\\", "") == text("errors.damaged", name="broken.png")
    assert texts(app) == ["3", "5"]
    assert [character for character, _ in boxes(app)] == ["3", "5"]
    assert text("upload.blank") in html(app)
    assert len(app.expander) == 3  # how it was read, a blank image too


def test_more_files_than_the_limit_are_reported_and_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIGIT_MAX_FILES", "2")
    app = run("pages/upload.py").run()
    files = [(f"{digit}.png", png(render(digit)), "image/png") for digit in (3, 4, 5)]
    app.file_uploader[0].set_value(files).run()
    assert [w.value for w in app.warning] == [text("upload.too_many", n=3, limit=2)]
    assert texts(app) == ["3", "4"]


def test_more_readings_than_the_limit_have_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([0.0, 0.1, 0.2, 1.5])
    monkeypatch.setattr("ui.rate_limit.monotonic", lambda: next(clock))
    monkeypatch.setenv("DIGIT_MAX_READINGS", "1")
    monkeypatch.setenv("DIGIT_MAX_FILES", "2")
    app = run("app.py").run()
    read = []
    for digit in "7777":
        report(app, written_strokes(digit))
        app.run()
        read.append(texts(app))
    assert read == [["7"], ["7"], [], ["7"]]


def test_uploads_over_the_limit_are_read_with_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("ui.rate_limit.monotonic", lambda: now)
    monkeypatch.setenv("DIGIT_MAX_READINGS", "1")
    monkeypatch.setenv("DIGIT_MAX_FILES", "2")
    app = run("pages/upload.py").run()
    for digits in ((3, 4), (3, 4, 5)):
        files = [(f"{digit}.png", png(render(digit)), "image/png") for digit in digits[-2:]]
        app.file_uploader[0].set_value(files).run()
    assert [warning.value for warning in app.warning] == [text("upload.too_fast")]
    now = 5.0
    app.button(key="read_rest").click().run()
    assert not app.warning
    assert texts(app) == ["4", "5"]


def test_invalid_limit_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGIT_MAX_MB", "a lot")
    for page in PAGES:
        app = run(page).run()
        assert not app.exception
        assert "DIGIT_MAX_MB" in app.error[0].value


def uploaded(name: str, grey: np.ndarray) -> AppTest:
    """The upload page after it was given this image."""
    app = run("pages/upload.py").run()
    return app.file_uploader[0].set_value([(name, png(grey), "image/png")]).run()


def test_uploaded_number_is_read_with_a_box_on_each_digit() -> None:
    app = uploaded("number.png", np.hstack([render(3), render(7)]))
    assert texts(app) == ["37"]
    (three, left), (seven, right) = boxes(app)
    assert (three, seven) == ("3", "7")
    assert left < 50 <= right


def test_details_of_many_digits_are_folded() -> None:
    few, many = (
        html(uploaded("row.png", np.hstack([render(3, side=60, brush=5)] * count)))
        for count in (12, 13)
    )
    assert "<details>" not in few
    assert text("reading.each_digit", n=13) in many


def test_image_of_one_digit_is_read_as_one_where_it_is_said_to_be() -> None:
    app = uploaded("two_marks.png", np.hstack([render(3), render(7)]))
    assert len(boxes(app)) == 2
    app.toggle(key="single").set_value(True).run()
    assert len(boxes(app)) == 1
    app.toggle(key="single").set_value(False).run()
    assert len(boxes(app)) == 2


def test_ink_is_darker_or_lighter_as_it_is_said_to_be() -> None:
    dark, light = render(3, brush=8, paper=128), render(7, brush=8, ink=255, paper=128)
    app = uploaded("both.png", np.hstack([dark, light]))
    app.selectbox(key="ink").set_value("dark_on_light").run()
    assert texts(app) == ["3"]
    app.selectbox(key="ink").set_value("light_on_dark").run()
    assert texts(app) == ["7"]


def test_image_is_read_once_with_each_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[ReadOptions] = []
    trace = Recognizer.trace

    def noting(self: Recognizer, image: Any, options: ReadOptions) -> Trace:
        read.append(options)
        return trace(self, image, options)

    monkeypatch.setattr(Recognizer, "trace", noting)
    app = uploaded("three.png", render(3)).run()
    app.toggle(key="single").set_value(True).run()
    app.toggle(key="single").set_value(False).run()
    assert [options.name for options in read] == ["three.png", "three.png"]
    app.select_slider(key="sureness").set_value("very").run()
    assert not app.exception
    assert [options.confidence for options in read] == [None, None, 0.98]


def test_camera_starts_only_on_request() -> None:
    app = run("pages/upload.py").run()
    assert not app.get("camera_input")
    app.session_state["source"] = text("upload.camera")
    app.run()
    assert not app.exception
    assert len(app.get("camera_input")) == 1
