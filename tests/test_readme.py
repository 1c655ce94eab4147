"""The documentation's commands work, and its figures are those that were measured."""

import json
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmark import RESULTS
from benchmark.table import accuracy_table, summary_table
from benchmark.update_docs import PAGES, PASSAGES, filled
from model.network.artifact import sha256
from model.settings import SETTINGS
from tests.conftest import ROOT
from tests.test_requirements import pins
from training.cli import COMMANDS as OF_A_MODEL
from training.cli import main
from training.options import parse

README = (ROOT / "README.md").read_text("utf-8")
DOCS = "\n".join(page.read_text("utf-8") for page in PAGES)
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
COMMANDS = sorted(
    {
        line
        for block in re.findall(r"```bash\n(.*?)```", DOCS, re.DOTALL)
        for line in block.split("\n")
    }
    - {""}
)
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def passage(name: str) -> str:
    """Return the text between the marks of this name, in one line."""
    found = re.search(rf"<!-- {name} -->(.*?)<!-- /{name} -->", DOCS, re.DOTALL)
    assert found
    return " ".join(found[1].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_documentation_works(command: str) -> None:
    match shlex.split(command):
        case ["make", *arguments]:  # what it would do; the other tests do it
            subprocess.run(["make", "-n", *arguments], cwd=ROOT, check=True, capture_output=True)
        case ["python", "-m", "model", *arguments]:
            run = [sys.executable, "-m", "model", *arguments]
            subprocess.run(run, cwd=ROOT, check=True, capture_output=True)
        case ["python", "-m", "training", name, *arguments] if name in OF_A_MODEL:
            import_module(f"training.commands.{name}").parse(arguments)
        case ["python", "-m", "training", *_, "--help"]:
            pass  # the tests of the command line ask for it
        case ["python", "-m", "training", *arguments]:
            parse(arguments)
        case [".venv/bin/pip", "install", "-r", file]:
            assert pins(ROOT / file)
        case [".venv/bin/streamlit", "run", script]:
            assert (ROOT / script).exists()  # the browser tests run it
        case ["docker", "build", *_]:  # there is no Docker here: see below
            pass
        case ["python3", "-m", "venv", _] | ["docker", "run", *_] | ["export", _]:
            pass  # not ours
        case _:
            pytest.fail(f"this test does not know {command}")


def test_container_is_built_from_files_that_are_there() -> None:
    """Every file that it copies exists, and .dockerignore lets it through."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    sent = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    copied = {name.rstrip("/") for name in re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE)}
    assert copied
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_python_of_the_documentation_works() -> None:
    programs = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    assert programs
    for program in programs:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
        )
        assert done.stdout.startswith("read 7")


def test_training_command_trains(data: Path, tmp_path: Path) -> None:
    words = ["streamlit", "--data", str(data / "mnist.npz"), "--limit", "50", "--epochs", "1"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    for suffix in ("keras", "tflite", "json"):
        assert (tmp_path / f"streamlit.{suffix}").exists()


def test_links_lead_somewhere() -> None:
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert link.startswith("https://") or (page.parent / link).exists(), link


def test_every_page_is_reached_from_the_readme() -> None:
    for page in PAGES:
        assert page.name == "README.md" or f"]({page.name})" in DOCS or f"docs/{page.name})" in DOCS


def test_readme_is_short() -> None:
    assert len(README.splitlines()) < 170


def test_every_measurement_is_quoted() -> None:
    assert set(re.findall(r"<!-- (\w+) -->", DOCS)) == set(PASSAGES)


def test_passages_are_filled_with_the_last_measurement() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        assert filled(text) == text, "run `python -m benchmark.update_docs`"


def test_accuracy_is_the_one_on_the_card() -> None:
    test = json.loads((ROOT / "model" / "my_model.json").read_text())["test"]
    low, high = test["accuracy_interval_95"]
    assert passage("accuracy") == (
        f"{100 * test['accuracy']:.2f}% of MNIST's {test['n']:,} test digits "
        f"(95% interval {100 * low:.2f} to {100 * high:.2f}%)"
    )


def test_training_run_is_the_one_on_the_card() -> None:
    card = json.loads((ROOT / "model" / "my_model.json").read_text())
    hours = card["seconds"] / 3600
    assert passage("run").startswith(f"{card['parameters']:,} parameters, {hours:.1f} hours")
    assert card["machine"].endswith("2 cores")


def test_tables_of_accuracy_are_those_that_were_measured() -> None:
    sets = json.loads((RESULTS / "reading.json").read_text())["sets"]
    peer = RESULTS / "peer.json"
    of_peer = json.loads(peer.read_text())["sets"] if peer.exists() else []
    assert passage("bench") == " ".join(accuracy_table(sets, of_peer).split())
    assert passage("summary") == " ".join(summary_table(sets, of_peer).split())


def test_accuracy_was_measured_with_the_model_that_is_here() -> None:
    result = json.loads((RESULTS / "reading.json").read_text())
    assert result["model"] == sha256((ROOT / "model" / "my_model.keras").read_bytes())


def test_every_set_says_what_is_stated_wrong() -> None:
    for row in json.loads((RESULTS / "reading.json").read_text())["sets"]:
        shares = [row[verdict]["share"] for verdict in ("right", "doubted", "stated_wrong")]
        assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_start_is_the_one_that_was_measured() -> None:
    start = json.loads((RESULTS / "speed.json").read_text())["start"]
    assert f"ready {start['app']['seconds_to_canvas']:.1f} s after" in passage("startup")
    assert passage("startup").endswith(f"{start['blank']['seconds_to_canvas']:.1f} s")


def test_set_up_is_the_one_that_was_measured() -> None:
    result = json.loads((RESULTS / "setup.json").read_text())
    assert passage("setup").startswith(f"{result['seconds_to_canvas']} seconds")


def test_every_setting_is_in_the_table_with_its_default() -> None:
    table = dict(re.findall(r"^\| `(DIGIT_\w+)` \| .* \| (.*) \|$", DOCS, re.MULTILINE))
    assert set(table) == {setting.name for setting in SETTINGS}
    for setting in SETTINGS:
        assert table[setting.name] == (setting.default or "off")


@pytest.mark.parametrize("target", TARGETS)
def test_target_for_users_is_described_somewhere(target: str) -> None:
    assert f"make {target}" in DOCS + CONTRIBUTING
