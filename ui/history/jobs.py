"""Training from the page: one run at a time for the whole server, in a process of its own.

The server itself never loads TensorFlow; what it learns of the run comes from the files that the
run writes.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from model.settings import training_switch
from ui.history.runs import Run, RunError
from ui.models import model_label
from ui.text import text

ROOT = Path(__file__).resolve().parents[2]
TRAIN_COMMAND = (sys.executable, "-m", "training")
DATA_SUFFIXES = (".npz", ".zip")  # data sets of one file; others are a folder each
MAX_RESULTS = 5  # results, of about a megabyte each
HISTORY_FILE, ERRORS_FILE = "history.csv", "errors.txt"


class TrainingRefusedError(Exception):
    """A training that cannot be started; its message is one sentence for the person."""


@dataclass(frozen=True)
class JobRequest:
    """A training to start: recipe, data, hyperparameters."""

    recipe: str
    data: str  # as `--data` takes it
    settings: Mapping[str, Any] = field(default_factory=dict)  # hyperparameters by name

    @property
    def epochs(self) -> int:
        """The most epochs there will be; 0 if unknown."""
        epochs = self.settings.get("epochs", 0)
        return epochs if isinstance(epochs, int) else 0


@dataclass(frozen=True, eq=False)
class Result:
    """A finished training: its card as a run, and its files by name."""

    name: str  # of files
    run: Run
    files: Mapping[str, bytes]


class Job:
    """A running training. Its process and its folder end with it, or with the server."""

    def __init__(self, request: JobRequest, command: Sequence[str]) -> None:
        self.request = request
        self.started = time.monotonic()
        self.folder = Path(tempfile.mkdtemp(prefix="digit-training-"))
        config = self.folder / "config.json"
        wanted = {"recipe": request.recipe, "hyperparameters": dict(request.settings)}
        config.write_text(json.dumps(wanted), "utf-8")
        arguments = [
            *command,
            request.recipe,
            f"--config={config}",
            f"--csv={self.folder / HISTORY_FILE}",
        ]
        with (self.folder / ERRORS_FILE).open("wb") as errors:
            self.process = subprocess.Popen(  # noqa: S603 - our own program; what people chose is in the file
                [*arguments, f"--out={self.folder / 'out'}", "--data", request.data],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,  # so that its own processes end with it
            )
        _lower_priority(self.process.pid)
        self.end = weakref.finalize(self, _stop_and_clean, self.process, self.folder)

    @property
    def history(self) -> Run | None:
        """The epochs so far; None before the first has ended."""
        try:
            return Run.of_csv(self.request.recipe, (self.folder / HISTORY_FILE).read_bytes())
        except (OSError, RunError):  # not written yet
            return None

    def result(self, number: int) -> Result:
        """Return what it wrote. Raises TrainingRefusedError, with the run's own message."""
        files = sorted((self.folder / "out").glob("*.*"))
        cards = [file for file in files if file.suffix == ".json"]
        if self.process.returncode or not cards:
            printed = (self.folder / ERRORS_FILE).read_text("utf-8", "replace").strip().splitlines()
            raise TrainingRefusedError(printed[-1] if printed else text("train.no_model"))
        recipe = self.request.recipe
        name = text("train.run_name", recipe=model_label(recipe), n=number)
        run = Run.of_json(name, cards[0].read_bytes())
        contents = {file.name: file.read_bytes() for file in files}
        return Result(f"{recipe}-run-{number}", run, contents)


class TrainingJobs:
    """The trainings of a server: one at a time, shared by all visitors."""

    def __init__(self, command: Sequence[str] = TRAIN_COMMAND) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._count = 0
        self._results: tuple[Result, ...] = ()
        self._failure = ""

    def start(self, request: JobRequest) -> None:
        """Start a training. Raises TrainingRefusedError while another one runs."""
        with self._lock:
            if self._collect_finished():
                raise TrainingRefusedError(text("train.busy"))
            self._failure = ""
            self._job = Job(request, self._command)

    def cancel(self) -> None:
        """Stop the training at once and delete its files."""
        with self._lock:
            if self._job:
                self._job.end()
                self._job = None

    @property
    def job(self) -> Job | None:
        """The running training; one that has ended becomes a result, or a failure."""
        with self._lock:
            return self._job if self._collect_finished() else None

    @property
    def results(self) -> tuple[Result, ...]:
        """The last finished trainings."""
        with self._lock:
            self._collect_finished()
            return self._results

    @property
    def failure(self) -> str:
        """Why the last training failed; empty if it did not."""
        with self._lock:
            self._collect_finished()
            return self._failure

    def _collect_finished(self) -> bool:
        job = self._job
        if job is None or job.process.poll() is None:
            return job is not None
        self._count += 1
        try:
            result = job.result(self._count)
            self._results = (*self._results, result)[-MAX_RESULTS:]
        except (TrainingRefusedError, RunError, OSError, ValueError) as error:
            self._failure = str(error)
        job.end()
        self._job = None
        return False


@st.cache_resource(show_spinner=False)
def training_jobs() -> TrainingJobs:
    """Return the trainings of this server."""
    return TrainingJobs()


def data_on_offer() -> dict[str, str]:
    """Return what `--data` may be, by name; nothing where training is switched off.

    Raises SettingError if the setting is invalid.
    """
    switch = training_switch()
    if not switch.is_on:
        return {}
    offer = {text("train.sample_data"): "digits"}
    if switch.folder is None:
        return offer
    with contextlib.suppress(OSError):  # a folder that is gone
        for path in sorted(switch.folder.iterdir()):
            if path.is_dir():
                offer[path.name] = f"folder:{path}"
            elif path.suffix in DATA_SUFFIXES:
                offer[path.name] = str(path)
    return offer


def _stop_and_clean(process: subprocess.Popen[bytes], folder: Path) -> None:
    import shutil

    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _lower_priority(pid: int) -> None:
    """Lower the priority of a training, so that visitors' readings come first."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PGRP, pid, 10)
