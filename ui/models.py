"""The recognisers that the app came with: each loaded once, for all visitors."""

import contextlib
import gc
import os
import threading
from concurrent.futures import Future, TimeoutError  # noqa: A004 - 3.10's
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from model import ModelError, Stroke
from model.network.artifact import DEFAULT, Artifact
from model.network.compile import compile_in_subprocess
from ui.images import pixels_html

if TYPE_CHECKING:
    from model import Recognizer

LOAD_SECONDS = 3  # seconds that a page waits for a model; one with a compiled twin needs less
WAIT = (
    "The model is being prepared. One that was just put in is compiled first, which takes about a "
    "minute; it is quick from then on. This page goes on by itself."
)
ZOO = DEFAULT.with_name("zoo")
DEFAULT_MODEL = "default"  # reads unless the person chooses another one
# A one, to read behind the page: what only a reading imports and allocates is there then.
WARM_UP_DRAWING = (Stroke(np.array([(50, 20), (50, 80)], np.float32), width=10), (100, 100))


def zoo_files() -> list[Path]:
    """The models of the other recipes."""
    return sorted(file for file in ZOO.glob("*.keras") if file.stem != DEFAULT_MODEL)


def model_files() -> dict[str, Path]:
    """The models of all that can read, by name, the default one first."""
    return {DEFAULT_MODEL: DEFAULT} | {file.stem: file for file in zoo_files()}


@st.cache_resource(show_spinner=False)
def _loading(file: Path) -> "Future[Recognizer]":
    """A recogniser, or what will be one; a failure is kept too, or every stroke would try again."""
    loading: Future[Recognizer] = Future()
    # A thread that the end of the server does not wait for.
    threading.Thread(target=_load, args=(file, loading), name="load", daemon=True).start()
    return loading


def _load(file: Path, loading: "Future[Recognizer]") -> None:
    """Load a model; one without a compiled twin is compiled first, in a process of its own."""
    try:
        from model import Recognizer

        artifact = Artifact(file)
        if artifact.read_compiled() is None:
            compile_in_subprocess(artifact)
        loading.set_result(Recognizer.load(file))
    except BaseException as error:  # the one who waits for it gets it
        loading.set_exception(error)


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Begin to load the recogniser behind the page that shows first, once for all visitors."""
    thread = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    with contextlib.suppress(ModelError):  # which the page shows
        stroke, size = WARM_UP_DRAWING
        for digit in recognizer().trace_strokes([stroke], size).reading.digits:
            pixels_html(digit)
    freeze_objects("the first reading")


@st.cache_resource(show_spinner=False)
def reading_turn() -> threading.BoundedSemaphore:
    """Held while a photo is read: more of them at once than cores take memory and save no time."""
    return threading.BoundedSemaphore(os.cpu_count() or 1)


def recognizer(file: Path = DEFAULT) -> "Recognizer":
    """The recogniser, however long it takes. Raises ModelError where its model cannot be used."""
    return _loading(file).result()


def recognizer_if_ready(file: Path) -> "Recognizer":
    """The recogniser. Raises ModelError where its model cannot be used, or not for a while."""
    try:
        return _loading(file).result(timeout=LOAD_SECONDS)
    except TimeoutError:
        raise ModelError(f"The model {file.name} is being prepared.") from None


def recognizer_or_stop(file: Path = DEFAULT) -> "Recognizer":
    """The recogniser; where there is none, or none yet, the page says why and ends."""
    loading = _loading(file)
    try:
        loaded = loading.result(timeout=LOAD_SECONDS)
    except TimeoutError:
        st.info(WAIT, icon=":material/hourglass:")
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
    """Let the collector no longer look at what there is now; once for each name of a moment.

    Streamlit has it run after every run of a page, for all visitors' pages one after the other.
    Modules and models stay for good; to look through all of them each time would hold up every
    visitor's next stroke.
    """
    gc.collect()
    gc.freeze()
