"""Corpora of the few shapes of the scenes' tests."""

import pytest

from tests.training.scenes.conftest import corpus  # noqa: F401  a fixture
from training.scenes.corpus import Corpora, Corpus


@pytest.fixture(scope="session")
def corpora(corpus: Corpus) -> Corpora:  # noqa: F811
    """The same shapes to learn from, to validate and to test on."""
    return Corpora(corpus, corpus, corpus, card_sources=())
