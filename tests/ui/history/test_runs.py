"""A valid card or history from a file becomes a run; any other gets an error message."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from model.card import Epoch
from tests.cards import CARDS, as_card, bare_card, full_card
from ui.history.runs import MAX_CARD_BYTES, Run, RunError
from ui.text import text

HISTORY = b"""epoch,loss,accuracy,val_loss,val_accuracy,seconds
1,0.5,0.85,0.4,0.9,3.5
2,0.25,0.925,0.2,0.95,7.25
"""
SECOND = Epoch(loss=0.25, accuracy=0.925, val_loss=0.2, val_accuracy=0.95, seconds=7.25)


@pytest.mark.parametrize("file", CARDS, ids=lambda file: str(file.stem))
def test_card_that_came_with_the_app_is_sound(file: Path) -> None:
    run = Run.of_file(file.name, file.read_bytes())
    assert len(run.epochs) >= 1
    assert run.card.test
    assert run.card.test.n > 0


def test_card_may_hold_everything_or_its_history_alone() -> None:
    for card in (full_card(), bare_card(), {"history": [{"loss": 1, "accuracy": 0.5}]}):
        run = Run.of_card("card.json", as_card(card))
        assert [msgspec.to_builtins(epoch) for epoch in run.epochs] == card["history"]


def test_history_is_read_from_csv() -> None:
    run = Run.of_file("run.csv", HISTORY)
    assert run.epochs[1] == SECOND
    assert run.card.seconds == 7.25


def test_history_may_lack_validation_and_time() -> None:
    run = Run.of_file("keras.csv", b"\xef\xbb\xbfepoch,accuracy,loss\n0,0.5,1.5\n")
    assert run.epochs == (Epoch(accuracy=0.5, loss=1.5),)
    assert run.card.seconds is None


def test_history_that_a_spreadsheet_saved_with_semicolons_is_read() -> None:
    content = HISTORY.replace(b",", b";").replace(b".", b",").replace(b"\n", b"\r\n")
    assert Run.of_file("excel.csv", content).epochs[1] == SECOND


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"[1, 2",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"history": []}',
        b'{"history": [{"loss": NaN, "accuracy": 0.5}]}',
        b'{"history": [{"loss": 1e999, "accuracy": 0.5}]}',
        b'{"history": [{"loss": 1, "accuracy": 99.5}]}',
        b'{"history": [{"loss": "low", "accuracy": 0.9}]}',
        b" " * (MAX_CARD_BYTES + 1),
    ],
)
def test_broken_card_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(RunError, match=r"^my\.json .*\.$") as error:
        Run.of_file("my.json", content)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200


def _set(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(card: dict[str, Any]) -> None:
        place: Any = card
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("confusion_matrix", 3, value=[1] * 9),
        _set("confusion_matrix", 3, 4, value=-1),
        _set("confusion_matrix", 3, 4, value=0.5),
        _set("test", "accuracy_interval_95", value=[0.9]),
        _set("mistakes", 0, "png", value='"><script>alert(1)</script>'),
        _set("mistakes", 0, "label", value=11),
        _set("network", "layers", 1, "name", value='x"] --> y["'),
        _set("network", "layers", 1, "type", value="<img src=x>"),
        _set("network", "filters", "kernels", value=[[["a"]]]),
        _set("reliability", 14, "accuracy", value=2),
        _set("data", value=[{"name": "MNIST", "counts": {"train": "many"}}]),
        _set("recipe", value=["default"]),
        _set("hyperparameters", "epochs", value={"deep": 1}),
    ],
)
def test_card_with_a_wrong_part_names_it(change: Callable[[dict[str, Any]], None]) -> None:
    card = full_card()
    change(card)
    with pytest.raises(RunError) as error:
        Run.of_file("my.json", json.dumps(card).encode())
    part = re.search(r"“(\w+).*”", str(error.value))
    assert part
    assert part[1] in card
    assert str(error.value) == text(
        "runs.bad_part", name="my.json", part=part[0].strip("“”")
    )  # and nothing of the schema


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"epoch,loss,accuracy\n",
        b"a,b\n1,2\n",
        b"epoch,loss,accuracy\n1,low,0.5\n",
        b"epoch,loss,accuracy\n1,inf,0.5\n",
        b"epoch,loss,accuracy\n1,0.5,95\n",
        b"epoch,loss,accuracy\n1,0.5\n",
        b"\xff\xfe\x00",
        b"loss,accuracy\n" + b'"' * 200_000,
    ],
)
def test_broken_history_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(RunError, match=r"^my\.csv .*\.$") as error:
        Run.of_file("my.csv", content)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200


def test_history_says_which_column_or_value_is_wrong() -> None:
    for content, key, values in (
        (b"epoch,accuracy\n1,0.5\n", "runs.missing_column", {"column": "loss"}),
        (b"loss;accuracy\n1;0,5\n1;1,5\n", "runs.bad_value", {"column": "accuracy", "row": 2}),
        (b"loss,accuracy\nlow,0.5\n", "runs.bad_value", {"column": "loss", "row": 1}),
        (b"loss,accuracy\n1\n", "runs.bad_value", {"column": "accuracy", "row": 1}),
        (b"loss,accuracy\n", "runs.no_epochs", {}),
    ):
        with pytest.raises(RunError) as error:
            Run.of_file("my.csv", content)
        assert str(error.value) == text(key, name="my.csv", **values)
