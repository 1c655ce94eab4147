"""What the requirements take on disk, and a deployment of the app."""

import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmark.speed.browser import ROOT

DEPLOYED = ("app.py", "model", "pages", "requirements.txt", "training", "ui", ".streamlit")
ONLY_TRAINING = ("tensorflow", "tensorflow-cpu", "keras")


def size() -> dict[str, Any]:
    """Megabytes of all that requirements.txt installs, without TensorFlow, and of the app."""
    listed = [Requirement(line) for line in _requirements()]
    serving = [r for r in listed if canonicalize_name(r.name) not in ONLY_TRAINING]
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *DEPLOYED],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    app = sum((ROOT / name).stat().st_size for name in tracked.split("\0") if name)
    return {
        "requirements_mb": round(_installed(listed) / 1e6),
        "requirements_without_tensorflow_mb": round(_installed(serving) / 1e6),
        "app_mb": round(app / 1e6, 1),
    }


def _requirements() -> list[str]:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def _installed(requirements: list[Requirement]) -> int:
    """Bytes of these distributions and of all that they need, each once."""
    seen: set[str] = set()
    waiting = [r for r in requirements if r.marker is None or r.marker.evaluate()]
    total = 0
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen:
            continue
        seen.add(name)
        total += sum(_bytes(Path(str(file.locate()))) for file in metadata.files(name) or ())
        for extra in ("", *requirement.extras):
            needs = map(Requirement, metadata.requires(name) or ())
            waiting += [n for n in needs if n.marker is None or n.marker.evaluate({"extra": extra})]
    return total


def _bytes(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
