"""What the requirements take on disk, and a deployment of the app."""

import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from benchmark.speed.browser import ROOT

DEPLOYED = ("app.py", "model", "pages", "requirements.txt", "training", "ui", ".streamlit")


def size() -> dict[str, Any]:
    """Return the megabytes that each requirements file installs, and those of the app itself."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *DEPLOYED],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    app = sum((ROOT / name).stat().st_size for name in tracked.split("\0") if name)
    return {
        "requirements_mb": round(_installed(ROOT / "requirements.txt") / 1e6),
        "requirements_serve_mb": round(_installed(ROOT / "requirements-serve.txt") / 1e6),
        "app_mb": round(app / 1e6, 1),
    }


def _installed(file: Path) -> int:
    """Return the bytes of the distributions that a compiled requirements file lists here."""
    lines = file.read_text("utf-8").splitlines()
    listed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names = [r.name for r in listed if r.marker is None or r.marker.evaluate()]
    return sum(_bytes(Path(str(f.locate()))) for name in names for f in metadata.files(name) or ())


def _bytes(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
