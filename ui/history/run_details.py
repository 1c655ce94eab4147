"""What a run measured, and everything needed to repeat it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from ui.history.confusion import show_digits
from ui.history.cost import cost_rows
from ui.history.runs import Run
from ui.tables import table
from ui.text import escape_markdown

COLUMN_TITLES = {
    "run": "Run",
    "accuracy": "Test accuracy",
    "low": "95 % from",
    "high": "to",
    "test_digits": "Test digits",
    "epochs": "Epochs",
    "seconds": "Seconds",
    "parameters": "Parameters",
    "multiply_adds": "Multiply-adds",
}
COLUMN_FORMATS = {"accuracy": ".2%", "low": ".2%", "high": ".2%", "seconds": ",.0f"}
NO_TEST = "This run was not judged on test digits: only a card tells about those."


def show_test_figures(runs: Sequence[Run]) -> None:
    """What was measured on the test digits: large for one run, a table for several."""
    judged = [run for run in runs if "test" in run.card]
    if len(runs) == 1 and judged:
        _show_figures(runs[0].card)
    elif judged:
        table(cost_rows(judged), "runs.csv", titles=COLUMN_TITLES, formats=COLUMN_FORMATS)
    for run in runs:
        if run not in judged:
            st.caption(f"{escape_markdown(run.name)}: {len(run.epochs)} epochs. {NO_TEST}")


def _show_figures(card: Mapping[str, Any]) -> None:
    test, n = card["test"], f"{card['test']['n']:,}"
    low, high = (100 * bound for bound in test["accuracy_interval_95"])
    with st.container(horizontal=True, gap="small"):
        st.metric("Test accuracy", f"{100 * test['accuracy']:.2f} %", width="content")
        if "loss" in test:
            st.metric("Test loss", f"{test['loss']:.4f}", width="content")
        st.metric("Test digits", n, width="content")
    words = (
        f"Measured once, on {n} digits of {escape_markdown(test.get('set', 'a test set'))} that were not "
        f"learned from; the 95 % interval of the accuracy is {low:.2f} to {high:.2f} %."
    )
    st.caption(words + _kept(card))


def _kept(card: Mapping[str, Any]) -> str:
    if "best_epoch" not in card:
        return ""
    last, of = card["best_epoch"], len(card["history"])
    averaged = card.get("averaged", [last])
    if len(averaged) == 1:
        return f" Epoch {last} of {of} was kept (ringed)."
    epochs = f"{', '.join(map(str, averaged[:-1]))} and {averaged[-1]}"
    return f" Of {of} epochs the mean of the weights after {epochs} was kept ({last} is ringed)."


def show_run_details(run: Run) -> None:
    """The command, where it ran, what on and with what; and some digits that it read right."""
    card = run.card
    if "command" in card:
        st.code(card["command"], language="bash", wrap_lines=True)
    facts = _facts(card)
    if facts:
        # Not st.table, which cuts long values off on a phone.
        rows = (
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
            for name, value in facts.items()
        )
        st.html(f'<table class="facts">{"".join(rows)}</table>')
    else:
        st.info("This run came as a history; only a card tells how it was trained.")
    right = card.get("examples", {}).get("right")
    if right:
        st.subheader("Test digits read right")
        show_digits(right, "Taken evenly from the whole test set.")


def _facts(card: Mapping[str, Any]) -> dict[str, str]:
    where = f" on {card['machine']}" if "machine" in card else ""
    facts = {
        "Recipe": card.get("recipe"),
        "Parameters": f"{card['parameters']:,}" if "parameters" in card else None,
        "Trained for": f"{card['seconds']:,.0f} seconds{where}" if "seconds" in card else None,
        "Finished": card.get("finished"),
        "Stopped early": ("yes" if card["interrupted"] else "no")
        if "interrupted" in card
        else None,
        "Hyperparameters": _listed(card.get("hyperparameters")),
        "Versions": _listed(card.get("versions")),
    }
    for data in card.get("data", []):
        counts = ", ".join(f"{count:,} {part}" for part, count in data.get("counts", {}).items())
        parts = (counts, data.get("source"), data.get("licence"))
        facts[f"Data: {data['name']}"] = "; ".join(filter(None, parts))
        facts[f"SHA-256 of {data['name']}"] = data.get("sha256")
    return {name: value for name, value in facts.items() if value}


def _listed(values: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in (values or {}).items())
