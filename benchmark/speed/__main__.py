"""How fast and light the app is, beside a blank page and the baseline: `make bench-speed`.

`python -m benchmark.speed [PART ...]` measures all parts, or those that are named, prints the table
and stores the medians in benchmark/results; a part that was not measured keeps its last figures.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark import RESULTS
from benchmark.speed import latency, throughput
from benchmark.speed.budget import speed_table
from benchmark.speed.size import size
from training.run import provenance

DATA = Path("../shared/data")
ROUNDS = 5
STROKES_ALONE = 60  # of one visitor
STROKES_OF_EACH = 50  # of twenty: a thousand readings


def parts(
    rounds: int, strokes: int, each: int, data: Path
) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return the measurements by name."""
    return {
        "start": lambda: latency.start(rounds),
        "stroke": lambda: latency.one_visitor(strokes),
        "visitors_here": lambda: latency.visitors_here(each),
        "visitors_elsewhere": lambda: latency.visitors_elsewhere(strokes),
        "process": lambda: throughput.one_process(rounds),
        "reading": lambda: throughput.one_reading(rounds),
        "folder": lambda: throughput.whole_folder(data / "mnist.npz"),
        "photo": lambda: throughput.large_photo(rounds),
        "stages": lambda: throughput.stages(rounds),
        "network": lambda: throughput.one_call(rounds),
        "size": size,
    }


def parser() -> argparse.ArgumentParser:
    """Return the parser: the parts and how thoroughly they are measured."""
    p = argparse.ArgumentParser(
        prog="python -m benchmark.speed", description=__doc__.split("\n")[0]
    )
    p.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts(0, 0, 0, DATA)))
    p.add_argument("--rounds", type=int, default=ROUNDS, help="of which the median counts")
    p.add_argument("--strokes", type=int, default=STROKES_ALONE, help="of one visitor")
    p.add_argument("--each", type=int, default=STROKES_OF_EACH, help="strokes of each of twenty")
    p.add_argument("--data", type=Path, default=DATA, help="the folder that holds mnist.npz")
    p.add_argument("--out", type=Path, default=RESULTS / "speed.json")
    return p


def main(argv: list[str] | None = None) -> int:
    """Measure, print and store part by part, so that an interruption loses one part at most."""
    p = parser()
    arguments = p.parse_args(argv)
    known = parts(arguments.rounds, arguments.strokes, arguments.each, arguments.data)
    if unknown := set(arguments.parts) - set(known):
        p.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    out: Path = arguments.out
    result = json.loads(out.read_text()) if out.exists() else {}
    for name in arguments.parts or known:
        print(f"{name} ...", flush=True)
        result[name] = {**provenance(), **known[name]()}
        print(json.dumps(result[name]), flush=True)
        out.write_text(json.dumps({"command": "make bench-speed", **result}, indent=1) + "\n")
    print(speed_table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
