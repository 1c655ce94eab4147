"""Fill the README's passages with what was measured: `python -m benchmark.update_readme`.

A passage stands between `<!-- name -->` and `<!-- /name -->`; its text is made from the model's
card or a file in benchmark/, never written by hand.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from benchmark import fast
from benchmark.speed import budget
from benchmark.speed.browser import ROOT
from benchmark.table import table

README = ROOT / "README.md"


def passages() -> dict[str, str]:
    """The text of each passage, by name."""
    return {name: make() for name, make in PASSAGES.items()}


def filled(text: str) -> str:
    """The README with every passage up to date; one that says the same keeps its lines."""
    for name, passage in passages().items():
        marked = re.compile(rf"(<!-- {name} -->)(.*?)(<!-- /{name} -->)", re.DOTALL)
        found = marked.search(text)
        if found is None:
            raise LookupError(f"README.md has no passage {name}")
        if found[2].split() != passage.split():
            text = marked.sub(lambda m, new=passage: m[1] + new + m[3], text)  # type: ignore[misc]
    return text


def _read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / path).read_text("utf-8"))
    return content


def _accuracy() -> str:
    test = _read("model/my_model.json")["test"]
    low, high = (100 * bound for bound in test["accuracy_interval_95"])
    return (
        f"{100 * test['accuracy']:.2f} % of\nMNIST's {test['n']:,} test digits "
        f"(95 % interval {low:.2f} to {high:.2f} %)"
    )


def _run() -> str:
    card = _read("model/my_model.json")
    return f"{card['parameters']:,} parameters, {card['seconds']:.0f} seconds on two cores"


def _bench() -> str:
    return f"\n{table(_read('benchmark/results/reading.json')['sets'])}\n"


def _speed() -> str:
    result = _read("benchmark/results/reading.json")
    times = (f"of a\n{name}: {ms['all']:.0f} ms" for name, ms in result["milliseconds"].items())
    return f"A reading takes, on two cores, {', '.join(times)} (`{result['command']}`)"


def _startup() -> str:
    result = _read("benchmark/results/speed.json")
    ours, floor = (result["start"][name]["seconds_to_canvas"] for name in ("app", "floor"))
    return (
        f"the canvas can be drawn on {ours:.2f} seconds after the server is started, "
        f"{ours / floor:.2f}\ntimes what a bare page with the same canvas takes "
        f"(`{result['command']}`)"
    )


def _setup() -> str:
    result = _read("benchmark/results/setup.json")
    return (
        "From a fresh clone to a canvas that can be\n"
        f"drawn on: {result['seconds_to_canvas']} seconds, downloads included "
        f"(`{result['command']}`)"
    )


def _budget() -> str:
    return f"\n{budget.table(_read('benchmark/results/speed.json'))}\n"


PASSAGES: dict[str, Callable[[], str]] = {
    "accuracy": _accuracy,
    "bench": _bench,
    "run": _run,
    "speed": _speed,
    "startup": _startup,
    "setup": _setup,
    "budget": _budget,
    "fast": lambda: fast.sentence(_read("benchmark/results/fast.json")),
}


def main() -> None:
    """Write the README anew."""
    README.write_text(filled(README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
