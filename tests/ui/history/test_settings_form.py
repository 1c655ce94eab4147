"""The form for a training offers what the recipes take."""

import math
from importlib import import_module
from typing import Any, get_args, get_type_hints

import pytest

from ui.history.settings_form import FIELDS, MAIN_FIELDS
from ui.models import DEFAULT_MODEL, model_files
from ui.text import section

RECIPES = [name for name in model_files() if name != DEFAULT_MODEL]
HUGE = 10**12


def hyperparameters() -> list[tuple[str, Any]]:
    """Every hyperparameter of a recipe that can be trained from the page, with its type."""
    return [
        parameter
        for name in RECIPES
        for parameter in get_type_hints(
            import_module(f"training.recipes.{name}").Config, include_extras=True
        ).items()
    ]


def accepts(rule: Any, value: float) -> bool:
    try:
        rule.instance_from_str([str(value)])
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("name", "annotation"), hyperparameters())
def test_field_has_the_limits_and_choices_of_the_recipe(name: str, annotation: Any) -> None:
    field = FIELDS[name]
    if annotation is bool:
        assert field == type(field)()
        return
    kind, rule = get_args(annotation)
    assert field.choices == (rule.choices or ())
    if kind is str:
        return
    for end, outwards in ((field.low, -math.inf), (field.high, math.inf)):
        if end is None:
            assert accepts(rule, HUGE)
        else:
            step = math.copysign(1, outwards)
            assert accepts(rule, kind(end))
            assert not accepts(rule, kind(end + step) if kind is int else end + 1e-9 * step)


def test_every_field_belongs_to_a_recipe_and_has_a_label() -> None:
    assert set(FIELDS) == {name for name, _ in hyperparameters()}
    assert set(MAIN_FIELDS) < set(FIELDS)
    assert set(section("train.fields")) == set(FIELDS)
    assert set(section("train.help")) <= set(FIELDS)
