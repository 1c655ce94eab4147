"""The characters of the line network, and the text of its columns."""

import pytest

from model.line.alphabet import BLANK, CHARACTERS, CLASS_COUNT, encode_text, greedy_text


def test_every_character_has_a_class_of_its_own() -> None:
    assert encode_text(CHARACTERS) == list(range(BLANK))
    assert len(set(CHARACTERS)) + 1 == CLASS_COUNT
    with pytest.raises(ValueError, match="substring"):
        encode_text("x")


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ([], ""),
        ([BLANK, BLANK], ""),
        ([7], "7"),
        ([7, 7, 7], "7"),
        ([7, BLANK, 7], "77"),
        ([BLANK, 1, 1, 2, BLANK, 10, 3], "12.3"),
    ],
)
def test_repeated_columns_are_one_character(columns: list[int], text: str) -> None:
    assert greedy_text(columns) == text
