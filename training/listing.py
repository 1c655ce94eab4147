"""The recipes in a table: what they learn from, what they cost, and what they reached."""

from collections.abc import Mapping

from model.errors import ModelError
from model.network.artifact import Artifact
from training.recipes import RECIPES

HEAD = ("recipe", "parameters", "multiply-adds", "test accuracy", "learns from")


def listing(artifacts: Mapping[str, Artifact]) -> str:
    """A line for each recipe; accuracies are those on the cards, where there are some."""
    rows = [HEAD] + [
        (
            name,
            f"{RECIPES[name].parameters:,}",
            f"{RECIPES[name].multiply_adds:,}",
            reached(artifact),
            RECIPES[name].learns,
        )
        for name, artifact in artifacts.items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = (
        "  ".join(
            cell.rjust(width) if column in (1, 2) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def reached(artifact: Artifact) -> str:
    """Accuracy, the set it was measured on and its size, from the card."""
    try:
        test = artifact.usable_card().get("test")
    except ModelError:  # there is no .keras file that the card could belong to
        test = None
    if not test:
        return "not trained yet"
    return f"{100 * test['accuracy']:.2f} % of {test['n']:,}, {test['set']}"
