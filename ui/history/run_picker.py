"""Which runs there are, and which of them the page shows."""

from collections.abc import Sequence

import streamlit as st

from model.network.artifact import DEFAULT, Artifact
from ui.history.jobs import training_desk
from ui.history.runs import Run, RunError
from ui.models import DEFAULT_READER, zoo
from ui.text import as_plain

NO_HISTORY = (
    "The model that reads came without a history. `python -m training` trains one and writes its "
    "history here."
)
UPLOADED = "uploaded_runs"
MOST_RUNS = 12  # uploaded ones of a visit


@st.cache_resource(show_spinner=False)
def _with_the_app() -> list[Run | RunError]:
    """The runs whose models came with the app, the default one first."""
    found: list[Run | RunError] = []
    for file in (DEFAULT, *zoo()):
        card = Artifact(file).usable_card()
        if "history" in card:
            try:
                name = DEFAULT_READER if file == DEFAULT else file.stem
                found.append(Run.of_card(name, card))
            except RunError as error:
                found.append(error)
        elif file == DEFAULT:
            found.append(RunError(NO_HISTORY))
    return found


def runs_of_the_app() -> list[Run]:
    """Those of the models that came with the app."""
    return [run for run in _with_the_app() if isinstance(run, Run)]


def all_runs() -> list[Run]:
    """Those that came with the app, those trained from the page, and the person's own."""
    trained = [result.run for result in training_desk().results]
    return [*runs_of_the_app(), *trained, *st.session_state.get(UPLOADED, {}).values()]


def choose_runs() -> list[Run]:
    """The runs that the person wants to see; without one, the page says so and ends."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs"):
        pills = st.container(width="stretch")
        _ask_for_own()
    for error in _with_the_app():
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
            format_func=as_plain,
            key="run",
            bind="query-params",
            label_visibility="collapsed",
        )
    if not chosen:
        st.info("Choose a run above, or several to lay them over each other.")
        st.stop()
    return [run for run in runs if run.name in chosen]


def one_of(runs: Sequence[Run], key: str) -> Run:
    """The run to look at where only one can be shown."""
    if len(runs) == 1:
        return runs[0]
    names = [run.name for run in runs]
    name = st.selectbox("Of the run", names, format_func=as_plain, key=key, width=320)
    return runs[names.index(name)]


def _ask_for_own() -> None:
    with st.popover("Add a run", icon=":material/upload_file:"):
        st.file_uploader(
            "A card (`.json`) or a history (`.csv`) of your own training",
            type=["json", "csv"],
            accept_multiple_files=True,
            key="run_files",
            on_change=_take_in,
            help="A card is what `python -m training` writes beside a model; a history has the "
            "columns epoch, loss, accuracy, val_loss, val_accuracy and seconds.",
        )
        for error in st.session_state.get("run_errors", []):
            st.error(as_plain(error), icon=":material/broken_image:")


def _take_in() -> None:
    """Keep what was uploaded for as long as the visit lasts, and show it."""
    state = st.session_state
    uploaded: dict[str, Run] = dict(state.get(UPLOADED, {}))
    errors = []
    for file in state.run_files:
        try:
            run = Run.of_file(file.name, file.getvalue())
        except RunError as error:
            errors.append(str(error))
            continue
        if run.name not in uploaded and len(uploaded) == MOST_RUNS:
            errors.append(f"{file.name} is left out: the {MOST_RUNS} runs of a visit are reached.")
            continue
        if run.name not in uploaded:
            state.run = [*state.get("run", []), run.name]
        uploaded[run.name] = run
    state[UPLOADED], state.run_errors = uploaded, errors
