"""What each stage of the reader is worth: the development sets are read without it.

`python -m benchmark.ablate FOLDER` switches off each stage of `benchmark.ablations` alone, and
stores in benchmark/results how each set is read then. With names of stages behind the folder it
measures and prints those alone.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmark.ablations import ABLATIONS, Read
from benchmark.scoring import VERDICTS, answer_of, judged, store
from benchmark.sets import Case, cases, on_all_cores, zipped_sets
from benchmark.table import SETS, markdown
from model import Recognizer

WHOLE = "the whole reader"
WORTH = 0.003  # a stage that changes every share by less than this is worth nothing
Shares = dict[str, dict[str, float]]  # of each set, then of each verdict


def measure_sets(read: Read, sets: Mapping[str, Sequence[Case]]) -> Shares:
    """Return the share of each verdict in each set."""
    return {name: _verdict_shares(read, images) for name, images in sets.items()}


def _verdict_shares(read: Read, images: Sequence[Case]) -> dict[str, float]:
    result = judged(images, [answer_of(read, case.content) for case in images])
    return {verdict: result[verdict]["share"] for verdict in VERDICTS}


def worth(whole: Shares, ablated: Shares) -> dict[str, dict[str, float]]:
    """Return for each set the share right that a stage adds, and the share wrong that it averts."""
    return {
        name: {
            "right": round(whole[name]["right"] - shares["right"], 5),
            "averted": round(shares["stated_wrong"] - whole[name]["stated_wrong"], 5),
        }
        for name, shares in ablated.items()
    }


def is_worthless(gains: Mapping[str, Mapping[str, float]]) -> bool:
    """Return whether a stage adds less than `WORTH` on every set."""
    return all(gain < WORTH for of_set in gains.values() for gain in of_set.values())


def ablation_table(stages: Iterable[Mapping[str, Any]]) -> str:
    """Return the table in Markdown: for each stage and set, points right and wrong averted."""
    stages = list(stages)
    names = [name for name in SETS if name in stages[0]["worth"]]
    lines = [
        [
            stage["stage"],
            *(_points(stage["worth"][name]) for name in names),
            "no" if is_worthless(stage["worth"]) else "yes",
        ]
        for stage in stages
    ]
    return markdown(("stage", *(SETS[name] for name in names), "worth it"), lines)


def _points(gain: Mapping[str, float]) -> str:
    return f"{100 * gain['right']:+.1f} / {100 * gain['averted']:+.1f}"


def _measure_stage(stage: str, folder: Path) -> Shares:
    read = Recognizer.load().read if stage == WHOLE else ABLATIONS[stage]()
    return measure_sets(read, {name: cases(file) for name, file in zipped_sets(folder).items()})


def main(folder: Path, only: Sequence[str]) -> int:
    """Measure, print and store."""
    if unknown := set(only) - set(ABLATIONS):
        print(f"No stage is called {', '.join(unknown)}: {', '.join(ABLATIONS)}", file=sys.stderr)
        return 2
    names = list(only or ABLATIONS)
    whole, *ablated = on_all_cores(partial(_measure_stage, folder=folder), [WHOLE, *names])
    stages = [
        {"stage": name, "worth": worth(whole, shares), "sets": shares}
        for name, shares in zip(names, ablated, strict=True)
    ]
    print(ablation_table(stages))
    if not only:
        store("ablation", "make ablate", whole=whole, stages=stages)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
