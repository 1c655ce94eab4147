"""The garbage collector skips permanent objects and still collects the others."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from ui.models import freeze_objects


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    freeze_objects.clear()
    yield
    freeze_objects.clear()
    gc.unfreeze()


def test_what_is_there_is_passed_over_and_what_comes_is_collected() -> None:
    gc.unfreeze()
    freeze_objects("a test")
    assert gc.get_freeze_count() > 10_000  # the modules of this process
    gone = weakref.ref(Ring())
    gc.collect(2)
    assert gone() is None


def test_garbage_is_not_kept() -> None:
    gone = weakref.ref(Ring())
    freeze_objects("a test")
    assert gone() is None


def test_each_moment_counts_once() -> None:
    freeze_objects("a test")
    gc.unfreeze()
    freeze_objects("a test")
    assert gc.get_freeze_count() == 0
    freeze_objects("another one")
    assert gc.get_freeze_count() > 0
