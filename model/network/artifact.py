"""A model on disk: three files with one stem, `X.keras`, `X.tflite` and the card `X.json`."""

import contextlib
import hashlib
import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.card import Card, CardError, decode_card
from model.errors import ModelError
from model.network.calibration import Calibration

DEFAULT = Path(__file__).parents[1] / "my_model.keras"


@dataclass(frozen=True)
class Artifact:
    """The three files of one model. Writing is atomic: a reader sees the old file or the new."""

    keras: Path

    @property
    def tflite(self) -> Path:
        """The network compiled for LiteRT: a cache of `keras`."""
        return self.keras.with_suffix(".tflite")

    @property
    def card(self) -> Path:
        """What the training run wrote about itself."""
        return self.keras.with_suffix(".json")

    def read_card(self) -> dict[str, Any]:
        """The card, or an empty one where it is missing or describes another `.keras` file.

        Raises ModelError if the card is damaged.
        """
        try:
            card = json.loads(self.card.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ModelError(f"The card {self.card.name} is damaged.") from error
        if not isinstance(card, dict) or not isinstance(card.get("sha256"), dict):
            raise ModelError(f"The card {self.card.name} is damaged.")
        return card if card["sha256"].get("keras") == sha256(self.read_keras()) else {}

    def load_card(self) -> Card:
        """The validated card, or an empty one where it is missing, damaged or of another model."""
        try:
            card = decode_card(self.card.read_bytes())
        except (OSError, CardError):
            return Card()
        return card if card.sha256.keras == sha256(self.read_keras()) else Card()

    def usable_card(self) -> dict[str, Any]:
        """The card, or an empty one where it is damaged too."""
        try:
            return self.read_card()
        except ModelError:
            return {}

    def write_card(self, card: dict[str, Any]) -> None:
        """Write the card as readable JSON; a damaged one is kept beside it."""
        try:
            self.read_card()
        except ModelError:
            with contextlib.suppress(OSError):
                os.replace(self.card, self.card.with_suffix(".json.damaged"))
        text = json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(self.card, (text + "\n").encode())

    def read_keras(self) -> bytes:
        """The bytes of the artefact. Raises ModelError if there is none."""
        try:
            return self.keras.read_bytes()
        except OSError as error:
            raise ModelError(
                f"There is no model at {self.keras}; `python -m training` makes one."
            ) from error

    def read_compiled(self) -> bytes | None:
        """The compiled twin, or None where it is missing or belongs to another `.keras` file."""
        try:
            twin = self.tflite.read_bytes()
            expected = self.usable_card()["sha256"].get("tflite")
        except (OSError, KeyError):
            return None
        return twin if expected == sha256(twin) else None


def calibration_of(card: dict[str, Any]) -> Calibration:
    """The calibration on a card; a card without a sound one trusts the network as it is."""
    try:
        return Calibration(**{name: float(value) for name, value in card["calibration"].items()})
    except (KeyError, AttributeError, TypeError, ValueError):
        return Calibration()


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a cut leaves the old content, never half of the new."""
    import tempfile  # rarely needed, and slow to import

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


MAX_MEMBER_BYTES = 200 * 2**20  # bytes that a member of the archive may hold when it is unpacked
REQUIRED_MEMBERS = {"config.json", "model.weights.h5"}


def validate_keras_file(content: bytes, name: str) -> None:
    """Raise ModelError for what Keras did not save, or what would run code of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.file_size > MAX_MEMBER_BYTES for member in members):
                raise ModelError(f"The model {name} is too large.")
            sound = {
                member.filename for member in members
            } >= REQUIRED_MEMBERS and archive.testzip() is None
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
