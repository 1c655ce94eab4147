"""A training run, from its model card or from the history of its epochs."""

import csv
import io
import json
import math
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import msgspec

from model.card import Card, CardError, Epoch, decode_card
from ui.text import section, text

REQUIRED_COLUMNS = ("loss", "accuracy")
COLUMNS = (*REQUIRED_COLUMNS, "val_loss", "val_accuracy", "seconds")
MAX_CARD_BYTES = 4 << 20  # of a file; a card with 300 mistakes has 0.2 MB


class RunError(Exception):
    """A file that holds no run; its message is one sentence for the person using the app."""


@dataclass(frozen=True, eq=False)
class Run:
    """A training run under the name that the page and the address call it by."""

    name: str
    card: Card

    @classmethod
    def of_card(cls, name: str, card: Card) -> "Run":
        """Return the run of a card. Raises RunError if the card has no history."""
        if not card.history:
            raise RunError(text("runs.no_history", name=name))
        return cls(name, card)

    @classmethod
    def of_json(cls, name: str, content: bytes) -> "Run":
        """Return the run of a card's bytes. Raises RunError if they are none."""
        try:
            return cls.of_card(name, decode_card(content))
        except CardError as error:
            part, colon, _ = str(error).partition(":")
            if colon:
                raise RunError(text("runs.bad_part", name=name, part=part)) from error
            if isinstance(error.__cause__, msgspec.ValidationError):  # a list, a number
                raise RunError(text("runs.not_a_card", name=name)) from error
            raise RunError(text("runs.not_json", name=name)) from error

    @classmethod
    def of_csv(cls, name: str, content: bytes) -> "Run":
        """Return the run of a history as `--csv` writes it, or as a spreadsheet saves it again.

        Raises RunError if it is none.
        """
        rows = _read_rows(name, content)
        history = [{c: _to_number(row[c]) for c in COLUMNS if row.get(c)} for row in rows]
        values = {"history": history} | _last_seconds(history)
        try:
            card = decode_card(json.dumps(values).encode())
        except CardError as error:
            raise RunError(_bad_value(name, str(error))) from error
        return cls(name, card)

    @classmethod
    def of_file(cls, file: str, content: bytes) -> "Run":
        """Return the run of a card or a history. Raises RunError if the file is neither."""
        if len(content) > MAX_CARD_BYTES:
            raise RunError(text("runs.too_large", name=file, megabytes=MAX_CARD_BYTES >> 20))
        is_csv = PurePath(file).suffix.lower() == ".csv"
        return cls.of_csv(file, content) if is_csv else cls.of_json(file, content)

    @property
    def label(self) -> str:
        """What people call the run."""
        labels: dict[str, str] = {**section("models"), **section("networks")}
        return labels.get(self.name, self.name)

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """The figures after each epoch."""
        return self.card.history


def _read_rows(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows of a history, with points for decimals whatever separates its columns."""
    try:
        table = content.decode("utf-8-sig")
        # Spreadsheets write semicolons where the comma is the decimal sign.
        spreadsheet = ";" in table.partition("\n")[0]
        if spreadsheet:
            table = table.replace(",", ".")
        reader = csv.DictReader(io.StringIO(table), delimiter=";" if spreadsheet else ",")
        rows, columns = list(reader), reader.fieldnames or ()
    except (ValueError, csv.Error) as error:
        raise RunError(text("runs.not_csv", name=name)) from error
    for column in REQUIRED_COLUMNS:
        if column not in columns:
            raise RunError(text("runs.missing_column", name=name, column=column))
    if not rows:
        raise RunError(text("runs.no_epochs", name=name))
    for number, row in enumerate(rows, 1):
        for column in REQUIRED_COLUMNS:
            if not row[column]:
                raise RunError(text("runs.bad_value", name=name, column=column, row=number))
    return rows


def _to_number(value: str) -> float | str:
    """A number; what is none, or not finite, stays as it is and is refused with the card."""
    try:
        number = float(value)
    except ValueError:
        return value
    return number if math.isfinite(number) else value


def _last_seconds(history: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = [epoch["seconds"] for epoch in history if "seconds" in epoch]
    return {"seconds": seconds[-1]} if seconds else {}


def _bad_value(name: str, error: str) -> str:
    """A sentence for a CardError in a history, which begins with its place."""
    found = re.match(r"history\[(\d+)\]\.(\w+)", error)
    if found is None:  # as a whole: more epochs than a chart can show
        return text("runs.not_csv", name=name)
    return text("runs.bad_value", name=name, column=found[2], row=int(found[1]) + 1)
