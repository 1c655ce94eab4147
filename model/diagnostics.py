"""Which program and which model this is: what a report of a mistake should tell."""

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
    recipe: str  # as the card tells it, empty where it does not
    compiled: bool  # whether a compiled twin reads

    def short(self) -> str:
        """One line for people."""
        return f"Digit reader {VERSION} · {self.model}, SHA-256 {self.checksum[:12]}…"

    def lines(self) -> list[str]:
        """Everything, for a report."""
        how = "compiled for LiteRT" if self.compiled else "not compiled yet; Keras reads it"
        recipe = f", recipe {self.recipe}" if self.recipe else ""
        packages = (f"{name} {_installed(name)}" for name in PACKAGES)
        return [
            f"Digit reader {VERSION}",
            f"Model {self.model}{recipe}, {how}",
            f"SHA-256 {self.checksum}",
            f"Python {platform.python_version()}, {', '.join(packages)}",
        ]


def about(artifact: Artifact) -> VersionInfo:
    """What there is to tell. Raises ModelError where there is no model."""
    checksum = sha256(artifact.read_keras())
    recipe = artifact.usable_card().get("recipe", "")
    compiled = artifact.read_compiled() is not None
    return VersionInfo(artifact.keras.name, checksum, str(recipe), compiled)


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


KNOWN = Path(__file__).with_name("known.png")
ANSWER = "7"


def check(recognizer: "Recognizer") -> str:
    """Read the known digit; a sentence on it. Raises UnhealthyError where it is read otherwise."""
    start = time.perf_counter()
    reading = recognizer.read(KNOWN)
    if reading.text != ANSWER:
        raise UnhealthyError(f"A {ANSWER} is read as “{reading.text}”.")
    return f"A {ANSWER} is read as one, in {1000 * (time.perf_counter() - start):.0f} ms."
