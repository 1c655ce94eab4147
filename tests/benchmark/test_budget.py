"""The table of speed shows what was measured, and whether it meets its target."""

from typing import Any

import pytest

from benchmark.speed.budget import speed_table


def cells(result: dict[str, Any], row: int = 0) -> list[str]:
    line = speed_table(result).splitlines()[2 + row]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(("seconds", "met"), [(1.2, "yes"), (1.3, "no")])
def test_row_shows_whether_the_target_is_met(seconds: float, met: str) -> None:
    result = {"process": {"seconds": seconds, "tensorflow_seconds": 10.0}}
    what, ours, blank, baseline, target, met_in_table = cells(result)
    assert "python -m model" in what
    assert (ours, blank, baseline) == (f"**{seconds} s**", "", "10.0 s")
    assert target == f"at most 0.12 of TensorFlow's; it is {seconds / 10:.2f}"
    assert met_in_table == met


@pytest.mark.parametrize(
    ("app", "baseline", "met"), [(3.5, 8.0, "yes"), (3.7, 8.0, "no"), (3.5, 6.0, "no")]
)
def test_first_digit_is_held_to_the_blank_page_and_to_the_baseline(
    app: float, baseline: float, met: str
) -> None:
    measured = {"app": app, "blank": 3.0, "baseline": baseline}
    start = {name: {"seconds_to_first": seconds} for name, seconds in measured.items()}
    assert cells({"start": start})[-1] == met


def test_memory_and_load_are_held_to_their_own_bounds() -> None:
    def measured(alone: int, together: int, memory: int) -> dict[str, object]:
        return {
            "alone": {"p95_ms": alone},
            "together": {"p95_ms": together, "n": 1000},
            "memory_mb": memory,
        }

    load = {"visitors": 20, "blank": measured(300, 700, 150), "app": measured(300, 960, 350)}
    assert cells({"visitors_here": load})[-1] == "no"  # 3.2 times as slow
    assert cells({"visitors_here": load}, 1)[-1] == "yes"  # 200 MB more


@pytest.mark.parametrize(("together", "met"), [(880, "yes"), (920, "no")])
def test_visitor_among_others_is_held_to_what_one_alone_waits(together: int, met: str) -> None:
    blank = {"alone": {"p95_ms": 280}, "together": {"p95_ms": 300}}
    app = {"alone": {"p95_ms": 300}, "together": {"p95_ms": together}}
    row = cells({"visitors_elsewhere": {"visitors": 20, "blank": blank, "app": app}})
    assert row[1:3] == [f"**{together} ms**", "300 ms"]
    assert row[-1] == met


def test_part_that_was_not_measured_has_no_row() -> None:
    assert len(speed_table({}).splitlines()) == 2
