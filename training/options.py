"""What can be typed after `python -m training`, and the command that repeats a run."""

import contextlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Generic, NoReturn, TypeVar

import tyro
from tyro.conf import FlagCreatePairsOff, Positional, arg
from tyro.constructors import PrimitiveConstructorSpec

from model.card import CardError, decode_card
from training.errors import TrainingError
from training.recipes import DEFAULT_RECIPE, RECIPES
from training.recipes.config import as_flags, changed, one_of, several, weight, within
from training.sources import FOLDER

C = TypeVar("C")
T = TypeVar("T")

PROGRAM = "python -m training"
EXIT_USAGE = 2
MAX_COUNT = 10**9

Sources = Annotated[tuple[str, ...], several("SOURCE", str)]
Limit = Annotated[int, within(int, 1, MAX_COUNT)]


def _processes(arguments: list[str]) -> int:
    return within(int, 2, 64).instance_from_str(arguments) if arguments else 2


PROCESSES: PrimitiveConstructorSpec[int | None] = PrimitiveConstructorSpec(
    nargs=(0, 1),
    metavar="[N]",
    instance_from_str=_processes,
    is_instance=lambda value: value is None or isinstance(value, int),
    str_from_instance=lambda value: [] if value is None else [str(value)],
)
START = tyro.conf.create_mutex_group(required=False)


@dataclass(frozen=True)
class TrainOptions(Generic[C]):
    """The flags of a training. `C` is the recipe's configuration; its fields are flags too."""

    hyperparameters: Annotated[C, arg(name="")]
    recipe: Annotated[Positional[str], one_of(*RECIPES)] = DEFAULT_RECIPE
    """Which network is trained, and how."""
    list_recipes: Annotated[FlagCreatePairsOff[bool], arg(name="list")] = False
    """List the recipes and what they reached."""
    data: Sources = ()
    """Instead of a download: an mnist.npz or a folder with MNIST's four IDX files; folder:DIR or a
    zip with a folder of images for each digit, named 0 to 9 or Sample001 to Sample010; a zip of
    drawings that the app exported; digits, which come with scikit-learn; pen strokes, as JSON or as
    UCI publishes them. Several are mixed; the recipe default needs images and strokes."""
    weights: Annotated[tuple[float, ...], several("W", weight)] = ()
    """Sampling ratio of the sources of --data; without it every digit is shown once an epoch."""
    out: Annotated[Path | None, arg(metavar="DIR")] = None
    """Folder for the model; else model/ for the default recipe, model/zoo/ for the others."""
    replace: FlagCreatePairsOff[bool] = False
    """Without --out: replace the model that is there."""
    config: Annotated[Path | None, arg(metavar="CARD")] = None
    """A model card, whose recipe and hyperparameters are used."""
    checkpoint: Annotated[Path | None, arg(metavar="FILE"), START] = None
    """Written after every epoch; if it exists, the training goes on from there."""
    resume: Annotated[Path | None, arg(metavar="FILE"), START] = None
    """A checkpoint, which must exist, to go on from."""
    limit: Limit | None = None
    """Use N digits only, for a quick try."""
    preview: Annotated[Path | None, arg(metavar="PNG")] = None
    """Draw what the network would learn from, and train nothing."""
    csv: Annotated[Path | None, arg(metavar="FILE")] = None
    """Write the history as a table, after every epoch."""
    tensorboard: Annotated[Path | None, arg(metavar="DIR")] = None
    """Write logs for TensorBoard, after every epoch."""
    distribute: Annotated[int | None, PROCESSES] = None
    """Train in N processes of this machine, 2 where N is left out, or in those that the environment
    variable TF_CONFIG describes; see docs/distribute.md."""


def parse(typed: list[str]) -> TrainOptions[Any]:
    """Parse the command line of a training. Exits with status 2 where it is wrong.

    The recipe decides which hyperparameters there are: the one that is named, else that of the card
    after `--config`. Raises TrainingError where `--config` names no card.
    """
    named, file = _scan(typed)
    recipe, kept = read_config(file) if file else (DEFAULT_RECIPE, {})
    recipe = named or recipe
    config = RECIPES[recipe].config if recipe in RECIPES else RECIPES[DEFAULT_RECIPE].config
    known = {field.name for field in fields(config)}
    # Another recipe takes over what it has too. What is typed comes later and counts.
    taken = as_flags({name: value for name, value in kept.items() if name in known})
    arguments = [part for setting in taken for part in setting.split(maxsplit=1)] + typed
    options = parse_as(
        TrainOptions[config],  # type: ignore[valid-type]  # a class that is known at run time
        arguments,
        PROGRAM,
        "Train a network on handwritten digits. Writes X.keras, X.tflite and the model card "
        f"X.json. The hyperparameters below are those of the recipe {recipe}. "
        f"`{PROGRAM} evaluate`, `compare` and `export` work on trained models; each has a --help.",
        default=TrainOptions(hyperparameters=config(), recipe=recipe),
    )
    _check_options(options)
    return options


