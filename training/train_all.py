"""Train every ancestor and `fast`, one after the other, into `model/zoo`.

    python -m training.train_all --data mnist.npz --images chars74k-hnd.zip chars74k-fnt.zip

Each has a checkpoint, so that the same command goes on after a cut and leaves out what is done.
"""

import argparse
import sys
from pathlib import Path

from training.cli import main as train
from training.recipes import DEFAULT_RECIPE, RECIPES

CHECKPOINTS = Path("build") / "zoo"


def parser() -> argparse.ArgumentParser:
    """Where the data are, and which recipes."""
    p = argparse.ArgumentParser(
        prog="python -m training.train_all", description=__doc__.split("\n")[0]
    )
    p.add_argument("--data", nargs="+", default=[], metavar="SOURCE", help="MNIST, else downloaded")
    p.add_argument(
        "--images",
        nargs="+",
        default=[],
        metavar="SOURCE",
        help="folders of images for chars74k, which is left out without them",
    )
    p.add_argument("--out", type=Path, metavar="DIR", help="folder; else model/zoo")
    p.add_argument("--checkpoints", type=Path, default=CHECKPOINTS, metavar="DIR")
    p.add_argument("--limit", metavar="N", help="take N digits only, for a quick try")
    p.add_argument(
        "--only", nargs="+", choices=[r for r in RECIPES if r != DEFAULT_RECIPE], metavar="RECIPE"
    )
    return p


def main(argv: list[str] | None = None) -> int:
    """Train them; the first exit status that is not 0, or 0."""
    arguments = parser().parse_args(argv)
    arguments.checkpoints.mkdir(parents=True, exist_ok=True)
    names = arguments.only or [name for name in RECIPES if name != DEFAULT_RECIPE]
    failed = 0
    for name in names:
        needs_images = bool(RECIPES[name].needs)
        if needs_images and not arguments.images:
            print(f"{name} is left out: it needs --images.")
            continue
        data = arguments.images if needs_images else arguments.data
        words = [name, "--checkpoint", str(arguments.checkpoints / f"{name}.npz")]
        words += ["--out", str(arguments.out)] if arguments.out else []
        words += ["--limit", arguments.limit] if arguments.limit else []
        words += ["--data", *data] if data else []
        failed = failed or train(words)
    return failed


if __name__ == "__main__":
    sys.exit(main())
