"""How sure the reader is, in plain words."""

import numpy as np
import pytest

from model import Digit
from ui.text import explain, summarize, with_article


def digit(shares: dict[int, float], threshold: float = 0.8) -> Digit:
    """A digit with these probabilities, the rest spread over the others."""
    rest = (1 - sum(shares.values())) / (10 - len(shares))
    probabilities = np.array([shares.get(label, rest) for label in range(10)], np.float32)
    label, confidence = int(probabilities.argmax()), float(probabilities.max())
    accepted = confidence >= threshold
    pixels = np.zeros((28, 28), np.float32)
    return Digit(label, confidence, accepted, probabilities, (0, 0, 9, 9), pixels)


def test_accepted_digit_says_how_sure() -> None:
    assert explain(digit({7: 0.97})) == ("97.0 % sure", "")


@pytest.mark.parametrize("shares", [{1: 0.6, 7: 0.35}, {1: 0.48, 7: 0.4}, {1: 0.75, 7: 0.2}])
def test_two_rivals_are_both_named(shares: dict[int, float]) -> None:
    assert explain(digit(shares))[0] == "This could be a 1 or a 7."


def test_lone_favourite_is_named_alone_but_not_stated() -> None:
    assert explain(digit({1: 0.7})) == ("This may be a 1.", "Only 70.0 % sure.")


@pytest.mark.parametrize("shares", [{8: 0.11}, {8: 0.3, 3: 0.2}, {8: 0.45, 3: 0.2}])
def test_what_has_no_favourite_does_not_look_like_a_digit(shares: dict[int, float]) -> None:
    sentence, more = explain(digit(shares))
    assert sentence == "This does not look like a digit."
    assert more.startswith(f"Best guesses: 8 ({100 * shares[8]:.1f} %) and ")


def test_eight_has_its_own_article() -> None:
    assert (with_article(8), with_article(1)) == ("an 8", "a 1")


def test_number_is_as_sure_as_its_weakest_digit() -> None:
    digits = [digit({2: 0.99}), digit({0: 0.91})]
    assert summarize(digits) == "2 digits, each at least 91.0 % sure."


def test_number_says_what_its_question_marks_are() -> None:
    sure, unsure = digit({2: 0.99}), digit({1: 0.6})
    assert summarize([sure, unsure]) == "1 of 2 digits are sure; ? stands for the other."
    assert summarize([unsure, unsure]) == "0 of 2 digits are sure; ? stands for the others."
