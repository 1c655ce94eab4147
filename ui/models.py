"""The models that came with the app: each loaded once, for all visitors."""

import contextlib
import gc
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from model import ModelError, Stroke
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from ui.images import pixels_html
from ui.text import section, text

if TYPE_CHECKING:
    from model import Recognizer

LOAD_SECONDS = 3  # that a page waits for a model; a compiled one needs less
ZOO = DEFAULT_MODEL_FILE.with_name("zoo")
DEFAULT_MODEL = "default"  # reads unless the person chooses another one
# A one, to read behind the page: what only a reading imports and allocates is there then.
WARM_UP_DRAWING = (Stroke(np.array([(50, 20), (50, 80)], np.float32), width=10), (100, 100))


def zoo_files() -> list[Path]:
    """Return the models of the other recipes."""
    return sorted(file for file in ZOO.glob("*.keras") if file.stem != DEFAULT_MODEL)


def model_files() -> dict[str, Path]:
    """Return all models by name, the default one first."""
    return {DEFAULT_MODEL: DEFAULT_MODEL_FILE} | {file.stem: file for file in zoo_files()}


def model_label(name: str) -> str:
    """Return what people call a model; of an unknown one its own name."""
    return section("models").get(name, name)


@st.cache_resource(show_spinner=False)
def _loading(file: Path) -> "Future[Recognizer]":
    """Start to load a model, once; a failure is kept too, or every stroke would try again."""
    loading: Future[Recognizer] = Future()
    # A thread that the end of the server does not wait for.
    threading.Thread(target=_load, args=(file, loading), name="load", daemon=True).start()
    return loading


def _load(file: Path, loading: "Future[Recognizer]") -> None:
    """Load a model; compile it first, in a process of its own, where that was not done."""
    try:
        from model import Recognizer
        from model.network.compile import compile_in_subprocess

        artifact = Artifact(file)
        if artifact.read_compiled() is None:
            compile_in_subprocess(artifact)
        loading.set_result(Recognizer.load(file))
    except BaseException as error:  # the one who waits for it gets it
        loading.set_exception(error)


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Begin to load the default model behind the page that shows first, once for all visitors."""
    thread = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    with contextlib.suppress(ModelError):  # which the page shows
        stroke, size = WARM_UP_DRAWING
        for digit in recognizer().trace_strokes([stroke], size).reading.digits:
            pixels_html(digit)
    freeze_objects("the first reading")


def recognizer(file: Path = DEFAULT_MODEL_FILE) -> "Recognizer":
    """Return the recognizer, however long it takes. Raises ModelError if its model is unusable."""
    return _loading(file).result()


def recognizer_if_ready(file: Path) -> "Recognizer":
    """Return the recognizer. Raises ModelError if its model cannot be used or loads too slowly."""
    try:
        return _loading(file).result(timeout=LOAD_SECONDS)
    except TimeoutError:
        raise ModelError(text("app.model_not_ready")) from None


def recognizer_or_stop(file: Path = DEFAULT_MODEL_FILE) -> "Recognizer":
    """Return the recognizer; if there is none, or none yet, show why and end the page."""
    loading = _loading(file)
    try:
        loaded = loading.result(timeout=LOAD_SECONDS)
    except TimeoutError:
        st.info(text("app.reader_not_ready"), icon=":material/hourglass:")
        _rerun_when_loaded(loading)
        st.stop()
    except ModelError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    return loaded


@st.fragment(run_every=1)
def _rerun_when_loaded(loading: "Future[Recognizer]") -> None:
    if loading.done():
        st.rerun()


@st.cache_resource(show_spinner=False)
def freeze_objects(after: str) -> None:  # noqa: ARG001 - what the cache goes by
    """Exclude today's objects from garbage collection; once for each moment that has a name.

    Streamlit collects after every run of a page, for all visitors' pages one after the other.
    Modules and models stay for good; looking through all of them each time would delay every
    visitor's next stroke.
    """
    gc.collect()
    gc.freeze()
