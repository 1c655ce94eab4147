"""Training from the page, with the real training program."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import run
from ui.history.jobs import SWITCH, training_jobs

PAGE = "pages/training_history.py"
SECONDS = 300  # a busy machine is no failure


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of a server that allows training, its part for that opened."""
    monkeypatch.setenv(SWITCH, "1")
    page = run(PAGE)
    page.session_state["train"] = True
    page.run()
    page.selectbox(key="train_recipe").select("streamlit").run()
    return page


def start(app: AppTest, **settings: float) -> None:
    for name, value in settings.items():
        app.number_input(key=f"streamlit_{name}").set_value(value)
    next(button for button in app.button if button.label == "Train").click().run()
    assert not app.exception


def wait() -> None:
    end = time.monotonic() + SECONDS
    while training_jobs().job and time.monotonic() < end:
        time.sleep(0.1)


def test_training_is_not_offered_unless_the_server_allows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    app = run(PAGE).run()
    assert "Train here" not in [part.label for part in app.expander]


def test_what_was_trained_is_seen_beside_the_others(app: AppTest) -> None:
    start(app, epochs=1)
    assert [button.label for button in app.button if button.label in ("Train", "Cancel")] == [
        "Cancel"
    ]
    wait()
    app.run()
    assert not app.error
    assert "streamlit here 1" in app.pills(key="run").options
    app.pills(key="run").set_value(["default", "streamlit here 1"]).run()
    assert not app.exception
    names = [row for table in app.table for row in table.value["Run"]]
    assert names == ["default", "streamlit here 1"]
    labels = [button.proto.label for button in app.get("download_button")]
    assert any("streamlit here 1" in label.replace("\\", "") for label in labels)


def test_value_that_the_recipe_refuses_is_told(app: AppTest) -> None:
    start(app, dropout=7.0)
    wait()
    app.run()
    (error,) = app.error
    assert "--dropout" in error.value.replace("\\", "")
    assert "7.0 is not between" in error.value.replace("\\", "")


def test_cancelled_training_leaves_the_page_as_it_was(app: AppTest) -> None:
    start(app, epochs=50)
    app.button(key="cancel_training").click().run()
    assert not app.exception
    assert training_jobs().job is None
    assert not app.error
    assert "Train" in [button.label for button in app.button]
