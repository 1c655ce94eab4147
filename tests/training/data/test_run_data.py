"""The data of a run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.data.run_data import (
    RunData,
    epochs_for,
    generate_non_digits,
    load_run_data,
    validation_examples,
)
from training.errors import DataError
from training.recipes import default, streamlit

CONFIG = default.Config(examples=40)


@pytest.mark.parametrize(
    "files",
    [["mnist.npz"], ["pen.json"]],
)
def test_images_or_strokes_alone_are_refused(files: list[str], tmp_path: Path) -> None:
    paths = [str(tmp_path / file) for file in files]
    with pytest.raises(DataError, match=r"--data needs .*, or nothing at all to download them\."):
        load_run_data(paths, default.RECIPE, CONFIG, None)


def test_real_files_are_recognised_by_their_names(data: Path) -> None:
    files = [str(data / name) for name in ("pen-dev.json", "mnist.npz", "pen-train.json")]
    run_data = load_run_data(files, default.RECIPE, CONFIG, 100)
    assert len(run_data.digits.train) == 100
    assert run_data.pen_train
    assert run_data.pen_validation
    assert [source.licence for source in run_data.card_sources] == [
        "CC BY-SA 3.0",
        "CC BY 4.0",
        "SIL Open Font License 1.1 and Apache License 2.0",
    ]
    plain = load_run_data([str(data / "mnist.npz")], streamlit.RECIPE, streamlit.Config(), 100)
    assert plain.pen_train is None
    assert len(plain.card_sources) == 1


def test_plain_recipe_sees_the_same_digits_every_epoch_in_another_order(
    run_data: RunData,
) -> None:
    with epochs_for(streamlit.RECIPE, streamlit.Config(), run_data) as examples:
        first, again = examples.epoch(0), examples.epoch(1)
    assert not np.array_equal(first[0], again[0])
    assert np.array_equal(np.sort(first[0], axis=0), np.sort(again[0], axis=0))
    assert first[0].shape == (160, 28, 28)
    assert first[1].sum(axis=1).tolist() == [1] * 160


def test_default_recipe_sees_new_examples_every_epoch(run_data: RunData) -> None:
    with epochs_for(default.RECIPE, CONFIG, run_data) as examples:
        first, second = examples.epoch(0), examples.epoch(1)
    with epochs_for(default.RECIPE, CONFIG, run_data) as examples:
        later = examples.epoch(1)
    assert len(first[0]) == 40
    assert not np.array_equal(first[0], second[0])
    assert np.array_equal(later[0], second[0])
    assert np.array_equal(later[1], second[1])


def test_validation_is_the_held_out_images_and_the_strokes_of_other_writers(
    run_data: RunData,
) -> None:
    held_out = validation_examples(CONFIG, run_data)
    assert held_out.pixels.shape == (40 + 20, 28, 28)
    assert held_out.pixels.dtype == np.float32
    assert 0 <= held_out.pixels.min() < held_out.pixels.max() <= 1
    assert held_out.labels[40:].tolist() == 2 * list(range(10))
    again = validation_examples(CONFIG, run_data)
    assert np.array_equal(again.pixels, held_out.pixels)


def test_plain_recipe_is_validated_on_images_only(tiny_only: RunData) -> None:
    assert len(validation_examples(streamlit.Config(), tiny_only).labels) == 40
    assert generate_non_digits(streamlit.Config(), tiny_only) is None


@pytest.fixture
def tiny_only(run_data: RunData) -> RunData:
    return RunData(run_data.digits)


def test_non_digits_are_the_same_for_the_same_seed(
    run_data: RunData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.data.run_data.NON_DIGITS_GENERATED", 50)
    non_digits = generate_non_digits(CONFIG, run_data)
    assert non_digits is not None
    assert non_digits.shape == (50, 28, 28)
    assert 0 <= non_digits.min() < non_digits.max() <= 1
    again = generate_non_digits(CONFIG, run_data)
    assert again is not None
    assert np.array_equal(non_digits, again)


def test_weights_of_the_default_recipe_change_its_examples(run_data: RunData) -> None:
    """Nearly all images of an epoch are sevens."""
    train = run_data.digits.train
    weights = np.where(train.labels == 7, 1.0, 1e-9)
    heavy = replace(run_data.digits, train=replace(train, weights=weights))
    with epochs_for(default.RECIPE, CONFIG, replace(run_data, digits=heavy)) as examples:
        _, targets = examples.epoch(0)
    with epochs_for(default.RECIPE, CONFIG, run_data) as examples:
        _, plain = examples.epoch(0)
    sevens = [(t.argmax(axis=1) == 7).mean() for t in (targets, plain)]
    assert sevens[0] > 0.3 > sevens[1]


def test_default_recipe_needs_one_weight_for_each_source_of_images(tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("mnist.npz", "pen.json")]
    with pytest.raises(DataError, match="1 in all, not 2"):
        load_run_data(files, default.RECIPE, CONFIG, None, [1, 1])
