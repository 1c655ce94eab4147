"""Training from the page, with the real training program."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import run
from ui.history import train
from ui.history.jobs import training_jobs
from ui.models import model_label
from ui.text import text

PAGE = "pages/training_history.py"
START, CANCEL = "start_training", "cancel_training"
SECONDS = 300  # a busy machine is no failure


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of a server that allows training, its form opened."""
    monkeypatch.setenv("DIGIT_TRAINING", "1")
    page = run(PAGE)
    page.session_state["train"] = True
    page.run()
    page.selectbox(key="train_recipe").select("streamlit").run()
    return page


def start(app: AppTest, **settings: float) -> None:
    for name, value in settings.items():
        app.number_input(key=f"streamlit_{name}").set_value(value)
    app.button(key=START).click().run()
    assert not app.exception


def wait() -> None:
    end = time.monotonic() + SECONDS
    while training_jobs().job and time.monotonic() < end:
        time.sleep(0.1)


def test_training_is_not_offered_unless_the_server_allows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DIGIT_TRAINING", raising=False)
    app = run(PAGE).run()
    assert text("train.title") not in [part.label for part in app.expander]


@pytest.mark.parametrize("lacking", ["training", "tensorflow"])
def test_training_is_not_offered_where_it_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setenv("DIGIT_TRAINING", "1")
    monkeypatch.setattr(train, "find_spec", lambda name: None if name == lacking else name)
    app = run(PAGE).run()
    assert text("train.title") not in [part.label for part in app.expander]


def test_typo_in_the_setting_is_reported_and_switches_nothing_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for off in ("false", "off", "no", "0", ""):
        monkeypatch.setenv("DIGIT_TRAINING", off)
        app = run(PAGE).run()
        assert not app.error
        assert text("train.title") not in [part.label for part in app.expander]
    monkeypatch.setenv("DIGIT_TRAINING", "flase")
    app = run(PAGE).run()
    assert not app.exception
    (error,) = app.error
    assert "DIGIT_TRAINING" in error.value
    assert "flase" in error.value
    assert text("train.title") not in [part.label for part in app.expander]


def test_what_was_trained_is_seen_beside_the_others(app: AppTest) -> None:
    start(app, epochs=1)
    assert [b.key for b in app.button if b.key in (START, CANCEL)] == [CANCEL]
    wait()
    app.run()
    assert not app.error
    name = text("train.run_name", recipe=model_label("streamlit"), n=1)
    app.pills(key="run").set_value(["default", name]).run()
    assert not app.exception
    names = [row for table in app.table for row in table.value[text("history.run")]]
    assert [cell.replace("\\", "") for cell in names] == [model_label("default"), name]
    labels = [button.proto.label.replace("\\", "") for button in app.get("download_button")]
    assert text("train.download", run=name) in labels


def test_failure_of_the_training_is_reported(app: AppTest) -> None:
    start(app, validation_share=1_000_000.0)  # of 1,797 digits
    wait()
    app.run()
    (error,) = app.error
    assert error.value
    assert not training_jobs().results


def test_field_has_the_choices_and_limits_of_the_recipe(app: AppTest) -> None:
    assert app.selectbox(key="streamlit_optimizer").options == ["adam", "adamw", "rmsprop", "sgd"]
    assert app.selectbox(key="streamlit_schedule").value == "constant"
    assert (app.number_input(key="streamlit_dropout").max) == 0.99
    assert (app.number_input(key="streamlit_epochs").min) == 1


def test_cancelled_training_leaves_the_page_as_it_was(app: AppTest) -> None:
    start(app, epochs=50)
    app.button(key=CANCEL).click().run()
    assert not app.exception
    assert training_jobs().job is None
    assert not app.error
    assert START in [button.key for button in app.button]
