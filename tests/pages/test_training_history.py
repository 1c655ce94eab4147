"""The training history page: runs in one chart, and every tab of each run."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.cards import as_card, bare_card, full_card
from tests.conftest import ROOT
from tests.pages.test_pages import html, run
from tests.ui.history.test_runs import HISTORY
from ui.history.run_picker import MAX_UPLOADED_RUNS
from ui.history.tabs import TABS
from ui.models import model_label
from ui.text import section, text

PAGE = "pages/training_history.py"
LABELS = [model_label(name) for name in ("default", "streamlit")]


def opened(tab: str, *runs: str) -> AppTest:
    """The page with these runs chosen, at one of its tabs."""
    app = run(PAGE)
    app.query_params["run"] = list(runs)
    return at(app, tab)


def at(app: AppTest, tab: str) -> AppTest:
    """The page at one of its tabs."""
    app.session_state["tab"] = section("history.tabs")[tab]
    return app.run()


def uploaded(app: AppTest, **cards: object) -> AppTest:
    """The page after these cards were added; each name is a file's, its dot written as _."""
    files = [
        (name.replace("_", "."), card if isinstance(card, bytes) else json.dumps(card).encode(), "")
        for name, card in cards.items()
    ]
    return app.file_uploader[0].set_value(files).run()


def charts(app: AppTest) -> list[dict[str, Any]]:
    """The charts as Vega gets them."""
    return [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]


def tables(app: AppTest) -> list[list[list[str]]]:
    return [[list(row) for row in table.value.itertuples(index=False)] for table in app.table]


def sentences(app: AppTest) -> str:
    """All sentences of the page."""
    blocks = [*app.caption, *app.info, *app.error]
    return "\n".join(str(block.value).replace("\\", "") for block in blocks)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("runs", [["default"], ["streamlit", "default"]])
def test_every_tab_shows_the_runs_that_came_with_the_app(tab: str, runs: list[str]) -> None:
    app = opened(tab, *runs)
    assert not app.exception
    assert not app.error
    assert charts(app) or app.table or app.info or 'class="details"' in html(app)


def test_runs_are_laid_over_each_other() -> None:
    app = opened("learning", "default", "streamlit")
    assert [row[0] for row in tables(app)[0]] == LABELS
    for chart in charts(app):
        domain = chart["layer"][0]["encoding"]["color"]["scale"]["domain"]
        assert domain == LABELS
    app.pills(key="run").set_value([]).run()
    assert text("history.choose_run") in sentences(app)


def test_address_names_the_chosen_runs_that_came_with_the_app() -> None:
    app = uploaded(run(PAGE).run(), mine_csv=HISTORY)
    app.pills(key="run").set_value(["default", "fast", "mine.csv"]).run()
    assert app.query_params["run"] == ["default", "fast"]


def test_smoothing_and_logarithm_change_the_curves() -> None:
    app = opened("learning", "default")
    plain = charts(app)
    app.slider(key="smoothing").set_value(0.8)
    app.toggle(key="log_scale").set_value(True).run()
    assert not app.exception
    assert all(before != after for before, after in zip(plain, charts(app), strict=True))
    app.pills(key="digit_sets").set_value([]).run()
    assert not app.exception


def test_full_card_shows_its_network_filters_and_calibration() -> None:
    app = uploaded(run(PAGE).run(), mine_json=full_card())
    assert not app.error
    app.pills(key="run").set_value(["mine.json"])
    at(app, "network")
    assert not app.exception
    (picture,) = app.markdown
    assert text("network.parameters", n=31_370) in picture.value
    assert html(app).count("<img") == 2
    at(app, "digits")
    assert len(charts(app)) == 2
    assert not app.info


def test_card_of_an_earlier_version_shows_what_it_lacks() -> None:
    app = uploaded(run(PAGE).run(), old_json=bare_card())
    app.pills(key="run").set_value(["old.json"])
    card = as_card(bare_card())
    assert card.confusion_matrix
    count = sum(map(sum, card.confusion_matrix)) - sum(
        row[digit] for digit, row in enumerate(card.confusion_matrix)
    )
    for tab, sentence in {
        "network": text("network.no_layers"),
        "digits": text("per_digit.no_calibration", runs="old.json"),
        "mistakes": text("mistakes.some", shown=10, n=count),
    }.items():
        assert not at(app, tab).exception
        assert sentence in sentences(app)


