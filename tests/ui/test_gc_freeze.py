"""What stays for good costs the garbage collector nothing; what does not is still collected."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from ui.models import keep_for_good


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    keep_for_good.clear()
    yield
    keep_for_good.clear()
    gc.unfreeze()


def test_what_is_there_is_passed_over_and_what_comes_is_collected() -> None:
    gc.unfreeze()
    keep_for_good("a test")
    assert gc.get_freeze_count() > 10_000  # the modules of this process
    gone = weakref.ref(Ring())
    gc.collect(2)
    assert gone() is None


def test_garbage_is_not_kept() -> None:
    gone = weakref.ref(Ring())
    keep_for_good("a test")
    assert gone() is None


def test_each_moment_counts_once() -> None:
    keep_for_good("a test")
    gc.unfreeze()
    keep_for_good("a test")
    assert gc.get_freeze_count() == 0
    keep_for_good("another one")
    assert gc.get_freeze_count() > 0
