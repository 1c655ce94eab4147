"""Every environment variable of this project: its name, meaning, default, and validation.

An invalid value raises SettingError with a sentence that names the variable.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from model.errors import SettingError


class Setting(NamedTuple):
    """An environment variable."""

    name: str
    meaning: str
    default: str  # as it would be set; empty for off


SETTINGS = (
    Setting("DIGIT_MAX_MB", "size of a file, in megabytes", "32"),
    Setting("DIGIT_MAX_MEGAPIXELS", "pixels of an image, in millions", "64"),
    Setting("DIGIT_MAX_MARKS", "separate pieces of ink on an image", "400"),
    Setting("DIGIT_MAX_FILES", "files of one upload", "20"),
    Setting("DIGIT_MAX_READINGS", "readings a second and visitor, on average", "10"),
    Setting("DIGIT_CONFIDENCE", "how sure a text must be, from 0 to 1; auto: as fitted", "auto"),
    Setting("DIGIT_LOG", "lowest level that is logged: debug, info, warning or error", "warning"),
    Setting("DIGIT_TRAINING", "training in the app: on, off, or a folder with data", ""),
)

# The environment variable of each limit, and the unit of its value.
LIMIT_SETTINGS = {
    "max_bytes": ("DIGIT_MAX_MB", 2**20),
    "max_pixels": ("DIGIT_MAX_MEGAPIXELS", 10**6),
    "max_components": ("DIGIT_MAX_MARKS", 1),
    "max_files": ("DIGIT_MAX_FILES", 1),
    "max_readings": ("DIGIT_MAX_READINGS", 1),
}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OFF, ON = ("", "0", "false", "off", "no"), ("1", "true", "on", "yes")


@dataclass(frozen=True)
class Limits:
    """What one reading and one visitor may cost; more is refused with a message."""

    max_bytes: int = 32 * 2**20  # of a file; the same as maxUploadSize in .streamlit/config.toml
    max_pixels: int = 64 * 10**6  # a 50-megapixel photo passes, a decompression bomb does not
    max_components: int = 400  # separate pieces of ink as large as parts of digits; more is texture
    max_files: int = 20  # of one upload
    max_readings: int = 10  # a second and visitor, on average; a canvas reports 5 at most
    min_side: int = 4  # pixels; a smaller image cannot show a digit

    @classmethod
    def configured(cls, environment: Mapping[str, str] = os.environ) -> "Limits":
        """Return the limits that the environment sets, the others by default.

        Raises SettingError for a value that is not a whole number above 0.
        """
        return cls(
            **{
                limit: _whole_number(name, environment[name]) * unit
                for limit, (name, unit) in LIMIT_SETTINGS.items()
                if name in environment
            }
        )


def parse_confidence(value: str) -> float | None:
    """Return a number between 0 and 1, both excluded; None for anything else."""
    try:
        confidence = float(value)
    except ValueError:
        return None
    return confidence if 0 < confidence < 1 else None


def configured_confidence(environment: Mapping[str, str] = os.environ) -> float | None:
    """Return the bound that DIGIT_CONFIDENCE sets for the confidence of a text; None for auto.

    Raises SettingError for anything but auto or a number between 0 and 1.
    """
    value = environment.get("DIGIT_CONFIDENCE", "auto")
    if value.strip().lower() == "auto":
        return None
    if (confidence := parse_confidence(value)) is None:
        raise _invalid("DIGIT_CONFIDENCE", value, "auto or a number between 0 and 1, such as 0.95")
    return confidence


class TrainingSwitch(NamedTuple):
    """Whether visitors may train in the app, and the folder whose data they may use."""

    is_on: bool
    folder: Path | None = None


def training_switch(environment: Mapping[str, str] = os.environ) -> TrainingSwitch:
    """Return what DIGIT_TRAINING says. Raises SettingError for anything but on, off or a folder."""
    value = environment.get("DIGIT_TRAINING", "")
    if value.strip().lower() in OFF:
        return TrainingSwitch(is_on=False)
    if value.strip().lower() in ON:
        return TrainingSwitch(is_on=True)
    try:
        is_folder = Path(value).is_dir()
    except (OSError, ValueError):  # a path that is too long, or has a null byte
        is_folder = False
    if not is_folder:
        raise _invalid("DIGIT_TRAINING", value, "on, off or an existing folder")
    return TrainingSwitch(is_on=True, folder=Path(value))


def configure_logging(environment: Mapping[str, str] = os.environ) -> None:
    """Log from the level in DIGIT_LOG on, by default warnings and errors.

    Raises SettingError for an unknown level.
    """
    level = _log_level(environment)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("model", "ui"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]  # one, however often this is called
        logger.setLevel(level)


def check_settings(environment: Mapping[str, str] = os.environ) -> None:
    """Validate every setting. Raises SettingError."""
    Limits.configured(environment)
    configured_confidence(environment)
    _log_level(environment)
    training_switch(environment)


def _log_level(environment: Mapping[str, str]) -> str:
    value = environment.get("DIGIT_LOG", "warning")
    if value.upper() not in LEVELS:
        raise _invalid("DIGIT_LOG", value, f"one of {', '.join(LEVELS).lower()}")
    return value.upper()


def _whole_number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < len(value.lstrip("0")) <= 9):
        raise _invalid(name, value, "a whole number above 0")
    return int(value)


def _invalid(name: str, value: str, allowed: str) -> SettingError:
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value[:100])
    return SettingError(f"{name} is set to “{shown}”; it must be {allowed}.")
