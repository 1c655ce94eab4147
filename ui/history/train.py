"""Training from the page, where the server allows it, with live curves."""

import io
import time
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec

import streamlit as st

from ui.history.curves import METRICS, curve_chart, curve_rows
from ui.history.jobs import (
    Job,
    JobRequest,
    Result,
    TrainingRefusedError,
    data_on_offer,
    training_jobs,
)
from ui.history.run_picker import bundled_runs
from ui.history.settings_form import ask_settings
from ui.models import DEFAULT_MODEL, model_label
from ui.text import escape_markdown, text

POLL_SECONDS = 1.0  # between two updates of a running training


def show_training() -> None:
    """Choose and start a training, or follow the one that runs; nothing where it is off."""
    offer = data_on_offer()
    if not offer or not can_train():
        return
    jobs = training_jobs()
    with st.expander(
        text("train.title"), icon=":material/model_training:", key="train", on_change="rerun"
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
            _offer_model(result)


def can_train() -> bool:
    """Return whether this installation holds what a training needs; the container does not."""
    return all(find_spec(name) for name in ("training", "tensorflow"))


def _show_form(offer: Mapping[str, str]) -> None:
    # Those that read single digits; the others learn from scenes.
    runs = [run for run in bundled_runs() if run.card.confusion_matrix]
    cards = [run.card for run in runs if run.card.hyperparameters]
    # Not the default one, which learns for hours and from pen strokes too.
    recipes = {
        card.recipe: card.hyperparameters
        for card in cards
        if card.recipe and card.recipe != DEFAULT_MODEL
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recipe = st.selectbox(
            text("train.recipe"), recipes, format_func=model_label, key="train_recipe", width=260
        )
        data = st.selectbox(text("train.data"), offer, key="train_data", width=300)
    if recipe is None:
        st.info(text("train.no_recipes"))
        return
    with st.form("train_settings", border=False):
        settings = ask_settings(recipe, recipes[recipe])
        if st.form_submit_button(
            text("train.start"), type="primary", icon=":material/play_arrow:", key="start_training"
        ):
            _start(JobRequest(recipe, offer[data], settings))


def _start(request: JobRequest) -> None:
    try:
        training_jobs().start(request)
    except TrainingRefusedError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.rerun()


@st.fragment(run_every=POLL_SECONDS)
def _show_running() -> None:
    """Show the running training; only this part of the page runs again, all of it at the end."""
    jobs = training_jobs()
    job = jobs.job
    if job is None:
        st.rerun()
        return
    _show_progress(job)
    if st.button(text("train.cancel"), icon=":material/stop:", key="cancel_training"):
        jobs.cancel()
        st.rerun()
    run = job.history
    if run:
        for column, metric in zip(st.columns(2), METRICS, strict=True):
            chart = curve_chart(curve_rows([run], metric), metric)
            column.altair_chart(chart, width="stretch", key=f"live_{metric}")


def _show_progress(job: Job) -> None:
    run, recipe = job.history, model_label(job.request.recipe)
    elapsed = time.monotonic() - job.started
    if run is None:
        st.progress(0.0, text("train.preparing", recipe=recipe, seconds=round(elapsed)))
        return
    done = len(run.epochs)
    epochs = max(job.request.epochs, done)
    left = (run.card.seconds or elapsed) / done * (epochs - done)
    if done < epochs:
        progress = text(
            "train.epoch", recipe=recipe, epoch=done, epochs=epochs, seconds=round(left)
        )
    else:
        progress = text("train.testing", recipe=recipe)
    st.progress(done / epochs, progress)


def _offer_model(result: Result) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in result.files.items():
            archive.writestr(name, content)
    st.download_button(
        text("train.download", run=escape_markdown(result.run.label)),
        file.getvalue(),
        f"{result.name}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        key=f"download_{result.name}",
    )
