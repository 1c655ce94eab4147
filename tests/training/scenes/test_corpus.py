"""What scenes are written with: no writer is in two parts."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import pen_records
from training.errors import DataError
from training.scenes.corpus import WRITERS_FILE, Corpus, load_corpora


def known_images(corpus: Corpus) -> set[bytes]:
    return {image.tobytes() for image in corpus.images}


def test_corpora_of_small_data_share_no_image_and_no_writer(tmp_path: Path) -> None:
    file = tmp_path / "strokes.json"
    file.write_text(json.dumps(pen_records(1, 2, 28)))
    corpora = load_corpora(["digits", str(file)])
    parts = (corpora.train, corpora.validation, corpora.test)
    assert all(len(part.images) and part.image_writers and part.stroke_writers for part in parts)
    assert len(corpora.train.stroke_writers) == 2
    assert len(corpora.validation.stroke_writers) == 1
    train = known_images(corpora.train)
    assert not train & known_images(corpora.validation)
    assert not train & known_images(corpora.test)
    faces = {face.tobytes() for face in corpora.train.faces}
    assert not faces & {face.tobytes() for face in corpora.validation.faces}
    assert corpora.card_sources[0].name == "digits"


def test_validation_has_other_writers_of_mnist(data: Path) -> None:
    corpora = load_corpora([str(data / "mnist.npz")])
    with np.load(data / "mnist.npz") as arrays, np.load(data / WRITERS_FILE) as by:
        writers = {
            image.tobytes(): int(writer)
            for image, writer in zip(arrays["x_train"], by["train"], strict=True)
        }
    train = {writers[image] for image in known_images(corpora.train)}
    validation = {writers[image] for image in known_images(corpora.validation)}
    assert train
    assert validation
    assert not train & validation
    assert len(corpora.train.images) + len(corpora.validation.images) == 60_000
    assert len(corpora.test.images) == 10_000
    assert corpora.train.stroke_writers == ()


def test_writer_of_a_corpus_wrote_what_it_says(data: Path) -> None:
    train = load_corpora([str(data / "mnist.npz")]).train
    for writer in train.image_writers[:5]:
        for label, places in enumerate(writer):
            assert (train.labels[places] == label).all()


def test_file_of_other_writers_is_refused(data: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / WRITERS_FILE, train=np.zeros(3), test=np.zeros(3))
    with pytest.raises(DataError, match=WRITERS_FILE):
        load_corpora([str(data / "mnist.npz"), str(tmp_path / WRITERS_FILE)])
