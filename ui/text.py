"""A reading in plain words. What is not accepted is never stated as fact."""

import re
from collections.abc import Sequence

from model import Digit
from model.reading import UNSURE_MARK, percent

MAJORITY = 0.5  # from this probability on a digit is likelier than all the others together
RIVALS_SHARE = 2 / 3  # of the probability: what two rivals hold if it is one of them
RIVAL = 0.1  # the least probability that makes the second likeliest digit worth naming


def with_article(label: int) -> str:
    """A digit with its article."""
    return f"an {label}" if label == 8 else f"a {label}"


def escape_markdown(text: str) -> str:
    """Text that Streamlit shows as it is, whatever Markdown it might be taken for."""
    return re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII)


def explain(digit: Digit) -> tuple[str, str]:
    """A sentence on how sure a digit is, and a smaller one behind it."""
    sure = f"{percent(digit.confidence)} sure"
    if digit.accepted:
        return sure, ""
    first, second = digit.label, digit.runner_up
    rival = float(digit.probabilities[second])
    if digit.confidence < MAJORITY and digit.confidence + rival < RIVALS_SHARE:
        guesses = f"{first} ({percent(digit.confidence)}) and {second} ({percent(rival)})"
        return "This does not look like a digit.", f"Best guesses: {guesses}."
    small = f"Only {sure}."
    if rival < RIVAL:
        return f"This may be {with_article(first)}.", small
    return f"This could be {with_article(first)} or {with_article(second)}.", small


def summarize(digits: Sequence[Digit]) -> str:
    """How sure a whole number is."""
    sure = [digit.confidence for digit in digits if digit.accepted]
    if len(sure) == len(digits):
        return f"{len(digits)} digits, each at least {percent(min(sure))} sure."
    others = "other" if len(digits) - len(sure) == 1 else "others"
    return f"{len(sure)} of {len(digits)} digits are sure; {UNSURE_MARK} stands for the {others}."
