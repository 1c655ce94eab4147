"""Training from the page, where the server allows it, with live curves."""

import io
import time
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import streamlit as st

from ui.history.curves import curve_chart, curve_rows
from ui.history.jobs import (
    Job,
    Order,
    Result,
    TrainingRefusedError,
    data_on_offer,
    training_desk,
)
from ui.history.run_picker import runs_of_the_app
from ui.models import DEFAULT_READER
from ui.text import as_plain

EVERY = 1.0  # seconds between two looks at a run


def show_training() -> None:
    """Choose and start a training, or follow the one that runs; nothing where it is off."""
    offer = data_on_offer()
    if not offer or not can_train():
        return
    desk = training_desk()
    with st.expander(
        "Train here", icon=":material/model_training:", key="train", on_change="rerun"
    ) as expander:
        if not expander.open:
            return
        if desk.job:
            _follow()
            return
        if desk.failure:
            st.error(as_plain(desk.failure), icon=":material/error:")
        _ask(offer)
        for result in desk.results:
            _offer_files(result)


def can_train() -> bool:
    """Return whether this installation holds what a training needs; the container does not."""
    return all(find_spec(name) for name in ("training", "tensorflow"))


def _ask(offer: Mapping[str, str]) -> None:
    cards = [run.card for run in runs_of_the_app() if "hyperparameters" in run.card]
    # Not the default one, which learns for hours and from pen strokes too.
    recipes = {
        card["recipe"]: card["hyperparameters"]
        for card in cards
        if card.get("recipe", DEFAULT_READER) != DEFAULT_READER
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recipe = st.selectbox("Recipe", recipes, key="train_recipe", width=200)
        data = st.selectbox("Learns from", offer, key="train_data", width=300)
    if recipe is None:
        st.info("No card here tells the hyperparameters of a recipe.")
        return
    with st.form("train_settings", border=False):
        with st.container(horizontal=True):
            settings = {n: _setting(recipe, n, value) for n, value in recipes[recipe].items()}
        if st.form_submit_button("Train", type="primary", icon=":material/play_arrow:"):
            _start(Order(recipe, offer[data], settings))


def _setting(recipe: str, name: str, value: Any) -> Any:
    label, key = name.replace("_", " ").capitalize(), f"{recipe}_{name}"
    if isinstance(value, bool):
        return st.checkbox(label, value, key=key)
    if isinstance(value, int):
        return st.number_input(label, value=value, step=1, key=key, width=150)
    if isinstance(value, float):
        return st.number_input(label, value=value, format="%g", key=key, width=150)
    return st.text_input(label, str(value), key=key, width=150)


def _start(order: Order) -> None:
    try:
        training_desk().start(order)
    except TrainingRefusedError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.rerun()


@st.fragment(run_every=EVERY)
def _follow() -> None:
    """A look at the run; only this part of the page runs again, and all of it once it ends."""
    desk = training_desk()
    job = desk.job
    if job is None:
        st.rerun()
        return
    _show_progress(job)
    if st.button("Cancel", icon=":material/stop:", key="cancel_training"):
        desk.cancel()
        st.rerun()
    run = job.history
    if run:
        for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
            chart = curve_chart(curve_rows([run], metric), metric)
            column.altair_chart(chart, width="stretch", key=f"live_{metric}")


def _show_progress(job: Job) -> None:
    run, name = job.history, job.order.recipe
    seconds = time.monotonic() - job.started
    if run is None:
        st.progress(0.0, f"{name}: getting ready, {seconds:.0f} s")
        return
    done = len(run.epochs)
    epochs = max(job.order.epochs, done)
    left = run.card.get("seconds", seconds) / done * (epochs - done)
    words = f"epoch {done} of {epochs}, about {left:.0f} s left" if left else "being judged"
    st.progress(done / epochs, f"{name}: {words}")


def _offer_files(result: Result) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in result.files.items():
            archive.writestr(name, content)
    st.download_button(
        f"{result.run.name}: the model and its card",
        file.getvalue(),
        f"{result.run.name.replace(' ', '-')}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
    )
