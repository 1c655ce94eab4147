"""Version information for bug reports, and the health check."""

import platform
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import UnhealthyError
from model.network.artifact import Artifact, sha256

if TYPE_CHECKING:  # it imports OpenCV, which a page that only names the version does not need
    from model.recognizer import Recognizer

VERSION = "0.1.0"  # the same as in pyproject.toml
PACKAGES = ("ai-edge-litert", "numpy", "opencv-python-headless", "pillow", "streamlit")


@dataclass(frozen=True)
class VersionInfo:
    """The program and its model."""

    model: str  # the file's name
    checksum: str  # SHA-256 of the `.keras` file
    recipe: str  # from the model card; empty if unknown
    compiled: bool  # whether a compiled model is valid

    def short(self) -> str:
        """Return one line for people."""
        return f"Digit reader {VERSION} · {self.model}, SHA-256 {self.checksum[:12]}…"

    def lines(self) -> list[str]:
        """Return everything, for a bug report."""
        how = "compiled for LiteRT" if self.compiled else "not compiled yet; Keras reads it"
        recipe = f", recipe {self.recipe}" if self.recipe else ""
        packages = (f"{name} {_installed(name)}" for name in PACKAGES)
        return [
            f"Digit reader {VERSION}",
            f"Model {self.model}{recipe}, {how}",
            f"SHA-256 {self.checksum}",
            f"Python {platform.python_version()}, {', '.join(packages)}",
        ]


def version_info(artifact: Artifact) -> VersionInfo:
    """Return the versions of program and model. Raises ModelError if there is no model."""
    checksum = sha256(artifact.read_keras())
    recipe = artifact.load_card().recipe or ""
    compiled = artifact.read_compiled() is not None
    return VersionInfo(artifact.keras.name, checksum, recipe, compiled)


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


KNOWN_DIGIT = Path(__file__).with_name("known.png")
KNOWN_LABEL = "7"


def check_health(recognizer: "Recognizer") -> str:
    """Read the known digit and return a sentence on it. Raises UnhealthyError if it is misread."""
    start = time.perf_counter()
    reading = recognizer.read(KNOWN_DIGIT)
    if reading.text != KNOWN_LABEL:
        raise UnhealthyError(f"A {KNOWN_LABEL} is read as “{reading.text}”.")
    return f"A {KNOWN_LABEL} is read as one, in {1000 * (time.perf_counter() - start):.0f} ms."
