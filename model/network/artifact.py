"""A model on disk: three files with one stem, `X.keras`, `X.tflite` and the card `X.json`."""

import contextlib
import hashlib
import io
import json
import logging
import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.card import Card, CardError, decode_card, encode_card
from model.errors import ModelError
from model.network.calibration import Calibration

DEFAULT_MODEL_FILE = Path(__file__).parents[1] / "my_model.keras"
MAX_CARD_BYTES = 32 * 2**20

log = logging.getLogger(__name__)


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
        """The model card, written by the training run."""
        return self.keras.with_suffix(".json")

    def kept_card(self, checksum: str) -> Path:
        """Return where the card of another `.keras` file, of this SHA-256, is kept."""
        return self.card.with_name(f"{self.card.name}.{checksum[:12]}")

    def load_card(self) -> Card:
        """Return the card, or an empty one where it is missing, damaged or of another model."""
        try:
            return self.require_card()
        except ModelError as error:
            if self.keras.is_file():
                log.warning("%s", error)
            return Card()

    def require_card(self) -> Card:
        """Return the card, or an empty one where it is missing or of another model.

        The card of a model that was replaced and put back is found where it is kept. Raises
        ModelError if the card is damaged.
        """
        checksum = sha256(self.read_keras())
        card = _read_card(self.card)
        if card is not None and card.sha256.keras == checksum:
            return card
        with contextlib.suppress(ModelError):
            kept = _read_card(self.kept_card(checksum))
            if kept is not None and kept.sha256.keras == checksum:
                return kept
        return Card()

    def write_card(self, card: Card) -> None:
        """Write the card; that of another model, or a damaged one, is kept beside it.

        Raises CardError for values that a reader would refuse.
        """
        content, new = encode_card(card), card.sha256.keras
        decode_card(content)  # which checks what is written
        try:
            old = _read_card(self.card)
        except ModelError:
            self._keep_card(self.card.with_suffix(".json.damaged"))
        else:
            if old is not None and old.sha256.keras not in ("", new):
                self._keep_card(self.kept_card(old.sha256.keras))
        write_atomically(self.card, content)
        if new:
            self.kept_card(new).unlink(missing_ok=True)

    def _keep_card(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            os.replace(self.card, path)

    def read_keras(self) -> bytes:
        """Return the bytes of the `.keras` file. Raises ModelError if there is none."""
        try:
            return _read_regular_file(self.keras)
        except OSError as error:
            raise ModelError(
                f"There is no model at {self.keras}; `python -m training` makes one."
            ) from error

    def read_compiled(self) -> bytes | None:
        """Return the compiled model, or None if missing or compiled from another `.keras` file."""
        try:
            compiled = _read_regular_file(self.tflite)
        except OSError:
            return None
        return compiled if self.load_card().sha256.tflite == sha256(compiled) else None


def _read_card(path: Path) -> Card | None:
    """Return a validated card, None without one. Raises ModelError if it is damaged."""
    try:
        return decode_card(_read_regular_file(path, MAX_CARD_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, CardError) as error:
        reason = f": {error}" if isinstance(error, CardError) else ""
        raise ModelError(f"The card {path.name} is damaged{reason}.") from error


def _read_regular_file(path: Path, most: int | None = None) -> bytes:
    """Read a file. Raises OSError for a pipe or a device, which may never end, and a large file."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(f"{path} is not a file")
    if most is not None and status.st_size > most:
        raise OSError(f"{path} is too large")
    return path.read_bytes()


def calibration_of(card: Card) -> Calibration:
    """Return the calibration on a card, or one that changes nothing."""
    fit = card.calibration
    return Calibration(fit.temperature, fit.threshold) if fit else Calibration()


def sha256(content: bytes) -> str:
    """Return the hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that an interruption leaves the old content, never half of the new.

    The permissions are those of the old file, for a new file those that the umask gives.
    """
    import tempfile  # rarely needed, and slow to import

    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        mode = 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return the umask of this process, from Linux's table if possible: setting it is not safe."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return int(next(line for line in lines if line.startswith("Umask:")).split()[1], 8)
    mask = os.umask(0o077)  # other threads create private files for a moment
    os.umask(mask)
    return mask


MAX_MEMBER_BYTES = 200 * 2**20  # of an unpacked member of the archive
REQUIRED_MEMBERS = {"config.json", "model.weights.h5"}


def validate_keras_file(content: bytes, name: str) -> None:
    """Raise ModelError for a file that Keras did not save, or that would run code of its own."""
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
            "train one with `python -m training --replace`."
        )
    if _runs_code(config):
        raise ModelError(
            f"The model {name} wants to run code of its own (a Lambda layer), which is refused; "
            "build it of Keras's layers alone."
        )


def _runs_code(config: Any) -> bool:
    """Return whether a configuration holds the code of a function."""
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
