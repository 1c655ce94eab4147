"""The measurement of `fast` and `notebook`, on tiny data."""

import dataclasses
import json

from benchmark import RESULTS
from benchmark.fast import measure_training, sentence
from tests.test_readme import passage
from training.data.run_data import RunData
from training.recipes import fast


def test_measurement_has_seconds_and_accuracy(run_data: RunData) -> None:
    config = fast.Config(epochs=2, batch_size=16)
    row = measure_training(fast.RECIPE, config, RunData(run_data.digits))
    assert row["recipe"] == "fast"
    assert row["epochs"] == 2
    assert 0 < row["seconds"] < row["all_seconds"]
    assert row["test"]["n"] == 40
    assert 0 <= row["test"]["accuracy"] <= 1


def test_sentence_of_the_readme() -> None:
    rows = [
        {"recipe": "fast", "seconds": 11.6, "test": {"n": 10_000, "accuracy": 0.9912}},
        {"recipe": "notebook", "seconds": 104.4, "test": {"n": 10_000, "accuracy": 0.9905}},
    ]
    assert sentence({"command": "make bench-fast", "recipes": rows, "ratio": 9.0}) == (
        "`fast` reads 99.12% of MNIST's test digits after 12 seconds of training, `notebook` "
        "99.05% after 104, 9.0 times as many (`make bench-fast`)"
    )


def test_seconds_of_the_readme_are_those_that_were_measured() -> None:
    result = json.loads((RESULTS / "fast.json").read_text())
    assert result["goal_reached"]
    assert passage("fast") == sentence(result)
    assert dataclasses.asdict(fast.Config())["epochs"] == result["recipes"][0]["epochs"]
