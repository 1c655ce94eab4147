"""Two models to evaluate: a trained one with its card, and one from elsewhere."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from model.network.artifact import Artifact
from training.data.epochs import Examples
from training.data.run_data import RunData
from training.recipes import streamlit
from training.run import train_and_evaluate
from training.sources import load_sources

DIGITS = "digits"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """Return the tutorial's network after one epoch on scikit-learn's digits."""
    artifact = Artifact(tmp_path_factory.mktemp("trained") / "own.keras")
    config = streamlit.Config(epochs=1, validation_share=0.1, seed=7)
    digits = load_sources([DIGITS], seed=config.seed, validation_share=config.validation_share)
    train_and_evaluate(streamlit.RECIPE, config, RunData(digits), artifact, command="the command")
    return artifact


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dense network from elsewhere that takes no channel and gives logits."""
    network = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("adam", loss=loss)
    digits: Any = Examples.of(load_sources([DIGITS], seed=1, validation_share=0.1).train)
    keras.utils.set_random_seed(1)
    network.fit(digits.pixels, digits.labels, epochs=5, verbose=0)
    file = tmp_path_factory.mktemp("foreign") / "theirs.keras"
    network.save(file)
    assert np.abs(np.asarray(network(digits.pixels[:9]))).max() > 1
    return file
