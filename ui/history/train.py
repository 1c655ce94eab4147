"""Training from the page, where the server allows it, with live curves."""

import io
import time
import zipfile
from collections.abc import Mapping
from typing import Any

import streamlit as st

from ui.history.curves import curve_chart, curve_rows
from ui.history.jobs import (
    Job,
    JobRequest,
    Result,
    TrainingRefusedError,
    data_on_offer,
    training_jobs,
)
from ui.history.run_picker import bundled_runs
from ui.models import DEFAULT_MODEL
from ui.text import escape_markdown

POLL_SECONDS = 1.0  # seconds between two looks at a run


def show_training() -> None:
    """Choose and start a training, or follow the one that runs; nothing where it is off."""
    offer = data_on_offer()
    if not offer:
        return
    jobs = training_jobs()
    with st.expander(
        "Train here", icon=":material/model_training:", key="train", on_change="rerun"
    ) as expander:
        if not expander.open:
            return
        if jobs.job:
            _show_running()
            return
        if jobs.failure:
            st.error(escape_markdown(jobs.failure), icon=":material/error:")
        _show_form(offer)
        for result in jobs.results:
            _offer_download(result)


def _show_form(offer: Mapping[str, str]) -> None:
    cards = [run.card for run in bundled_runs() if "hyperparameters" in run.card]
    # Not the default one, which learns for hours and from pen strokes too.
    recipes = {
        card["recipe"]: card["hyperparameters"]
        for card in cards
        if card.get("recipe", DEFAULT_MODEL) != DEFAULT_MODEL
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
            _start(JobRequest(recipe, offer[data], settings))


def _setting(recipe: str, name: str, value: Any) -> Any:
    label, key = name.replace("_", " ").capitalize(), f"{recipe}_{name}"
    if isinstance(value, bool):
        return st.checkbox(label, value, key=key)
    if isinstance(value, int):
        return st.number_input(label, value=value, step=1, key=key, width=150)
    if isinstance(value, float):
        return st.number_input(label, value=value, format="%g", key=key, width=150)
    return st.text_input(label, str(value), key=key, width=150)


def _start(request: JobRequest) -> None:
    try:
        training_jobs().start(request)
    except TrainingRefusedError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.rerun()


@st.fragment(run_every=POLL_SECONDS)
def _show_running() -> None:
    """A look at the run; only this part of the page runs again, and all of it once it ends."""
    jobs = training_jobs()
    job = jobs.job
    if job is None:
        st.rerun()
        return
    _show_progress(job)
    if st.button("Cancel", icon=":material/stop:", key="cancel_training"):
        jobs.cancel()
        st.rerun()
    run = job.history
    if run:
        for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
            chart = curve_chart(curve_rows([run], metric), metric)
            column.altair_chart(chart, width="stretch", key=f"live_{metric}")


def _show_progress(job: Job) -> None:
    run, name = job.history, job.request.recipe
    seconds = time.monotonic() - job.started
    if run is None:
        st.progress(0.0, f"{name}: getting ready, {seconds:.0f} s")
        return
    done = len(run.epochs)
    epochs = max(job.request.epochs, done)
    left = run.card.get("seconds", seconds) / done * (epochs - done)
    words = f"epoch {done} of {epochs}, about {left:.0f} s left" if left else "being judged"
    st.progress(done / epochs, f"{name}: {words}")


def _offer_download(result: Result) -> None:
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
