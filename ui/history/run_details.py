"""What a run measured, and everything needed to repeat it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from model.card import Card, TestFigures
from ui.history.confusion import show_examples
from ui.history.cost import cost_rows
from ui.history.runs import Run
from ui.tables import table
from ui.text import escape_markdown, text

COLUMN_FORMATS = {"accuracy": ".2%", "low": ".2%", "high": ".2%", "seconds": ",.0f"}


def show_test_figures(runs: Sequence[Run]) -> None:
    """Show what was measured on the test digits: large for one run, a table for several."""
    tested = [run for run in runs if run.card.test]
    if len(runs) == 1 and runs[0].card.test:
        _show_figures(runs[0].card, runs[0].card.test)
    elif tested:
        table(cost_rows(tested), "runs.csv", formats=COLUMN_FORMATS)
    for run in runs:
        if run not in tested:
            name = escape_markdown(run.label)
            st.caption(text("history.no_test_of_run", run=name, n=len(run.epochs)))


def _show_figures(card: Card, test: TestFigures) -> None:
    low, high = test.accuracy_interval_95
    with st.container(horizontal=True, gap="small"):
        st.metric(text("figures.accuracy"), f"{test.accuracy:.2%}", width="content")
        if test.loss is not None:
            st.metric(text("figures.loss"), f"{test.loss:.4f}", width="content")
        st.metric(text("figures.digits"), f"{test.n:,}", width="content")
    measured = text(
        "figures.measured",
        n=test.n,
        set=escape_markdown(test.set or text("figures.test_set")),
        low=f"{low:.2%}",
        high=f"{high:.2%}",
    )
    st.caption(" ".join(filter(None, (measured, _weights_kept(card)))))


def _weights_kept(card: Card) -> str:
    if card.best_epoch is None:
        return ""
    averaged = card.averaged or (card.best_epoch,)
    if len(averaged) > 1:
        return text("figures.epochs_averaged", epochs=", ".join(map(str, averaged)))
    return text("figures.epoch_kept", epoch=card.best_epoch, epochs=len(card.history))


def show_run_details(run: Run) -> None:
    """Show the command, the machine, the data and the versions; and some digits read right."""
    card = run.card
    if card.command:
        st.code(card.command, language=None, wrap_lines=True)
    details = _details(card)
    if details:
        # Not st.table, which cuts long values off on a phone.
        rows = (
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
            for name, value in details.items()
        )
        st.html(f'<table class="details">{"".join(rows)}</table>')
    else:
        st.info(text("details.history_only"))
    if card.examples.right:
        st.header(text("details.right"))
        show_examples(card.examples.right, text("details.right_about"))


def _details(card: Card) -> dict[str, str]:
    details = {
        text("details.recipe"): card.recipe,
        text("details.parameters"): None if card.parameters is None else f"{card.parameters:,}",
        text("details.trained_for"): _duration(card),
        text("details.finished"): card.finished,
        text("details.stopped_early"): _yes_or_no(card.interrupted),
        text("details.hyperparameters"): _listed(card.hyperparameters),
        text("details.versions"): _listed(card.versions),
    }
    for data in card.data:
        counts = ", ".join(f"{count:,} {part}" for part, count in data.counts.items())
        parts = (counts, data.source, data.licence)
        details[text("details.data", name=data.name)] = "; ".join(filter(None, parts))
        details[text("details.sha256", name=data.name)] = data.sha256
    return {name: value for name, value in details.items() if value}


def _duration(card: Card) -> str:
    if card.seconds is None:
        return ""
    seconds = round(card.seconds)
    if card.machine:
        return text("details.seconds_on", n=seconds, machine=card.machine)
    return text("details.seconds", n=seconds)


def _yes_or_no(answer: bool | None) -> str:
    if answer is None:
        return ""
    return text("details.yes") if answer else text("details.no")


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
