"""Random texts as people write numbers: with signs, as dates, times, amounts, and other marks."""

from dataclasses import dataclass

import numpy as np

from training.augment.render import Random
from training.scenes.layers import happens

OTHER = "?"  # stands for a letter, a shape or any other mark


@dataclass(frozen=True)
class TextStyle:
    """How often each kind of text comes, as chances that sum to 1 after the first two."""

    lone: float = 0.12  # one digit; further ones come from short numbers
    zeros: float = 0.06  # one more zero beside each
    number: float = 0.40
    round: float = 0.08  # a few digits and many zeros, as amounts are
    decimal: float = 0.1
    grouped: float = 0.04  # groups of three behind a point or comma
    negative: float = 0.06
    date: float = 0.06
    time: float = 0.03
    closed: float = 0.05  # by a sign, as amounts on cheques are
    sum: float = 0.03
    spaced: float = 0.04  # two numbers in a line
    sign: float = 0.01  # a dash alone
    mixed: float = 0.06  # digits and other marks
    word: float = 0.04  # other marks alone
    ending: float = 0.28  # chance that a number ends after a digit; at most `longest`
    longest: int = 9


def random_text(random: Random, style: TextStyle) -> str:
    """Return a text of digits, signs, spaces and `OTHER`."""
    if happens(random, style.lone):
        return _digits(random, 1)
    length = int(np.clip(random.geometric(style.ending), 1, style.longest))
    kinds = {
        "number": style.number,
        "round": style.round,
        "decimal": style.decimal,
        "grouped": style.grouped,
        "negative": style.negative,
        "date": style.date,
        "time": style.time,
        "closed": style.closed,
        "sum": style.sum,
        "spaced": style.spaced,
        "sign": style.sign,
        "mixed": style.mixed,
        "word": style.word,
    }
    kind = str(random.choice(list(kinds), p=list(kinds.values())))
    text = _text_of_kind(kind, length, random)
    return text.replace("0", "00") if happens(random, style.zeros) else text


def _text_of_kind(kind: str, length: int, random: Random) -> str:  # noqa: PLR0911, PLR0912  a table
    def digits(n: int) -> str:
        return _digits(random, n)

    def sign(choices: str) -> str:
        return str(random.choice(list(choices)))

    match kind:
        case "round":
            zeros = "0" * int(random.integers(1, 4))
            groups = [digits(int(random.integers(1, 4))), *[zeros] * (1 + happens(random, 0.2))]
            return str(random.choice(["", "", ".", ","])).join(groups)
        case "decimal":
            return digits(max(1, length - 1)) + sign(".,") + digits(int(random.integers(1, 3)))
        case "grouped":
            groups = [digits(3) for _ in range(int(random.integers(1, 3)))]
            return sign(".,").join([digits(int(random.integers(1, 4))), *groups])
        case "negative":
            return "-" + digits(length)
        case "date":
            separator = sign("./-")
            return separator.join([digits(2), digits(2), digits(int(random.choice([2, 4])))])
        case "time":
            return f"{digits(2)}:{digits(2)}"
        case "closed":
            return digits(length) + str(random.choice(["-", "=", "/", "/-", ".-", ",-"]))
        case "sum":
            parts = digits(1), sign("+-"), digits(int(random.integers(1, 3)))
            return "".join(parts) + ("=" if happens(random, 0.3) else "")
        case "spaced":
            return f"{digits(length)} {digits(length)}"
        case "sign":
            return "-"
        case "mixed":
            return "".join(random.choice(list("0123456789?????"), length))
        case "word":
            return OTHER * max(1, length)
        case _:
            return digits(length)


def _digits(random: Random, n: int) -> str:
    return "".join(str(digit) for digit in random.integers(0, 10, n))
