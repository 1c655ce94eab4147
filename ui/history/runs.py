"""A training run, from its card or from the history of its epochs."""

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")
MAX_CARD_BYTES = 4 << 20  # of a file; a card with 300 mistakes has 0.2 MB
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
        if len(content) > MAX_CARD_BYTES:
            raise RunError(
                f"{file} is no training card: it has more than {MAX_CARD_BYTES >> 20} MB."
            )
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


MOST = 10**15  # "1e999" in JSON is read as infinity, which a chart cannot show
NUMBER = {"type": "number", "minimum": 0, "maximum": MOST}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
COUNT = {"type": "integer", "minimum": 0, "maximum": MOST}
LABEL = {"type": "integer", "minimum": 0, "maximum": 9}
TEXT = {"type": "string", "maxLength": 2000}
NAME = {"type": "string", "maxLength": 100, "pattern": r"^[\w .:/()-]+$"}  # goes into pictures


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _array(items: dict[str, Any], least: int = 0, most: int = 10_000) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values, "maxProperties": 200}


def _or_null(kind: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [kind, {"type": "null"}]}


EPOCH = _object("loss accuracy", loss=NUMBER, accuracy=SHARE, val_loss=NUMBER, val_accuracy=SHARE)
DIGIT = _object(
    "label answer confidence png",
    label=LABEL,
    answer=LABEL,
    confidence=SHARE,
    png={"type": "string", "maxLength": 5000, "pattern": "^[A-Za-z0-9+/=]+$"},
)
TEST = _object(
    "n accuracy accuracy_interval_95",
    set=TEXT,
    n=COUNT,
    loss=NUMBER,
    accuracy=SHARE,
    accuracy_interval_95=_array(SHARE, 2, 2),
)
BIN = _object(
    "n confidence accuracy",
    low=SHARE,
    high=SHARE,
    n=COUNT,
    confidence=_or_null(SHARE),  # of a bin that no digit fell into
    accuracy=_or_null(SHARE),
)
LAYER = _object(
    "name type inputs output parameters multiply_adds",
    name=NAME,
    type=NAME,
    inputs=_array(NAME, most=100),
    output=_array(COUNT, most=10),
    parameters=COUNT,
    multiply_adds=COUNT,
)
WEIGHT = {"type": "number", "minimum": -MOST, "maximum": MOST}
KERNEL = _array(_array(WEIGHT, 1, 28), 1, 28)
SETTING = {"type": ["number", "string", "boolean", "null"]}
DATA = _object("name", name=TEXT, source=TEXT, licence=TEXT, sha256=TEXT, counts=_map(COUNT))
CARD = _object(
    "history",
    recipe=NAME,
    command=TEXT,
    interrupted={"type": "boolean"},
    machine=TEXT,
    finished=TEXT,
    history=_array(EPOCH, 1),
    best_epoch={"type": "integer", "minimum": 1},
    averaged=_array({"type": "integer", "minimum": 1}, 1, 100),
    seconds=NUMBER,
    parameters=COUNT,
    multiply_adds=COUNT,
    hyperparameters=_map(SETTING),
    versions=_map(TEXT),
    data=_array(DATA, most=100),
    test=TEST,
    confusion_matrix=_array(_array(COUNT, 10, 10), 10, 10),
    reliability=_array(BIN, most=1000),
    mistakes=_array(DIGIT, most=1000),
    examples=_object(right=_array(DIGIT, most=1000), wrong=_array(DIGIT, most=1000)),
    network=_object(
        "layers",
        layers=_array(LAYER, 1, 1000),
        filters=_or_null(_object("layer kernels", layer=NAME, kernels=_array(KERNEL, 1, 512))),
    ),
)


def problem(card: object) -> str:
    """What is wrong with a card, as the end of a sentence; empty if nothing is."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(CARD).iter_errors(card))
    if error is None:
        return ""
    place = "/".join(map(str, error.absolute_path))
    said = error.message if len(error.message) <= 100 else f"not a valid {error.validator}"
    return f"{place}: {said}" if place else said