def parse_as(
    kind: type[T], arguments: list[str], program: str, description: str, default: T | None = None
) -> T:
    """Parse arguments as a dataclass. Exits with status 2 and one sentence if they are wrong."""
    given: dict[str, Any] = {} if default is None else {"default": default}
    with _one_sentence(program):
        parsed: T = tyro.cli(
            kind,
            prog=program,
            description=description,
            args=arguments,
            config=(tyro.conf.DisallowNone, tyro.conf.HelptextFromCommentsOff),
            **given,
        )
        return parsed


@contextlib.contextmanager
def _one_sentence(program: str) -> Iterator[None]:
    """Print an error of tyro as one line, which a log or another program can show, not in a box."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            yield
    except SystemExit as end:
        if end.code:
            lines = [line.strip("│╭╮╰╯─ ") for line in said.getvalue().splitlines()[1:]]
            usage_error(program, " ".join(lines[: lines.index("")] if "" in lines else lines))
        raise


def usage_error(program: str, sentence: str) -> NoReturn:
    """Print what is wrong with a command line and exit with status 2."""
    print(f"{program}: {sentence.rstrip('.!')}. See {program} --help.", file=sys.stderr)
    raise SystemExit(EXIT_USAGE)


def _check_options(options: TrainOptions[Any]) -> None:
    if options.limit and not options.out and not options.preview:
        usage_error(PROGRAM, "--limit needs --out, or a quick try would replace a real model")
    for source in options.data:
        if source in RECIPES and not Path(source).exists():
            usage_error(
                PROGRAM,
                f"--data took {source}, which is a recipe. Put the recipe first: "
                f"{PROGRAM} {source} --data SOURCE",
            )


def _scan(typed: list[str]) -> tuple[str | None, Path | None]:
    """Find the recipe, a word that no flag takes as its value, and the file after `--config`."""
    recipe, config, takes = None, None, ""
    for word in typed:
        name, equals, value = word.partition("=")
        if name == "--config" and equals:
            config = Path(value)
        elif name.startswith("-"):
            takes = "" if equals else name.replace("_", "-")
        elif takes == "--config":
            config, takes = Path(word), ""
        elif takes in ("--data", "--weights"):
            pass  # which take all words up to the next flag
        elif (
            takes
            and takes not in WITHOUT_VALUE
            and not (takes == "--distribute" and not word.isdigit())
        ):
            takes = ""
        else:
            recipe, takes = recipe or word, ""
    return recipe, config


WITHOUT_VALUE = {"-h", "--list", "--replace", "--help", "--balanced", "--no-balanced"}


def read_config(file: Path) -> tuple[str, dict[str, Any]]:
    """Return recipe and hyperparameters of a card. Raises TrainingError if it is none."""
    try:
        card = decode_card(file.read_bytes())
    except FileNotFoundError:
        raise TrainingError(f"{file} does not exist; --config takes the card of a model.") from None
    except (OSError, CardError) as error:
        raise TrainingError(f"{file.name} cannot be read as the card of a model.") from error
    if card.recipe is None:
        raise TrainingError(f"{file.name} does not name a recipe, as the card of a run does.")
    if card.recipe not in RECIPES:
        raise TrainingError(f"{file.name} is of the recipe {card.recipe}, which is not known here.")
    return card.recipe, card.hyperparameters


def command_of(options: TrainOptions[Any], processes: int | None = None) -> str:
    """Return the command that repeats this run, without the folders of this machine."""
    typed = [PROGRAM, options.recipe]
    if options.data:
        typed.append(f"--data {' '.join(without_folders(spec) for spec in options.data)}")
    if options.weights:
        typed.append(f"--weights {' '.join(f'{share:g}' for share in options.weights)}")
    if options.limit:
        typed.append(f"--limit {options.limit}")
    if processes:
        typed.append(f"--distribute {processes}")
    return " ".join(typed + changed(options.hyperparameters))


def without_folders(spec: str) -> str:
    """Return a source of data without the folders of this machine."""
    head = FOLDER if spec.startswith(FOLDER) else ""
    return head + Path(spec.removeprefix(FOLDER)).name
