"""Fill the documentation with what was measured: `python -m benchmark.update_docs`.

A passage stands between `<!-- name -->` and `<!-- /name -->` in the README or a page of docs/. Its
text is made from the model's card or a file in benchmark/results, never written by hand.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark import RESULTS, fast
from benchmark.ablate import ablation_table
from benchmark.metamorphic import metamorphic_table
from benchmark.mnist_c import mnist_c_table
from benchmark.speed.browser import ROOT
from benchmark.speed.budget import speed_table
from benchmark.table import accuracy_table, kinds_table, summary_table

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
NOT_MEASURED = "not measured yet"
PASSAGE = re.compile(r"(<!-- (\w+) -->)(.*?)(<!-- /\2 -->)", re.DOTALL)


def filled(text: str) -> str:
    """Return a page with every passage up to date; one that says the same keeps its lines.

    Raises LookupError for a passage that no measurement fills.
    """

    def fill(found: re.Match[str]) -> str:
        begin, name, old, end = found.groups()
        if name not in PASSAGES:
            raise LookupError(f"no measurement fills the passage {name}")
        new = PASSAGES[name]()
        return begin + (old if old.split() == new.split() else new) + end

    return PASSAGE.sub(fill, text)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def _card() -> dict[str, Any]:
    return _read(ROOT / "model" / "my_model.json")


def _accuracy() -> str:
    test = _card()["test"]
    low, high = (100 * bound for bound in test["accuracy_interval_95"])
    return (
        f"{100 * test['accuracy']:.2f}% of MNIST's {test['n']:,} test digits\n"
        f"(95% interval {low:.2f} to {high:.2f}%)"
    )


def _run() -> str:
    card = _card()
    return f"{card['parameters']:,} parameters, {card['seconds'] / 3600:.1f} hours on two cores"


def _sets() -> list[dict[str, Any]]:
    sets: list[dict[str, Any]] = _read(RESULTS / "reading.json")["sets"]
    return sets


def _peer() -> list[dict[str, Any]]:
    path = RESULTS / "peer.json"
    sets: list[dict[str, Any]] = _read(path)["sets"] if path.exists() else []
    return sets


def _versions() -> str:
    path = RESULTS / "peer.json"
    if not path.exists():
        return NOT_MEASURED
    return ", ".join(f"{name} {version}" for name, version in _read(path)["versions"].items())


def _kinds() -> str:
    kinds = next((row["kinds"] for row in _sets() if "kinds" in row), None)
    return f"\n{kinds_table(kinds)}\n" if kinds else f"\n{NOT_MEASURED}\n"


def _table_of(name: str, table: Callable[[dict[str, Any]], str]) -> str:
    """Return the table of a file of results, or that there is none yet."""
    path = RESULTS / f"{name}.json"
    return f"\n{table(_read(path)) if path.exists() else NOT_MEASURED}\n"


def _speed() -> str:
    result = _read(RESULTS / "speed.json")
    return (
        f"reading a drawing takes {result['reading']['reading_ms']:.1f} ms,\n"
        f"a photo of 12 megapixels {result['photo']['reading_ms']} ms"
    )


def _startup() -> str:
    result = _read(RESULTS / "speed.json")
    ours, blank = (result["start"][name]["seconds_to_canvas"] for name in ("app", "blank"))
    return (
        f"the canvas is ready {ours:.1f} s after the server starts, that of a blank page after\n"
        f"{blank:.1f} s"
    )


def _setup() -> str:
    seconds = _read(RESULTS / "setup.json")["seconds_to_canvas"]
    return f"{seconds} seconds from a fresh clone to the canvas, downloads included"


def _install_size() -> str:
    size = _read(RESULTS / "speed.json")["size"]
    return f"{size['requirements_serve_mb']:,} MB instead of {size['requirements_mb']:,}"


def _speeds() -> str:
    return f"\n{speed_table(_read(RESULTS / 'speed.json'))}\n"


PASSAGES: dict[str, Callable[[], str]] = {
    "accuracy": _accuracy,
    "summary": lambda: f"\n{summary_table(_sets(), _peer())}\n",
    "bench": lambda: f"\n{accuracy_table(_sets(), _peer())}\n",
    "kinds": _kinds,
    "peer": _versions,
    "mnist_c": lambda: _table_of("mnist_c", mnist_c_table),
    "metamorphic": lambda: _table_of("metamorphic", lambda r: metamorphic_table(r["sets"])),
    "ablation": lambda: _table_of("ablation", lambda r: ablation_table(r["stages"])),
    "run": _run,
    "speed": _speed,
    "startup": _startup,
    "setup": _setup,
    "size": _install_size,
    "speeds": _speeds,
    "fast": lambda: fast.sentence(_read(RESULTS / "fast.json")),
}


def main() -> None:
    """Write every page with its passages up to date."""
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
