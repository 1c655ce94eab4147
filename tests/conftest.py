"""What the tests share: the default model, and the folder of real data where there is one."""

import os
from pathlib import Path

import pytest

from model import Recognizer

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    """The default model, as the app loads it."""
    return Recognizer.load()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real handwriting and MNIST; without it the test is skipped, visibly."""
    folder = os.environ.get("DIGIT_DATA")
    if not folder:
        pytest.skip("set DIGIT_DATA to a folder with mnist.npz and the handwriting sets")
    return Path(folder)
