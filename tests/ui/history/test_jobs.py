"""Training from the page: one run at a time, in a process that ends with it."""

import fcntl
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.errors import SettingError
from tests.conftest import ROOT
from ui.history.jobs import JobRequest, TrainingJobs, TrainingRefusedError, data_on_offer
from ui.models import model_label
from ui.text import text

# Stand in for `python -m training`, so that a test decides how long it takes and how it ends. Each
# takes the same arguments.
START = """
import fcntl, pathlib, shutil, subprocess, sys, time
flags = dict(word[2:].split("=", 1) for word in sys.argv[1:] if "=" in word)
csv, out = pathlib.Path(flags["csv"]), pathlib.Path(flags["out"])
def write(epochs):
    rows = ["epoch,loss,accuracy,val_loss,val_accuracy,seconds"]
    rows += [f"{epoch},0.5,0.9,0.4,0.95,{epoch}.5" for epoch in range(1, epochs + 1)]
    new = csv.with_suffix(".new")
    new.write_text("\\n".join(rows))
    new.replace(csv)
"""
# Its own child holds a lock for as long as it lives.
ENDLESS = """
held = csv.parent.parent / sys.argv[-1]
hold = f"import fcntl, time; file = open({str(held)!r}); fcntl.flock(file, 2); "
hold += "print(1, flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE)
child.stdout.readline()
write(1)
child.wait()
"""
GOOD = """
write(2)
out.mkdir()
shutil.copy("model/zoo/streamlit.json", out)
(out / "streamlit.keras").write_bytes(b"weights")
"""
BAD = """
print("I0000 chatter", file=sys.stderr)
sys.exit("digits is not there; look elsewhere.")
"""
REQUEST = JobRequest("streamlit", "digits", {"epochs": 2})


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the jobs make their folders."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def lock(temporary: Path) -> Path:
    file = temporary / "lock"
    file.touch()
    return file


def jobs_of(program: str) -> TrainingJobs:
    return TrainingJobs((sys.executable, "-c", START + program))


def moments(seconds: float = 30) -> Iterator[None]:
    """Short moments until something has happened; the test fails where it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.01)
    pytest.fail("nothing happened")


def is_free(lock: Path) -> bool:
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def running(lock: Path) -> TrainingJobs:
    """Jobs whose training has shown its first epoch and goes on."""
    busy = jobs_of(ENDLESS)
    busy.start(JobRequest("streamlit", lock.name, {"epochs": 2}))
    for _ in moments():
        if busy.job and busy.job.history:
            return busy
    raise AssertionError


def folders(temporary: Path) -> list[Path]:
    return list(temporary.glob("digit-training-*"))


def test_epochs_are_seen_while_it_runs_and_a_second_one_is_refused(
    lock: Path, temporary: Path
) -> None:
    busy = running(lock)
    assert busy.job
    assert busy.job.history
    assert busy.job.history.epochs[0].val_accuracy == 0.95
    with pytest.raises(TrainingRefusedError, match=re.escape(text("train.busy"))):
        busy.start(REQUEST)
    assert len(folders(temporary)) == 1
    busy.cancel()


def test_cancelling_ends_its_processes_and_leaves_no_file(lock: Path, temporary: Path) -> None:
    busy = running(lock)
    assert not is_free(lock)
    busy.cancel()
    for _ in moments():
        if is_free(lock):
            break
    assert busy.job is None
    assert busy.results == ()
    assert busy.failure == ""
    assert folders(temporary) == []
    busy.cancel()  # once more does no harm


def test_training_ends_with_the_server(lock: Path, temporary: Path) -> None:
    server = (
        "import tempfile; from pathlib import Path; from tests.ui.history import test_jobs as t\n"
        f"tempfile.tempdir = {str(temporary)!r}; t.running(Path({str(lock)!r}))"
    )
    subprocess.run([sys.executable, "-c", server], cwd=ROOT, check=True)
    for _ in moments():
        if is_free(lock):
            break
    assert folders(temporary) == []


def test_result_is_kept_with_its_card_and_files(temporary: Path) -> None:
    good = jobs_of(GOOD)
    for number in (1, 2):
        good.start(REQUEST)
        for _ in moments():
            if good.job is None:
                break
        assert good.failure == ""
        recipe = model_label("streamlit")
        name = text("train.run_name", recipe=recipe, n=number)
        assert good.results[-1].run.name == name
    assert good.results[0].files["streamlit.keras"] == b"weights"
    assert good.results[0].run.card.recipe == "streamlit"
    assert folders(temporary) == []


def test_failure_is_reported_in_the_words_of_the_training(temporary: Path) -> None:
    bad = jobs_of(BAD)
    bad.start(REQUEST)
    for _ in moments():
        if bad.job is None:
            break
    assert bad.failure == "digits is not there; look elsewhere."
    assert bad.results == ()
    assert folders(temporary) == []


def test_nothing_is_on_offer_unless_the_server_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIGIT_TRAINING", raising=False)
    assert data_on_offer() == {}
    monkeypatch.setenv("DIGIT_TRAINING", "0")
    assert data_on_offer() == {}
    monkeypatch.setenv("DIGIT_TRAINING", "1")
    assert list(data_on_offer().values()) == ["digits"]
    (tmp_path / "ours").mkdir()
    for name in ("mnist.npz", "drawings.zip", "notes.txt"):
        (tmp_path / name).touch()
    monkeypatch.setenv("DIGIT_TRAINING", str(tmp_path))
    files = [str(tmp_path / name) for name in ("drawings.zip", "mnist.npz")]
    assert list(data_on_offer().values()) == ["digits", *files, f"folder:{tmp_path / 'ours'}"]
    monkeypatch.setenv("DIGIT_TRAINING", str(tmp_path / "gone"))
    with pytest.raises(SettingError, match="DIGIT_TRAINING"):
        data_on_offer()
