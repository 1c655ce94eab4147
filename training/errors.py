"""What can go wrong before a training has begun, as sentences for the person who started it.

TrainingError    a run cannot begin or go on
└── DataError    a data set is missing, damaged or another one
"""

import tempfile
from pathlib import Path


class TrainingError(Exception):
    """Base of the family; its message is one sentence for the person at the command line."""


class DataError(TrainingError):
    """The data set is missing, damaged or not the one it is said to be."""


def require_writable(folder: Path, *, create: bool = False) -> None:
    """Raise TrainingError where files cannot be written: now, not after an epoch."""
    try:
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error
