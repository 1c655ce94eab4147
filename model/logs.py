"""What goes to the log of a server or the terminal's error output."""

import logging
import os
from collections.abc import Mapping

from model.errors import SettingError

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
