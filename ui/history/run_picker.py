"""Which runs there are, and which of them the page shows."""

from collections.abc import Sequence

import streamlit as st

from model.network.artifact import DEFAULT, Artifact
from ui.history.jobs import training_jobs
from ui.history.runs import Run, RunError
from ui.models import DEFAULT_MODEL, zoo_files
from ui.text import escape_markdown

NO_HISTORY = (
    "The model that reads came without a history. `python -m training` trains one and writes its "
    "history here."
)
UPLOADED_RUNS = "uploaded_runs"
MAX_UPLOADED_RUNS = 12  # uploaded ones of a visit


@st.cache_resource(show_spinner=False)
def _bundled() -> list[Run | RunError]:
    """The runs whose models came with the app, the default one first."""
    found: list[Run | RunError] = []
    for file in (DEFAULT, *zoo_files()):
        card = Artifact(file).usable_card()
        if "history" in card:
            try:
                name = DEFAULT_MODEL if file == DEFAULT else file.stem
                found.append(Run.of_card(name, card))
            except RunError as error:
                found.append(error)
        elif file == DEFAULT:
            found.append(RunError(NO_HISTORY))
    return found


def bundled_runs() -> list[Run]:
    """Those of the models that came with the app."""
    return [run for run in _bundled() if isinstance(run, Run)]


def all_runs() -> list[Run]:
    """Those that came with the app, those trained from the page, and the person's own."""
    trained = [result.run for result in training_jobs().results]
    return [*bundled_runs(), *trained, *st.session_state.get(UPLOADED_RUNS, {}).values()]


def choose_runs() -> list[Run]:
    """The runs that the person wants to see; without one, the page says so and ends."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs"):
        pills = st.container(width="stretch")
        _show_uploader()
    for error in _bundled():
        if isinstance(error, RunError):
            st.info(str(error), icon=":material/info:")
    runs = all_runs()
    names = [run.name for run in runs]
    with pills:
        chosen = st.pills(
            "Runs",
            names,
            selection_mode="multi",
            default=names[:1],
            format_func=escape_markdown,
            key="run",
            bind="query-params",
            label_visibility="collapsed",
        )
    if not chosen:
        st.info("Choose a run above, or several to lay them over each other.")
        st.stop()
    return [run for run in runs if run.name in chosen]


def choose_one(runs: Sequence[Run], key: str) -> Run:
    """The run to look at where only one can be shown."""
    if len(runs) == 1:
        return runs[0]
    names = [run.name for run in runs]
    name = st.selectbox("Of the run", names, format_func=escape_markdown, key=key, width=320)
    return runs[names.index(name)]


def _show_uploader() -> None:
    with st.popover("Add a run", icon=":material/upload_file:"):
        st.file_uploader(
            "A card (`.json`) or a history (`.csv`) of your own training",
            type=["json", "csv"],
            accept_multiple_files=True,
            key="run_files",
            on_change=_add_uploaded,
            help="A card is what `python -m training` writes beside a model; a history has the "
            "columns epoch, loss, accuracy, val_loss, val_accuracy and seconds.",
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
        if run.name not in uploaded and len(uploaded) == MAX_UPLOADED_RUNS:
            errors.append(
                f"{file.name} is left out: the {MAX_UPLOADED_RUNS} runs of a visit are reached."
            )
            continue
        if run.name not in uploaded:
            state.run = [*state.get("run", []), run.name]
        uploaded[run.name] = run
    state[UPLOADED_RUNS], state.run_errors = uploaded, errors
