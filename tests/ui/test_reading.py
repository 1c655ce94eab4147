"""How certain a reading is, in words. What is not accepted is never stated as fact."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import Digit, ImageError, Line, Reading, errors
from ui import reading
from ui.reading import explain, explain_error, summarize
from ui.text import text, with_article


def digit(shares: dict[int, float], threshold: float = 0.8) -> Digit:
    """A digit with these probabilities, the rest spread over the others."""
    rest = (1 - sum(shares.values())) / (10 - len(shares))
    probabilities = np.array([shares.get(label, rest) for label in range(10)], np.float32)
    label, confidence = int(probabilities.argmax()), float(probabilities.max())
    accepted = confidence >= threshold
    pixels = np.zeros((28, 28), np.float32)
    return Digit(label, confidence, accepted, probabilities, (0, 0, 9, 9), pixels)


FLAT = digit({8: 0.11})
UNUSUAL = digit({0: 0.998}, threshold=0.999)


def number(*digits: Digit) -> Reading:
    return Reading.of([Line.of(digits)])


def shown(*digits: Digit) -> str:
    """What the panel of a reading shows, as HTML, but for the pictures of digits."""
    found: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.html", found.append)
        reading.show_reading(number(*digits))
    return re.sub(r'base64,[^"]*', "", found[0])


def test_accepted_digit_says_how_certain() -> None:
    assert explain(digit({7: 0.97})) == (text("reading.certain", share="97.0%"), "")


@pytest.mark.parametrize("shares", [{1: 0.6, 7: 0.35}, {1: 0.48, 7: 0.4}, {1: 0.75, 7: 0.2}])
def test_two_rivals_are_both_named(shares: dict[int, float]) -> None:
    sentence, more = explain(digit(shares))
    assert sentence == text("reading.two_rivals", first=1, second=7)
    assert f"{shares[1]:.0%}" in more
    assert f"{shares[7]:.0%}" in more


def test_lone_favourite_is_named_but_not_stated() -> None:
    expected = text("reading.probably", digit=with_article(1), share="70%")
    assert explain(digit({1: 0.7})) == (expected, "")


@pytest.mark.parametrize("shares", [{8: 0.11}, {8: 0.3, 3: 0.2}, {8: 0.45, 3: 0.2}])
def test_what_has_no_favourite_is_no_digit_and_has_no_guesses(shares: dict[int, float]) -> None:
    assert explain(digit(shares)) == (text("reading.not_a_digit"), "")


def test_flat_distribution_has_no_bars() -> None:
    assert "reading-bar" not in shown(FLAT)
    assert "reading-bar" in shown(digit({1: 0.7}))


def test_refused_digit_that_is_nearly_certain_gets_another_reason() -> None:
    assert explain(UNUSUAL) == (text("reading.unusual", digit=with_article(0)), "")


@given(
    st.lists(st.floats(0.001, 1), min_size=10, max_size=10),
    st.floats(0.0, 60.0),
    st.integers(0, 9),
)
def test_no_percentage_of_90_or_more_stands_beside_a_question_mark(
    weights: list[float], peak: float, place: int
) -> None:
    weights[place] += peak
    shares = {label: weight / sum(weights) for label, weight in enumerate(weights)}
    uncertain = digit(dict(list(shares.items())[:9]), threshold=2)
    for panel in (shown(uncertain), shown(uncertain, uncertain)):
        values = re.findall(r"(\d+(?:\.\d+)?)%", re.sub(r"--share:[^\"]*", "", panel))
        values += re.findall(r'data-value="([\d.]+)"', panel)
        assert all(float(value) < 90 for value in values)


def test_number_is_as_certain_as_all_its_digits_together() -> None:
    two, three = [digit({2: 0.99}), digit({0: 0.91})], [digit({2: 0.99})] * 2 + [digit({0: 0.91})]
    assert summarize(number(*two)) == text("reading.both_certain", share="90.1%")
    assert summarize(number(*three)) == text("reading.all_certain", n=3, share="89.2%")


def test_number_says_how_many_digits_need_a_look() -> None:
    certain, uncertain = digit({2: 0.99}), digit({1: 0.6})
    one = summarize(number(certain, uncertain))
    assert one == text("reading.some_uncertain", n=1, digits=2)
    assert one != summarize(number(certain, uncertain, uncertain))
    assert summarize(number(uncertain, uncertain)) == text("reading.none_certain")


@pytest.mark.parametrize("kind", [*errors.ImageError.__subclasses__(), ImageError])
def test_every_image_that_cannot_be_read_is_named(kind: type[ImageError]) -> None:
    assert "mine.png" in explain_error(kind("…"), "mine.png")
