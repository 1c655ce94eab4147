"""The compiled ink network on images of any size."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from model.errors import ModelError
from model.ink.network import PIXEL_CLASSES, CompiledInkNetwork
from model.line.network import CompiledLineNetwork
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.dense import load_dense
from model.networks import INK_MODEL_FILE, LINE_MODEL_FILE


@pytest.fixture(scope="module")
def network() -> CompiledInkNetwork:
    return CompiledInkNetwork(load_dense(Artifact(INK_MODEL_FILE)))


def image(rows: int, columns: int, seed: int = 0) -> NDArray[np.uint8]:
    grey = np.random.default_rng(seed).integers(200, 220, (rows, columns), np.uint8)
    grey[rows // 4 : rows // 2, columns // 3 : columns // 3 + max(1, columns // 30)] = 60
    return grey


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, 100), (31, 33), (32, 32), (97, 5), (200, 310), (480, 640)]
)
def test_every_pixel_of_an_image_of_any_size_has_probabilities(
    network: CompiledInkNetwork, rows: int, columns: int
) -> None:
    found = network.probabilities(image(rows, columns))
    assert found.shape == (rows, columns, PIXEL_CLASSES)
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert np.allclose(found.sum(axis=2), 1, atol=1e-5)


def test_an_image_is_seen_the_same_whatever_was_seen_before(network: CompiledInkNetwork) -> None:
    small, large = image(40, 70), image(210, 130)
    first = network.probabilities(small), network.probabilities(large)
    again = network.probabilities(small), network.probabilities(large)
    for one, two in zip(first, again, strict=True):
        assert (one == two).all()


def test_answer_is_not_overwritten_by_the_next(network: CompiledInkNetwork) -> None:
    first = network.probabilities(image(64, 64, 1))
    kept = first.copy()
    network.probabilities(image(64, 64, 2))
    assert (first == kept).all()


def test_threads_see_what_one_thread_sees(network: CompiledInkNetwork) -> None:
    images = [image(40 + 9 * n, 130 - 7 * n, n) for n in range(8)]
    alone = [network.probabilities(grey) for grey in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(network.probabilities, images))
    for one, two in zip(alone, together, strict=True):
        assert (one == two).all()


def test_other_network_is_refused() -> None:
    for file in (DEFAULT_MODEL_FILE, LINE_MODEL_FILE):
        with pytest.raises(ModelError, match="channels"):
            CompiledInkNetwork(load_dense(Artifact(file)))
    with pytest.raises(ModelError, match="channels"):
        CompiledLineNetwork(load_dense(Artifact(INK_MODEL_FILE)))
