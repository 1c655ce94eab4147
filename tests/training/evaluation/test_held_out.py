"""Digits that a model has learned from are never counted as unseen."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from model.card import Card, Source, decode_card, encode_card
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from tests.training.conftest import pen_records
from tests.training.sources.test_sources import drawn
from training.data.run_data import RunData
from training.errors import DataError
from training.evaluation.held_out import held_out, is_learned, learned_images
from training.sources import load_sources
from training.sources.pen import load_pen, read_pen


def drawings(file: Path, numbers: range) -> Path:
    """Write an export of the app; drawing n is of the digit n % 10."""
    with zipfile.ZipFile(file, "w") as archive:
        rows = [f"{number:03d}.png,{number % 10}" for number in numbers]
        archive.writestr("labels.csv", "\n".join(["file,text", *rows]))
        for number in numbers:
            archive.writestr(f"images/{number:03d}.png", drawn(number % 10, number // 10))
    return file


def card_of(data: RunData, seed: int = 1) -> Card:
    return Card(
        hyperparameters={"seed": seed},
        data=data.card_sources,
        learned_images=learned_images(data.identify()),
    )


@pytest.fixture
def learned(tmp_path: Path) -> Card:
    """Return the card of a model that learned from most of 80 drawings."""
    file = drawings(tmp_path / "mine.zip", range(80))
    return card_of(
        RunData(load_sources([str(file)], seed=1, validation_share=0.25, test_share=0.2))
    )


def test_every_learned_digit_is_found_and_hardly_any_other() -> None:
    random = np.random.default_rng(0)
    learned, others = random.integers(0, 2**64, (2, 20_000), np.uint64)
    card = Card(learned_images=learned_images(learned))
    assert decode_card(encode_card(card)) == card
    assert card.learned_images is not None
    assert is_learned(card.learned_images, learned).all()
    assert 0.005 < is_learned(card.learned_images, others).mean() < 0.015


def test_collection_that_grew_gives_its_new_and_its_test_digits(
    learned: Card, tmp_path: Path
) -> None:
    grown = held_out([str(drawings(tmp_path / "mine.zip", range(90)))], [learned])
    assert learned.learned_images is not None
    assert len(grown.test) == pytest.approx(90 - learned.learned_images.count, abs=2)
    assert not {image.tobytes() for image in grown.test.images} & _learned(tmp_path)


def test_part_of_a_learned_collection_is_not_unseen(learned: Card, tmp_path: Path) -> None:
    part = held_out([str(drawings(tmp_path / "part.zip", range(40)))], [learned])
    assert len(part.test) < 20
    assert not {image.tobytes() for image in part.test.images} & _learned(tmp_path)


def _learned(folder: Path) -> set[bytes]:
    file = drawings(folder / "all.zip", range(80))
    data = load_sources([str(file)], seed=1, validation_share=0.25, test_share=0.2)
    parts = (data.train, data.validation)
    return {image.tobytes() for part in parts for image in part.images}


def test_own_source_gives_the_whole_test_part_of_the_training(tmp_path: Path) -> None:
    """The filter leaves out no digit by chance."""
    file = drawings(tmp_path / "mine.zip", range(80))
    data = load_sources([str(file)], seed=4, validation_share=0.1)
    own = held_out([str(file)], [card_of(RunData(data), seed=4)])
    assert np.array_equal(own.test.images, data.test.images)
    assert own.name == "mine.zip"


def test_strokes_are_recognised_however_they_are_rendered(tmp_path: Path) -> None:
    """The default recipe learns from strokes, which an evaluation renders as images."""
    train, validation, new = (tmp_path / f"{name}.json" for name in ("train", "validation", "new"))
    train.write_text(json.dumps(pen_records(1, 2)))
    validation.write_text(json.dumps(pen_records(25)))
    new.write_text(json.dumps(pen_records(26)))
    pen = load_pen([train, validation])
    fingerprints = np.concatenate([part.identify() for part in pen])
    source = Source(name="strokes", sha256=pen[0].sha256, counts={"train": 20, "validation": 10})
    card = Card(data=(source,), learned_images=learned_images(fingerprints))
    with pytest.raises(DataError, match="is new to the model"):
        held_out([str(train), str(validation)], [card])
    unseen = held_out([str(train), str(new)], [card])
    assert len(unseen.test) == pytest.approx(10, abs=1)
    assert len(read_pen([train, new])) == 30


def test_models_that_learned_from_different_parts_cannot_be_compared(tmp_path: Path) -> None:
    file = drawings(tmp_path / "mine.zip", range(80))
    cards = [
        card_of(RunData(load_sources([str(file)], seed=seed, validation_share=0.1)), seed)
        for seed in (1, 2)
    ]
    with pytest.raises(DataError, match="different parts of mine"):
        held_out([str(file)], cards)


def test_sources_are_tested_on_together(tmp_path: Path) -> None:
    files = [drawings(tmp_path / "a.zip", range(20)), drawings(tmp_path / "b.zip", range(20, 60))]
    found = held_out([str(file) for file in files], [Card()])
    assert len(found.test) == 60
    assert [source.weight for source in found.card_sources] == [None, None]


def test_model_without_a_card_is_tested_on_everything(tmp_path: Path) -> None:
    file = drawings(tmp_path / "mine.zip", range(80))
    assert len(held_out([str(file)], [Card()]).test) == 80


@pytest.mark.parametrize(
    "file", sorted({DEFAULT_MODEL_FILE, *(DEFAULT_MODEL_FILE.parent / "zoo").glob("*.keras")})
)
def test_committed_model_knows_what_it_learned_from(file: Path) -> None:
    card = Artifact(file).load_card()
    assert card.learned_images is not None
    counts = [source.counts for source in card.data if "typefaces" not in source.name]
    images = sum(n["train"] + n.get("validation", 0) for n in counts)
    assert 0.8 * images < card.learned_images.count <= images  # copies are left out


def test_default_model_has_learned_from_all_pen_strokes(data: Path) -> None:
    card = Artifact(DEFAULT_MODEL_FILE).load_card()
    assert card.learned_images is not None
    pen = read_pen([data / "pen-train.json", data / "pen-dev.json"])
    assert is_learned(card.learned_images, pen.identify()).all()
