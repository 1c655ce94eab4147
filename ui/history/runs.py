"""A training run, from its card or from the history of its epochs."""

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ui.history.schema import problem

FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")
MOST_BYTES = 4 << 20  # of a file; a card with 300 mistakes has 0.2 MB
COLUMNS = "epoch, loss, accuracy, val_loss, val_accuracy and seconds"


class RunError(Exception):
    """A file that tells of no run; its message is one sentence for the person using the app."""


@dataclass(frozen=True, eq=False)
class Run:
    """A training run under the name that the page calls it by."""

    name: str
    card: Mapping[str, Any]  # as ui/history/schema.py describes it

    @classmethod
    def of_card(cls, name: str, card: object) -> "Run":
        """Raises RunError if the card is none."""
        wrong = problem(card)
        if wrong or not isinstance(card, dict):
            raise RunError(f"{name} is no training card: {wrong}.")
        return cls(name, card)

    @classmethod
    def of_csv(cls, name: str, content: bytes) -> "Run":
        """A history as `--csv` writes it. Raises RunError if it is none."""
        try:
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            history = [{f: _finite(row[f]) for f in FIGURES if row.get(f)} for row in rows]
            seconds = [_finite(row["seconds"]) for row in rows if row.get("seconds")]
        except (ValueError, csv.Error) as error:
            raise RunError(
                f"{name} is no training history: it takes the columns {COLUMNS}, all numbers."
            ) from error
        card: dict[str, Any] = {"history": history}
        if seconds:
            card["seconds"] = max(seconds)
        wrong = problem(card)
        if wrong:
            raise RunError(f"{name} is no training history with the columns {COLUMNS}: {wrong}.")
        return cls(name, card)

    @classmethod
    def of_file(cls, file: str, content: bytes) -> "Run":
        """A card or a history of one's own. Raises RunError if it is neither."""
        if len(content) > MOST_BYTES:
            raise RunError(f"{file} is no training card: it has more than {MOST_BYTES >> 20} MB.")
        if PurePath(file).suffix.lower() == ".csv":
            return cls.of_csv(file, content)
        try:
            card = json.loads(content, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise RunError(f"{file} is no training card: it is not JSON.") from error
        return cls.of_card(file, card)

    @property
    def epochs(self) -> list[dict[str, float]]:
        """What was measured after each epoch."""
        history: list[dict[str, float]] = self.card["history"]
        return history


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")  # Python reads NaN, which a chart cannot show