@pytest.mark.parametrize("tab", TABS)
def test_card_of_a_network_for_whole_images_is_shown(tab: str) -> None:
    """It has neither a confusion matrix nor calibration, and its layers are not 28x28."""
    lacking = ("confusion_matrix", "calibration", "refusal", "examples", "classification_report")
    card = {name: value for name, value in full_card().items() if name not in lacking}
    card = {k: v for k, v in card.items() if k not in ("reliability", "mistakes")}
    app = uploaded(run(PAGE).run(), line_json=card | {"recipe": "line"})
    app.pills(key="run").set_value(["line.json"])
    assert not at(app, tab).exception
    assert not app.error


def test_history_of_ones_own_is_seen_beside_the_others() -> None:
    app = uploaded(run(PAGE).run(), mine_csv=HISTORY)
    assert not app.exception
    assert app.pills(key="run").value == ["default", "mine.csv"]
    assert text("history.no_test_of_run", run="mine.csv", n=2) in sentences(app)
    for tab in TABS:
        assert not at(app, tab).exception
    app.pills(key="run").set_value(["mine.csv"])
    for tab in TABS:
        assert not at(app, tab).exception


@pytest.mark.parametrize(
    ("averaged", "sentence"),
    [
        ([9], text("figures.epoch_kept", epoch=9, epochs=10)),
        ([7, 9], text("figures.epochs_averaged", epochs="7, 9")),
        ([5, 7, 9], text("figures.epochs_averaged", epochs="5, 7, 9")),
    ],
)
def test_weights_that_were_kept_are_named(averaged: list[int], sentence: str) -> None:
    app = uploaded(run(PAGE).run(), mine_json=full_card() | {"best_epoch": 9, "averaged": averaged})
    app.pills(key="run").set_value(["mine.json"])
    assert sentence in sentences(app.run())


def test_non_digits_explain_a_low_training_curve() -> None:
    app = run(PAGE).run()
    note = text("learning.low_accuracy", run=model_label("default"), share="25%")
    assert note in sentences(app)
    app.pills(key="run").set_value(["fast"])
    assert note not in sentences(app.run())


def test_broken_file_gets_a_sentence_and_the_sound_one_is_shown() -> None:
    app = uploaded(run(PAGE).run(), broken_json=b"{", mine_csv=HISTORY)
    errors = [error.value.replace("\\", "") for error in app.error]
    assert errors == [text("runs.not_json", name="broken.json")]
    assert app.pills(key="run").value == ["default", "mine.csv"]


def test_more_runs_than_a_visit_may_keep_are_refused() -> None:
    app = run(PAGE).run()
    app.file_uploader[0].set_value(
        [(f"{n}.csv", HISTORY, "") for n in range(MAX_UPLOADED_RUNS + 2)]
    ).run()
    assert not app.exception
    chosen: list[str] = list(app.pills(key="run").value or [])
    assert len(chosen) == MAX_UPLOADED_RUNS + 1  # the default one too
    assert len(app.error) == 2
    assert str(MAX_UPLOADED_RUNS) in app.error[0].value


def test_cell_of_the_matrix_shows_its_digits() -> None:
    card = full_card()
    app = uploaded(run(PAGE).run(), mine_json=card)
    app.pills(key="run").set_value(["mine.json"])
    at(app, "mistakes")
    app.selectbox(key="mistake_truth").select("9")
    app.selectbox(key="mistake_answer").select("4")
    at(app, "mistakes")
    count = card["confusion_matrix"][9][4]
    assert count > 1
    assert text("mistakes.all", n=count) in sentences(app)
    assert html(app).count(f"{text('mistakes.mistake', digit=9, answer=4)}<br>") == count
    never = next(answer for answer in range(10) if card["confusion_matrix"][9][answer] == 0)
    app.selectbox(key="mistake_answer").select(str(never))
    at(app, "mistakes")
    assert text("mistakes.none") in sentences(app)
    app.selectbox(key="mistake_answer").select("9")
    at(app, "mistakes")
    right = [digit for digit in card["examples"]["right"] if digit["label"] == 9]
    assert html(app).count("<figure>") == len(right)


def test_figures_and_details_are_those_of_the_card() -> None:
    card = json.loads((ROOT / "model" / "my_model.json").read_text())
    app = opened("learning", "default")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown[text("figures.accuracy")] == f"{card['test']['accuracy']:.2%}"
    assert shown[text("figures.digits")] == f"{card['test']['n']:,}"
    at(app, "details")
    assert app.code[0].value == card["command"]
    for data in card["data"]:
        assert f"<td>{data['sha256']}</td>" in html(app)
    assert html(app).count("<figure>") == len(card["examples"]["right"])
