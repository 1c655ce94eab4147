"""The parts of the page, each shown for the runs that were chosen."""

from collections.abc import Callable, Sequence

import streamlit as st

from ui.history.confusion import show_confusion
from ui.history.cost import COSTS, cost_chart, cost_rows
from ui.history.curves import SETS, curve_chart, curve_rows, history_rows
from ui.history.network import show_network
from ui.history.per_digit import (
    MEASURES,
    digit_chart,
    digit_rows,
    digit_table,
    reliability_chart,
    reliability_rows,
)
from ui.history.run_details import NO_TEST, show_run_details, show_test_figures
from ui.history.run_picker import all_runs, choose_one
from ui.history.runs import Run
from ui.tables import csv_button, table
from ui.text import escape_markdown

Tab = Callable[[Sequence[Run]], None]


def show_learning(runs: Sequence[Run]) -> None:
    """Figures, and accuracy and loss by epoch."""
    show_test_figures(runs)
    with st.container(horizontal=True, vertical_alignment="bottom", key="curve_options"):
        sets = st.pills(
            "Digits", list(SETS), selection_mode="multi", default=list(SETS), key="digit_sets"
        )
        smoothing = st.slider("Smoothing", 0.0, 0.95, 0.0, 0.05, key="smoothing", width=200)
        log = st.toggle("Logarithmic", key="log_scale")
    for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
        column.altair_chart(
            curve_chart(curve_rows(runs, metric, sets, smoothing), metric, log=log),
            width="stretch",
            alt=f"{metric.capitalize()} by epoch; the CSV has its figures",
        )
    dashes = "Training is dashed, validation solid; a" if len(runs) > 1 else "A"
    words = f"{dashes} ring marks the epoch that was kept, or the last one in a mean."
    st.caption(words + "".join(map(_explain_low_accuracy, runs)))
    csv_button(history_rows(runs), "history.csv")


def _explain_low_accuracy(run: Run) -> str:
    """Why a run is less often right in training than on validation digits, if this is why."""
    share = run.card.get("hyperparameters", {}).get("no_digit", 0)
    if not isinstance(share, int | float) or not 0 < share <= 1:
        return ""
    return (
        f" Of what {escape_markdown(run.name)} learned from, {100 * share:.0f} % are marks that are no "
        "digits, where no answer is right: so it is right more often on validation digits."
    )


def show_cost(runs: Sequence[Run]) -> None:
    """Time and multiply-adds against accuracy: of all runs, in the colours of the chosen ones."""
    rows = cost_rows([*runs, *(run for run in all_runs() if run not in runs)])
    if not rows:
        st.info(NO_TEST)
        return
    for column, cost in zip(st.columns(2), COSTS, strict=True):
        column.altair_chart(cost_chart(rows, cost), width="stretch")
    show_test_figures([run for run in all_runs() if "test" in run.card])


def show_mistakes(runs: Sequence[Run]) -> None:
    """The confusion matrix and the digits behind its cells."""
    run = choose_one(runs, "mistakes_of")
    if "confusion_matrix" in run.card:
        show_confusion(run)
    else:
        st.info(NO_TEST)


def show_per_digit(runs: Sequence[Run]) -> None:
    """Precision, recall and F1 of each digit, and the calibration curve."""
    tested = [run for run in runs if "confusion_matrix" in run.card]
    if not tested:
        st.info(NO_TEST)
        return
    rows = [row for run in tested for row in digit_rows(run)]
    left, right = st.columns(2)
    with left:
        measure = str(
            st.segmented_control(
                "Measure", MEASURES, default="F1", required=True, key="measure",
                label_visibility="collapsed",
            )
        )  # fmt: skip
    left.altair_chart(digit_chart(rows, measure), width="stretch")
    with right:
        _show_reliability(tested)
    if len(tested) == 1:
        table(rows, "digits.csv", formats=dict.fromkeys(MEASURES, ".2%"))
    else:
        shown = digit_table(rows, measure)
        table(
            shown, "digits.csv", formats=dict.fromkeys((r.name for r in tested), ".2%"), full=rows
        )


def _show_reliability(runs: Sequence[Run]) -> None:
    st.caption("Calibration: on the dashed line it is right as often as it is sure.")
    bins = reliability_rows(runs)
    if bins:
        st.altair_chart(reliability_chart(bins), width="stretch")
    lacking = [escape_markdown(run.name) for run in runs if "reliability" not in run.card]
    if lacking:
        st.info(f"No calibration curve on the card of {', '.join(lacking)}.")


def show_networks(runs: Sequence[Run]) -> None:
    """One run's network."""
    show_network(choose_one(runs, "network_of"))


def show_runs(runs: Sequence[Run]) -> None:
    """One run's facts."""
    show_run_details(choose_one(runs, "facts_of"))


TABS: dict[str, Tab] = {
    "Learning": show_learning,
    "Cost": show_cost,
    "Mistakes": show_mistakes,
    "Digit by digit": show_per_digit,
    "Network": show_networks,
    "The run": show_runs,
}


def show_tabs(runs: Sequence[Run]) -> None:
    """A tab for each part; only the open one is made."""
    for tab, show in zip(st.tabs(list(TABS), key="tab", on_change="rerun"), TABS.values(),
                         strict=True):  # fmt: skip
        if tab.open:
            with tab:
                show(runs)
