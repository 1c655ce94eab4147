"""Train every recipe but the default one, one after the other, into `model/zoo`.

    python -m training.train_all --data mnist.npz --images chars74k-hnd.zip chars74k-fnt.zip

Each has a checkpoint, so that the same command goes on after a break and skips what is done.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import FlagCreatePairsOff, arg

from training.cli import main as train
from training.options import Limit, Sources, parse_as
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.recipes.config import several

ZOO_RECIPES = tuple(name for name in RECIPES if name != DEFAULT_RECIPE)


def _recipe(name: str) -> str:
    if name not in ZOO_RECIPES:
        raise ValueError(f"{name} is not one of {', '.join(ZOO_RECIPES)}")
    return name


@dataclass(frozen=True)
class TrainAllOptions:
    """The flags."""

    data: Sources = ()
    """MNIST; downloaded where left out."""
    images: Sources = ()
    """Folders of images for chars74k, which is skipped without them."""
    out: Annotated[Path | None, arg(metavar="DIR")] = None
    """Folder for the models; else model/zoo."""
    replace: FlagCreatePairsOff[bool] = False
    """Without --out: replace the models that are there."""
    checkpoints: Annotated[Path, arg(metavar="DIR")] = Path("build") / "zoo"
    """Folder for the checkpoints."""
    limit: Limit | None = None
    """Use N digits only, for a quick try."""
    only: Annotated[tuple[str, ...], several("RECIPE", _recipe)] = ZOO_RECIPES
    """Train these recipes."""


def main(argv: list[str] | None = None) -> int:
    """Train them; return 0, or the first other exit status. A failure does not stop the others."""
    arguments = sys.argv[1:] if argv is None else argv
    options = parse_as(
        TrainAllOptions,
        arguments,
        "python -m training.train_all",
        (__doc__ or "").split("\n", 1)[0],
    )
    options.checkpoints.mkdir(parents=True, exist_ok=True)
    failed = {}
    for name in options.only:
        if RECIPES[name].needs and not options.images:
            print(f"{name} is skipped: it needs --images.")
        elif status := _train_recipe(name, options):
            failed[name] = status
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return next(iter(failed.values()), 0)


def _train_recipe(name: str, options: TrainAllOptions) -> int:
    data = options.images if RECIPES[name].needs else options.data
    arguments = [name, "--checkpoint", str(options.checkpoints / f"{name}.npz")]
    arguments += ["--out", str(options.out)] if options.out else []
    arguments += ["--replace"] if options.replace else []
    arguments += ["--limit", str(options.limit)] if options.limit else []
    arguments += ["--data", *data] if data else []
    try:
        return train(arguments)
    except SystemExit as end:  # the command line of this recipe is wrong
        return int(end.code or 0)


if __name__ == "__main__":
    sys.exit(main())
