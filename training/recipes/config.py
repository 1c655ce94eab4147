"""One field of a recipe's `Config`: its default, what it means, and what it may be."""

import argparse
import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T", bool, int, float, str)


def hyperparameter(
    default: T,
    meaning: str,
    *,
    low: float = float("-inf"),
    high: float = float("inf"),
    choices: tuple[str, ...] | None = None,
) -> T:
    """A dataclass field that `flags` turns into a flag; `low` and `high` may be reached."""
    metadata = {"help": meaning, "low": low, "high": high, "choices": choices}
    # dataclasses types field() as what it will become, which mypy knows and a TypeVar hides.
    field: Any = dataclasses.field(default=default, metadata=metadata)
    return field  # type: ignore[no-any-return]


def flags(config: type[Any]) -> list[tuple[str, dict[str, Any]]]:
    """The flags of a `Config`, as `add_argument` takes them."""
    return [(_flag(field.name), _options(field)) for field in dataclasses.fields(config)]


def changed(config: Any) -> list[str]:
    """The flags that repeat a config: those of the fields that differ from their defaults."""
    fields = dataclasses.fields(config)
    return words({f.name: v for f in fields if (v := getattr(config, f.name)) != f.default})


def words(values: dict[str, Any]) -> list[str]:
    """Flags that set fields to these values, as typed."""
    return [
        (_flag(name) if value else f"--no-{_flag(name)[2:]}")
        if isinstance(value, bool)
        else f"{_flag(name)} {value}"
        for name, value in values.items()
    ]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _options(field: "dataclasses.Field[Any]") -> dict[str, Any]:
    rules = field.metadata
    told = {"default": field.default, "help": rules["help"]}
    if isinstance(field.default, bool):
        return told | {"action": argparse.BooleanOptionalAction}
    kind = within(type(field.default), rules["low"], rules["high"])
    return told | {"type": kind, "choices": rules["choices"]}


def within(kind: Callable[[str], T], low: float, high: float) -> Callable[[str], T]:
    """A converter for argparse that refuses numbers outside the bounds with a sentence."""

    def convert(text: str) -> T:
        value = kind(text)
        if not isinstance(value, str) and not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low:g} and {high:g}")
        return value

    convert.__name__ = getattr(kind, "__name__", "value")  # argparse names it in its errors
    return convert
