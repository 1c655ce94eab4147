import pytest

from benchmark.speed.soak import TROUBLE, is_flat

WARM = [100, 180, 200, 205]


@pytest.mark.parametrize(
    ("memory", "flat"),
    [
        ([*WARM, 206, 204, 207, 206, 205, 207, 206, 208], True),
        ([*WARM, 210, 220, 230, 240, 250, 260, 270, 280], False),
        ([200, 200, 200, 150], True),
    ],
)
def test_memory_is_flat_unless_it_grows_at_the_end(memory: list[float], flat: bool) -> None:
    assert is_flat(memory) is flat


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("Traceback (most recent call last):", True),
        ("2026-11-21 07:27:47.531 Uncaught app execution", False),
        ("ValueError: no image", True),
        ("  URL: http://127.0.0.1:8501", False),
    ],
)
def test_trouble_in_the_log_is_seen(line: str, trouble: bool) -> None:
    assert bool(TROUBLE.search(line)) is trouble
