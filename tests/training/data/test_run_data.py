"""What a recipe learns from and is judged on."""

from pathlib import Path

import numpy as np
import pytest

from training.data.run_data import (
    NON_DIGITS_GENERATED,
    RunData,
    epochs_for,
    generate_non_digits,
    load,
    validation_examples,
)
from training.errors import DataError
from training.recipes import default, streamlit

CONFIG = default.Config(examples=40)


@pytest.mark.parametrize(
    "files",
    [["mnist.npz"], ["pen.json"]],
)
def test_wrong_choice_of_files_is_said_in_one_sentence(files: list[str], tmp_path: Path) -> None:
    paths = [str(tmp_path / file) for file in files]
    with pytest.raises(DataError, match=r"--data needs .*, or nothing at all to download them\."):
        load(paths, default.RECIPE, CONFIG, None)


def test_real_files_are_told_apart_by_their_names(data: Path) -> None:
    files = [str(data / name) for name in ("pen-dev.json", "mnist.npz", "pen-train.json")]
    materials = load(files, default.RECIPE, CONFIG, 100)
    assert len(materials.digits.train) == 100
    assert materials.pen_train
    assert materials.pen_validation
    assert [source.licence for source in materials.card_sources] == [
        "CC BY-SA 3.0",
        "CC BY 4.0",
        "SIL Open Font License 1.1 and Apache License 2.0",
    ]
    plain = load([str(data / "mnist.npz")], streamlit.RECIPE, streamlit.Config(), 100)
    assert plain.pen_train is None
    assert len(plain.card_sources) == 1


def test_plain_recipe_sees_the_same_digits_every_epoch_in_another_order(
    materials: RunData,
) -> None:
    with epochs_for(streamlit.RECIPE, streamlit.Config(), materials) as examples:
        first, again = examples.epoch(0), examples.epoch(1)
    assert not np.array_equal(first[0], again[0])
    assert np.array_equal(np.sort(first[0], axis=0), np.sort(again[0], axis=0))
    assert first[0].shape == (160, 28, 28)
    assert first[1].sum(axis=1).tolist() == [1] * 160


def test_default_recipe_sees_new_examples_every_epoch(materials: RunData) -> None:
    with epochs_for(default.RECIPE, CONFIG, materials) as examples:
        first, second = examples.epoch(0), examples.epoch(1)
    with epochs_for(default.RECIPE, CONFIG, materials) as examples:
        later = examples.epoch(1)
    assert len(first[0]) == 40
    assert not np.array_equal(first[0], second[0])
    assert np.array_equal(later[0], second[0])
    assert np.array_equal(later[1], second[1])


def test_validation_is_the_held_out_images_and_the_strokes_of_other_writers(
    materials: RunData,
) -> None:
    held_out = validation_examples(CONFIG, materials)
    assert held_out.pixels.shape == (40 + 20, 28, 28)
    assert held_out.pixels.dtype == np.float32
    assert 0 <= held_out.pixels.min() < held_out.pixels.max() <= 1
    assert held_out.labels[40:].tolist() == 2 * list(range(10))
    again = validation_examples(CONFIG, materials)
    assert np.array_equal(again.pixels, held_out.pixels)


def test_plain_recipe_is_validated_on_images_only(tiny_only: RunData) -> None:
    assert len(validation_examples(streamlit.Config(), tiny_only).labels) == 40
    assert generate_non_digits(streamlit.Config(), tiny_only) is None


@pytest.fixture
def tiny_only(materials: RunData) -> RunData:
    return RunData(materials.digits)


def test_marks_that_are_no_digits_are_the_same_for_the_same_seed(materials: RunData) -> None:
    marks = generate_non_digits(CONFIG, materials)
    assert marks is not None
    assert marks.shape == (NON_DIGITS_GENERATED, 28, 28)
    assert 0 <= marks.min() < marks.max() <= 1
    again = generate_non_digits(CONFIG, materials)
    assert again is not None
    assert np.array_equal(marks, again)
