"""Train the ink network: `python -m training ink`."""

from typing import Any

from training.dense.command import DenseOptions, parse_dense, run_dense
from training.dense.ink_network import INK_TASK
from training.options import PROGRAM

NAME = f"{PROGRAM} {INK_TASK.name}"


def parse(arguments: list[str]) -> DenseOptions[Any]:
    """Parse the command line. Exits with status 2 where it is wrong."""
    return parse_dense(INK_TASK, arguments)


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status."""
    return run_dense(INK_TASK, arguments)
