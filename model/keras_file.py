"""A `.keras` file as an archive: what is wrong with it is found before Keras is imported."""

import io
import json
import zipfile
from typing import Any

from model.errors import ModelError

MOST = 200 * 2**20  # bytes that a member of the archive may hold when it is unpacked
NEEDED = {"config.json", "model.weights.h5"}


def check(content: bytes, name: str) -> None:
    """Raise ModelError for what Keras did not save, or what would run code of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.file_size > MOST for member in members):
                raise ModelError(f"The model {name} is too large.")
            sound = {member.filename for member in members} >= NEEDED and archive.testzip() is None
            config = json.loads(archive.read("config.json")) if sound else None
    except ModelError:
        raise
    except Exception:  # zipfile and zlib raise a dozen types on damaged archives
        config = None
    if config is None:
        raise ModelError(
            f"The model {name} is damaged, or no file that Keras saved; put a sound one there, or "
            "train one with `python -m training`."
        )
    if _runs_code(config):
        raise ModelError(
            f"The model {name} wants to run code of its own (a Lambda layer), which is refused; "
            "build it of Keras's layers alone."
        )


def _runs_code(config: Any) -> bool:
    """Whether a function's code stands in a configuration."""
    found = [config]
    while found:
        part = found.pop()
        if isinstance(part, dict):
            if part.get("class_name") == "__lambda__":
                return True
            found += part.values()
        elif isinstance(part, list):
            found += part
    return False
