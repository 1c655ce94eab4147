"""Read digits from the command line: `python -m model PATH...`."""

import argparse
import io
import sys
import warnings
from pathlib import Path

from model.errors import DigitReaderError, ModelError, SettingError
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.settings import Limits, configure_logging, configured_confidence, parse_confidence

EXIT_DONE, EXIT_FAILED, EXIT_WRONG_USAGE = 0, 1, 2


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty path")  # Path("") is the current folder
    return Path(text)


def _confidence(text: str) -> float:
    if (confidence := parse_confidence(text)) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number between 0 and 1, such as 0.95")
    return confidence


def parser() -> argparse.ArgumentParser:
    """Return the parser with all flags."""
    p = argparse.ArgumentParser(
        prog="python -m model",
        allow_abbrev=False,
        usage="python -m model [options] PATH...",
        description="Read handwritten digits from images.",
        epilog="Exit status: 0 all files read, 1 some could not be read, 2 wrong usage.",
    )
    p.add_argument("paths", nargs="*", type=_path, metavar="PATH", help="an image or a folder")
    p.add_argument("--single", action="store_true", help="each image is one digit")
    p.add_argument(
        "--confidence", type=_confidence, metavar="P", help="how sure a text must be, from 0 to 1"
    )
    p.add_argument("--format", choices=("text", "json", "csv"), default="text")
    p.add_argument(
        "--model", type=Path, default=DEFAULT_MODEL_FILE, metavar="FILE", help="a .keras file"
    )
    instead = p.add_argument_group("instead of reading").add_mutually_exclusive_group()
    instead.add_argument("--version", action="store_true", help="show the version and the model's")
    instead.add_argument(
        "--health", action="store_true", help="read a known digit; 0 if it is read"
    )
    instead.add_argument(
        "--compile", action="store_true", help="compile the model for a fast start"
    )
    return p


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    # A file name may hold bytes that the terminal cannot show.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # What Pillow warns of ends in an ImageError or does no harm.
    warnings.filterwarnings("ignore", module="PIL")
    p = parser()
    arguments = p.parse_args(argv)
    instead = arguments.version or arguments.health or arguments.compile
    if bool(arguments.paths) == instead:
        p.error("a PATH is needed" if not instead else "no PATH is read with this")
    try:
        configure_logging()
        Limits.configured()
        configured_confidence()
        if arguments.version:
            return _version(Artifact(arguments.model))
        if arguments.health:
            return _health(arguments.model)
        if arguments.compile:
            return _compile(Artifact(arguments.model))
        return _read(arguments)
    except (ModelError, SettingError) as error:
        print(error, file=sys.stderr)
        return EXIT_WRONG_USAGE


# Each imports what it needs, so that none waits for the imports of another.


def _read(arguments: argparse.Namespace) -> int:
    from model.options import ReadOptions
    from model.output import CSV_HEADER, LINES, read_paths
    from model.recognizer import Recognizer

    recognizer = Recognizer.load(arguments.model)
    if arguments.format == "csv":
        print(CSV_HEADER)
    status = EXIT_DONE
    options = ReadOptions(single=arguments.single, confidence=arguments.confidence)
    for row in read_paths(recognizer, arguments.model, arguments.paths, options):
        print(LINES[arguments.format](row), flush=True)
        if row.error:
            status = EXIT_FAILED
    return status


def _version(artifact: Artifact) -> int:
    from model.diagnostics import version_info

    print("\n".join(version_info(artifact).lines()))
    return EXIT_DONE


def _health(model: Path) -> int:
    from model.diagnostics import check_health
    from model.recognizer import Recognizer

    try:
        print(check_health(Recognizer.load(model)))
    except DigitReaderError as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return EXIT_DONE


def _compile(artifact: Artifact) -> int:
    from model.network.compile import compile_network, write_compiled
    from model.network.load import load_network

    network = load_network(artifact)
    try:
        write_compiled(artifact, compile_network(network), artifact.load_card())
    except (ModelError, OSError) as error:  # the model can still be used, more slowly
        print(error, file=sys.stderr)
        return EXIT_FAILED
    print(f"{artifact.keras.name} is compiled to {artifact.tflite.name}.")
    return EXIT_DONE
