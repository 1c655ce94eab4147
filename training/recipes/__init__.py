"""Recipes: one module each, a frozen `Config`, a `build(config)` and an `optimizer(config)`.

Every field of a `Config` is a flag of `python -m training` and stands on the card.
"""

from types import ModuleType

from training.recipes import default, streamlit

RECIPES: dict[str, ModuleType] = {recipe.NAME: recipe for recipe in (default, streamlit)}
DEFAULT_RECIPE = default.NAME
