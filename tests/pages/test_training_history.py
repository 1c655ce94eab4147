"""The training history page: runs laid over each other, and every part of each."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.cards import bare_card, full_card
from tests.conftest import ROOT
from tests.pages.test_pages import html, run
from tests.ui.history.test_runs import HISTORY
from ui.history.run_picker import MAX_UPLOADED_RUNS
from ui.history.tabs import TABS

PAGE = "pages/training_history.py"


def opened(part: str, *runs: str) -> AppTest:
    """The page with these runs chosen, at one of its parts."""
    app = run(PAGE)
    app.query_params["run"] = list(runs)
    app.session_state["tab"] = part
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


def said(app: AppTest) -> str:
    """All sentences of the page."""
    blocks = [*app.caption, *app.info, *app.error]
    return "\n".join(str(block.value).replace("\\", "") for block in blocks)


@pytest.mark.parametrize("part", TABS)
@pytest.mark.parametrize("runs", [["default"], ["streamlit", "default"]])
def test_every_part_shows_the_runs_that_came_with_the_app(part: str, runs: list[str]) -> None:
    app = opened(part, *runs)
    assert not app.exception
    assert not app.error
    assert charts(app) or app.table or app.info or 'class="facts"' in html(app)


def test_runs_are_laid_over_each_other() -> None:
    app = opened("Learning", "default", "streamlit")
    assert [row[0] for row in tables(app)[0]] == ["default", "streamlit"]
    for chart in charts(app):
        domain = chart["layer"][0]["encoding"]["color"]["scale"]["domain"]
        assert domain == ["default", "streamlit"]
    app.pills(key="run").set_value([]).run()
    assert "Choose a run above" in said(app)


def test_smoothing_and_logarithm_change_the_curves() -> None:
    app = opened("Learning", "default")
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
    app.session_state["tab"] = "Network"
    app.run()
    assert not app.exception
    (picture,) = app.markdown
    assert "31,370 parameters" in picture.value
    assert html(app).count('alt="Filter') == 2
    app.session_state["tab"] = "Digit by digit"
    app.run()
    assert len(charts(app)) == 2
    assert "No calibration curve" not in said(app)


def test_card_of_an_earlier_version_says_what_it_lacks() -> None:
    app = uploaded(run(PAGE).run(), old_json=bare_card())
    app.pills(key="run").set_value(["old.json"])
    for part, sentence in {
        "Network": "does not tell the layers",
        "Digit by digit": "No calibration curve on the card of old.json.",
        "Mistakes": "surest of",
    }.items():
        app.session_state["tab"] = part
        app.run()
        assert not app.exception
        assert sentence in said(app)


def test_history_of_ones_own_is_seen_beside_the_others() -> None:
    app = uploaded(run(PAGE).run(), mine_csv=HISTORY)
    assert not app.exception
    assert app.pills(key="run").value == ["default", "mine.csv"]
    assert "mine.csv: 2 epochs." in said(app)
    for part in TABS:
        app.session_state["tab"] = part
        assert not app.run().exception
    app.pills(key="run").set_value(["mine.csv"])
    for part in TABS:
        app.session_state["tab"] = part
        assert not app.run().exception


@pytest.mark.parametrize(
    ("averaged", "words"),
    [
        ([9], "Epoch 9 of 10 was kept"),
        ([7, 9], "the mean of the weights after 7 and 9"),
        ([5, 7, 9], "the mean of the weights after 5, 7 and 9"),
    ],
)
def test_weights_that_were_kept_are_told(averaged: list[int], words: str) -> None:
    app = uploaded(run(PAGE).run(), mine_json=full_card() | {"best_epoch": 9, "averaged": averaged})
    app.pills(key="run").set_value(["mine.json"])
    assert words in said(app.run())


def test_marks_that_are_no_digits_explain_a_low_curve() -> None:
    app = run(PAGE).run()
    assert "Of what default learned from, 25 % are marks that are no digits" in said(app)
    app.pills(key="run").set_value(["fast"])
    assert "no digits" not in said(app.run())


def test_broken_file_gets_a_sentence_and_the_sound_one_is_shown() -> None:
    app = uploaded(run(PAGE).run(), broken_json=b"{", mine_csv=HISTORY)
    assert [e.value.replace("\\", "") for e in app.error] == [
        "broken.json is no training card: it is not JSON."
    ]
    assert app.pills(key="run").value == ["default", "mine.csv"]


def test_more_runs_than_a_visit_may_keep_are_refused_in_a_sentence() -> None:
    app = run(PAGE).run()
    app.file_uploader[0].set_value(
        [(f"{n}.csv", HISTORY, "") for n in range(MAX_UPLOADED_RUNS + 2)]
    ).run()
    assert not app.exception
    chosen: list[str] = list(app.pills(key="run").value or [])
    assert len(chosen) == MAX_UPLOADED_RUNS + 1  # the default one too
    assert f"the {MAX_UPLOADED_RUNS} runs" in app.error[0].value


def test_cell_of_the_matrix_shows_its_digits() -> None:
    card = full_card()
    app = uploaded(run(PAGE).run(), mine_json=card)
    app.pills(key="run").set_value(["mine.json"])
    app.session_state["tab"] = "Mistakes"
    app.run()
    app.selectbox(key="mistake_is").select("9")
    app.selectbox(key="mistake_as").select("4")
    app.session_state["tab"] = "Mistakes"
    app.run()
    count = card["confusion_matrix"][9][4]
    assert count > 1
    assert f"{count} mistakes, surest first." in said(app)
    assert html(app).count("a 9, read as 4<br>") == count
    app.selectbox(key="mistake_as").select("9")
    app.session_state["tab"] = "Mistakes"
    app.run()
    right = [digit for digit in card["examples"]["right"] if digit["label"] == 9]
    assert html(app).count("<figure>") == len(right)


def test_figures_and_facts_are_those_of_the_card() -> None:
    card = json.loads((ROOT / "model" / "my_model.json").read_text())
    app = opened("Learning", "default")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Test accuracy"] == f"{100 * card['test']['accuracy']:.2f} %"
    assert shown["Test digits"] == f"{card['test']['n']:,}"
    app.session_state["tab"] = "The run"
    app.run()
    assert app.code[0].value == card["command"]
    for data in card["data"]:
        assert f"<td>{data['sha256']}</td>" in html(app)
    assert html(app).count("<figure>") == len(card["examples"]["right"])
