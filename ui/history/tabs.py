"""The tabs of the page, each for the runs that were chosen."""

from collections.abc import Callable, Sequence

import streamlit as st

from ui.history.confusion import show_confusion
from ui.history.cost import COSTS, cost_chart, cost_rows
from ui.history.curves import METRICS, SETS, curve_chart, curve_rows, history_rows
from ui.history.network import show_network
from ui.history.per_digit import (
    MEASURES,
    digit_chart,
    digit_rows,
    digit_table,
    reliability_chart,
    reliability_rows,
)
from ui.history.run_details import show_run_details, show_test_figures
from ui.history.run_picker import all_runs, choose_one
from ui.history.runs import Run
from ui.tables import csv_button, table
from ui.text import escape_markdown, section, text

Tab = Callable[[Sequence[Run]], None]


def show_learning(runs: Sequence[Run]) -> None:
    """Show test figures, and accuracy and loss by epoch."""
    show_test_figures(runs)
    with st.container(horizontal=True, vertical_alignment="bottom", key="curve_options"):
        sets = st.pills(
            text("learning.digits"),
            list(SETS),
            selection_mode="multi",
            default=list(SETS),
            format_func=section("learning.sets").__getitem__,
            key="digit_sets",
        )
        smoothing = st.slider(
            text("learning.smoothing"), 0.0, 0.95, 0.0, 0.05, key="smoothing", width=200
        )
        log = st.toggle(text("learning.log"), key="log_scale")
    for column, metric in zip(st.columns(2), METRICS, strict=True):
        column.altair_chart(
            curve_chart(curve_rows(runs, metric, sets, smoothing), metric, log=log),
            width="stretch",
            alt=section("learning.charts")[metric],
        )
    dashes = text("learning.dashes") if len(runs) > 1 else ""
    notes = (dashes, text("learning.ring"), *map(_explain_low_accuracy, runs))
    st.caption(" ".join(filter(None, notes)))
    csv_button(history_rows(runs), "history.csv")


def _explain_low_accuracy(run: Run) -> str:
    """Explain why a run is less often right in training than on validation digits."""
    share = run.card.hyperparameters.get("no_digit")
    if not isinstance(share, int | float) or not 0 < share <= 1:
        return ""
    return text("learning.low_accuracy", run=escape_markdown(run.label), share=f"{share:.0%}")


def show_cost(runs: Sequence[Run]) -> None:
    """Show cost against accuracy: of all runs, in the colours of the chosen ones."""
    others = [run for run in all_runs() if run not in runs and run.card.confusion_matrix]
    rows = cost_rows([*runs, *others])
    if not rows:
        st.info(text("history.no_test"))
        return
    for column, cost in zip(st.columns(2), COSTS, strict=True):
        column.altair_chart(cost_chart(rows, cost), width="stretch")
    show_test_figures([run for run in all_runs() if run.card.test])


def show_mistakes(runs: Sequence[Run]) -> None:
    """Show the confusion matrix and the digits behind its cells."""
    run = choose_one(runs, "mistakes_of")
    if run.card.confusion_matrix is None:
        st.info(text("history.no_test"))
    else:
        show_confusion(run, run.card.confusion_matrix)


def show_per_digit(runs: Sequence[Run]) -> None:
    """Show precision, recall and F1 of each digit, and the calibration curve."""
    tested = [run for run in runs if run.card.confusion_matrix]
    if not tested:
        st.info(text("history.no_test"))
        return
    rows = [row for run in tested for row in digit_rows(run)]
    left, right = st.columns(2)
    with left:
        measure = st.segmented_control(
            text("per_digit.measure"),
            MEASURES,
            default="f1",
            format_func=section("columns").__getitem__,
            required=True,
            key="measure",
            label_visibility="collapsed",
        )
        st.altair_chart(digit_chart(rows, measure), width="stretch")
    with right:
        _show_reliability(tested)
    if len(tested) == 1:
        shown = [{key: value for key, value in row.items() if key != "run"} for row in rows]
        table(shown, "digits.csv", formats=dict.fromkeys(MEASURES, ".2%"), full=rows)
    else:
        formats = dict.fromkeys((run.label for run in tested), ".2%")
        table(digit_table(rows, measure), "digits.csv", formats=formats, full=rows)


def _show_reliability(runs: Sequence[Run]) -> None:
    st.caption(text("per_digit.calibration"))
    bins = reliability_rows(runs)
    if bins:
        st.altair_chart(reliability_chart(bins), width="stretch")
    lacking = [escape_markdown(run.label) for run in runs if not run.card.reliability]
    if lacking:
        st.info(text("per_digit.no_calibration", runs=", ".join(lacking)))


def show_networks(runs: Sequence[Run]) -> None:
    """Show one run's network."""
    show_network(choose_one(runs, "network_of"))


def show_details(runs: Sequence[Run]) -> None:
    """Show one run's details."""
    show_run_details(choose_one(runs, "details_of"))


TABS: dict[str, Tab] = {
    "learning": show_learning,
    "cost": show_cost,
    "mistakes": show_mistakes,
    "digits": show_per_digit,
    "network": show_networks,
    "details": show_details,
}


def show_tabs(runs: Sequence[Run]) -> None:
    """Show the tabs; only the open one is made."""
    labels = section("history.tabs")
    tabs = st.tabs([labels[name] for name in TABS], key="tab", on_change="rerun")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(runs)
