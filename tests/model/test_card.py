"""The model card: every committed one is valid, and nothing is lost on its way through a file."""

import json

import pytest

from model.card import Card, CardError, decode_card, encode_card
from tests.conftest import ROOT

CARDS = sorted([ROOT / "model" / "my_model.json", *(ROOT / "model" / "zoo").glob("*.json")])


@pytest.mark.parametrize("file", CARDS, ids=lambda file: file.stem)
def test_committed_card_survives_a_round_trip(file) -> None:  # type: ignore[no-untyped-def]
    written = json.loads(file.read_text())
    again = json.loads(encode_card(decode_card(file.read_bytes())))
    assert again == {key: value for key, value in written.items() if value != []}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"history": [{"loss": "x", "accuracy": 1}]}', "history[0].loss"),
        (b'{"seconds": 1e999}', "seconds"),
        (b'{"recipe": "<b>"}', "recipe"),
        (b'{"test": {"n": -1, "accuracy": 1, "accuracy_interval_95": [0, 1]}}', "test.n"),
        (b"[" * 10_000, ""),
        (b'{"unknown": ' + b"[" * 100_000, ""),
        (b'{"seconds": NaN}', ""),
        (b"\xff", ""),
    ],
)
def test_bad_card_is_refused_with_its_place(content: bytes, place: str) -> None:
    with pytest.raises(CardError, match="^" + place.replace("[", r"\[")):
        decode_card(content)


def test_default_fields_stay_out_of_the_file() -> None:
    assert json.loads(encode_card(Card())) == {}
