"""Compiling a model in a process of its own."""

import logging
import subprocess
import sys
from pathlib import Path

from model import keras_file
from model.artifact import Artifact
from model.errors import ModelError

log = logging.getLogger(__name__)

UNUSABLE = 2  # exit status of `python -m model --compile` for a model that cannot be used


def compile_apart(artifact: Artifact) -> None:
    """Compile a model in a process of its own, whose end gives TensorFlow's memory back.

    One that can be used but not compiled stays as it is. Raises ModelError if it cannot be used.
    """
    keras_file.check(artifact.read_keras(), artifact.keras.name)
    command = [sys.executable, "-m", "model", "--compile", "--model", str(artifact.keras.resolve())]
    folder = Path(__file__).resolve().parents[1]  # where the package is found
    done = subprocess.run(  # noqa: S603 - this project's own command
        command, cwd=folder, capture_output=True, text=True, check=False, errors="replace"
    )
    if done.returncode == UNUSABLE:
        raise ModelError(done.stderr.strip().splitlines()[-1])
    if done.returncode != 0:
        log.warning("%s is not compiled: %s", artifact.keras.name, done.stderr.strip()[-300:])
