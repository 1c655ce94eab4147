"""Model cards like those of a training, made from a committed one."""

import json
from typing import Any

from model.card import Card, decode_card
from tests.conftest import ROOT

CARDS = sorted((ROOT / "model").rglob("*.json"))
LAYERS = [
    ("input", "InputLayer", [], [28, 28, 1], 0, 0),
    ("first", "Conv2D", ["input"], [28, 28, 4], 40, 28_224),
    ("norm", "BatchNormalization", ["first"], [28, 28, 4], 16, 0),
    ("relu", "ReLU", ["norm"], [28, 28, 4], 0, 0),
    ("second", "Conv2D", ["relu"], [28, 28, 4], 148, 112_896),
    ("sum", "Add", ["second", "relu"], [28, 28, 4], 0, 0),
    ("out", "Dense", ["sum"], [10], 31_370, 31_360),
]
FIELDS = ("name", "type", "inputs", "output", "parameters", "multiply_adds")


def network() -> dict[str, Any]:
    """A small residual network as a card describes it."""
    kernels = [[[0.0, 0.5, -1.0]] * 3, [[1.0, 0.0, 0.0]] * 3]
    layers = [dict(zip(FIELDS, layer, strict=True)) for layer in LAYERS]
    return {"layers": layers, "filters": {"layer": "first", "kernels": kernels}}


def full_card() -> dict[str, Any]:
    """A card with everything that a page can show."""
    card: dict[str, Any] = bare_card()
    reliability = [
        {"low": n / 15, "high": (n + 1) / 15, "n": 0, "confidence": None, "accuracy": None}
        for n in range(14)
    ]
    reliability.append({"low": 14 / 15, "high": 1, "n": 9, "confidence": 0.98, "accuracy": 0.97})
    wrong = [
        {"label": truth, "answer": answer, "confidence": 0.9, "png": "iVBORw0KGgo="}
        for truth, counts in enumerate(card["confusion_matrix"])
        for answer, count in enumerate(counts)
        for _ in range(count * (truth != answer))
    ]
    return card | {"network": network(), "reliability": reliability, "mistakes": wrong}


def bare_card() -> dict[str, Any]:
    """A card of an earlier version: no network, no reliability, no more than examples."""
    card: dict[str, Any] = json.loads((ROOT / "model" / "zoo" / "streamlit.json").read_text())
    card["examples"]["wrong"] = card["mistakes"][:10]
    return {k: v for k, v in card.items() if k not in ("network", "reliability", "mistakes")}


def as_card(values: dict[str, Any]) -> Card:
    """The typed card of these values."""
    return decode_card(json.dumps(values).encode())
