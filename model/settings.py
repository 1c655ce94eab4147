"""What one reading and one visitor may cost: every limit, its default and its setting."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass

from model.errors import SettingError

# The environment variable of each limit, and how many of the limit's own units one of it is.
SETTINGS = {
    "max_bytes": ("DIGIT_MAX_MB", 2**20),
    "max_pixels": ("DIGIT_MAX_MEGAPIXELS", 10**6),
    "max_components": ("DIGIT_MAX_MARKS", 1),
    "max_files": ("DIGIT_MAX_FILES", 1),
    "max_readings": ("DIGIT_MAX_READINGS", 1),
}


@dataclass(frozen=True)
class Limits:
    """Over one of these, a person is told so in a sentence and nothing is read."""

    max_bytes: int = 32 * 2**20  # of a file; the same as maxUploadSize in .streamlit/config.toml
    max_pixels: int = 64 * 10**6  # a 50-megapixel photo passes, a decompression bomb does not
    max_components: int = (
        400  # separate pieces of ink as large as parts of digits; more are texture
    )
    max_files: int = 20  # of one upload
    max_readings: int = 10  # a second and visitor, on average; a canvas reports 5 at most
    min_side: int = 4  # pixels; nothing smaller can show a digit

    @classmethod
    def configured(cls, environment: Mapping[str, str] = os.environ) -> "Limits":
        """The limits that the environment sets, the others by default.

        Raises SettingError for a value that is no whole number above 0.
        """
        return cls(
            **{
                limit: _number(name, environment[name]) * unit
                for limit, (name, unit) in SETTINGS.items()
                if name in environment
            }
        )


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < len(value.lstrip("0")) <= 9):
        raise SettingError(f"{name} is set to “{value}”; it must be a whole number above 0.")
    return int(value)


LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def configure(environment: Mapping[str, str] = os.environ) -> None:
    """Let this project's loggers write lines from the level that DIGIT_LOG names on, else warnings.

    Raises SettingError for a level that there is not.
    """
    level = environment.get("DIGIT_LOG", "warning").upper()
    if level not in LEVELS:
        raise SettingError(f"DIGIT_LOG is “{level}”; it must be one of {', '.join(LEVELS)}.")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("model", "ui"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]  # once, however often this is called
        logger.setLevel(level)
