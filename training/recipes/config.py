"""Types of command-line values with their bounds, and the flags that set hyperparameters.

A recipe's configuration is a frozen dataclass whose fields are annotated with these. tyro makes a
flag of each field; the string below the field is the flag's help.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from tyro.constructors import PrimitiveConstructorSpec

Number = TypeVar("Number", int, float)
T = TypeVar("T")

NUMBER_NAMES = {int: "a whole number", float: "a number"}


def within(
    kind: type[Number], low: float, high: float = float("inf")
) -> PrimitiveConstructorSpec[Number]:
    """Annotate a number that must lie between two bounds, inclusive."""
    convert = _converter(kind, low, high)
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=kind.__name__.upper(),
        instance_from_str=lambda words: convert(words[0]),
        is_instance=lambda value: isinstance(value, int | kind),
        str_from_instance=lambda value: [str(value)],
    )


def one_of(*choices: str) -> PrimitiveConstructorSpec[str]:
    """Annotate a string that must be one of these."""
    return PrimitiveConstructorSpec(
        nargs=1,
        metavar="{" + ",".join(choices) + "}",
        instance_from_str=lambda words: words[0],
        is_instance=lambda value: value in choices,
        str_from_instance=lambda value: [value],
        choices=choices,
    )


def several(metavar: str, convert: Callable[[str], T]) -> PrimitiveConstructorSpec[tuple[T, ...]]:
    """Annotate one value or more after a flag."""

    def read(words: list[str]) -> tuple[T, ...]:
        if not words:
            raise ValueError("it needs a value")
        return tuple(convert(word) for word in words)

    return PrimitiveConstructorSpec(
        nargs="*",
        metavar=f"{metavar} [{metavar} ...]",
        instance_from_str=read,
        is_instance=lambda value: isinstance(value, tuple),
        str_from_instance=lambda value: [str(part) for part in value],
    )


def _converter(kind: type[Number], low: float, high: float) -> Callable[[str], Number]:
    def convert(text: str) -> Number:
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(f"{text} is not {NUMBER_NAMES[kind]}") from None
        if not low <= value <= high:
            raise ValueError(
                f"{text} is not between {low:g} and {high:g}"
                if high < float("inf")
                else f"{text} is less than {low:g}"
            )
        return value

    return convert


def weight(text: str) -> float:
    """Parse how often a source of data is drawn, relative to the others."""
    return _converter(float, 1e-9, 1e9)(text)


def changed(config: Any) -> list[str]:
    """Return the flags of the fields that differ from their defaults: they repeat the config."""
    fields = dataclasses.fields(config)
    return as_flags({f.name: v for f in fields if (v := getattr(config, f.name)) != f.default})


def as_flags(values: dict[str, Any]) -> list[str]:
    """Return the flags that set fields to these values, as typed: `--epochs 3`, `--no-balanced`."""
    return [
        (flag(name) if value else f"--no-{flag(name)[2:]}")
        if isinstance(value, bool)
        else f"{flag(name)} {value}"
        for name, value in values.items()
    ]


def flag(name: str) -> str:
    """Return the flag of a field: `--batch-size` of `batch_size`."""
    return f"--{name.replace('_', '-')}"
