"""Which runs there are, and which of them the page shows."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from ui.history.jobs import training_jobs
from ui.history.runs import Run, RunError
from ui.models import DEFAULT_MODEL, zoo_files
from ui.text import escape_markdown, section, text

UPLOADED_RUNS = "uploaded_runs"
MAX_UPLOADED_RUNS = 12  # of a visit


@st.cache_resource(show_spinner=False)
def bundled_runs() -> list[Run]:
    """Return the runs whose models came with the app, the default one first."""
    whole_image = (DEFAULT_MODEL_FILE.with_name(f"{name}.keras") for name in section("networks"))
    files = (DEFAULT_MODEL_FILE, *zoo_files(), *filter(Path.is_file, whole_image))
    cards = {file: Artifact(file).load_card() for file in files}
    return [
        Run(DEFAULT_MODEL if file == DEFAULT_MODEL_FILE else file.stem, card)
        for file, card in cards.items()
        if card.history
    ]


def all_runs() -> list[Run]:
    """Return those that came with the app, those trained from the page, and the person's own."""
    trained = [result.run for result in training_jobs().results]
    return [*bundled_runs(), *trained, *st.session_state.get(UPLOADED_RUNS, {}).values()]


def choose_runs() -> list[Run]:
    """Return the runs that the person wants to see; without one, show a hint and end the page."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs"):
        pills = st.container(width="stretch")
        _show_uploader()
    runs = {run.name: run for run in all_runs()}
    if DEFAULT_MODEL not in runs:
        st.info(text("history.default_has_no_history"), icon=":material/info:")
    with pills:
        chosen = st.pills(
            text("history.runs"),
            list(runs),
            selection_mode="multi",
            default=_default(list(runs)),
            format_func=lambda name: escape_markdown(runs[name].label),
            key="run",
            on_change=_put_in_address,
            label_visibility="collapsed",
        )
    if not chosen:
        st.info(text("history.choose_run"))
        st.stop()
    return [run for run in runs.values() if run.name in chosen]


def _default(names: list[str]) -> list[str]:
    """The runs that the address names, else the first one."""
    return [name for name in st.query_params.get_all("run") if name in names] or names[:1]


def _put_in_address() -> None:
    # Not by binding the pills to the address, which would get their labels. A person's own files
    # are not in it: the address may be shared, the files stay.
    bundled = {run.name for run in bundled_runs()}
    st.query_params["run"] = [name for name in st.session_state.run if name in bundled]


def choose_one(runs: Sequence[Run], key: str) -> Run:
    """Return the run to look at where only one can be shown."""
    if len(runs) == 1:
        return runs[0]
    by_name = {run.name: run for run in runs}
    name = st.selectbox(
        text("history.run"),
        by_name,
        format_func=lambda name: escape_markdown(by_name[name].label),
        key=key,
        width=320,
    )
    return by_name[name]


def _show_uploader() -> None:
    with st.popover(text("history.add"), icon=":material/upload_file:"):
        st.file_uploader(
            text("history.upload"),
            type=["json", "csv"],
            accept_multiple_files=True,
            key="run_files",
            on_change=_add_uploaded,
            help=text("history.upload_help"),
        )
        for error in st.session_state.get("run_errors", []):
            st.error(escape_markdown(error), icon=":material/broken_image:")


def _add_uploaded() -> None:
    """Keep what was uploaded for as long as the visit lasts, and show it."""
    state = st.session_state
    uploaded: dict[str, Run] = dict(state.get(UPLOADED_RUNS, {}))
    errors = []
    for file in state.run_files:
        try:
            run = Run.of_file(file.name, file.getvalue())
        except RunError as error:
            errors.append(str(error))
            continue
        if run.name not in uploaded:
            if len(uploaded) == MAX_UPLOADED_RUNS:
                errors.append(
                    text("history.too_many_runs", name=file.name, limit=MAX_UPLOADED_RUNS)
                )
                continue
            state.run = [*state.get("run", []), run.name]
        uploaded[run.name] = run
    state[UPLOADED_RUNS], state.run_errors = uploaded, errors
