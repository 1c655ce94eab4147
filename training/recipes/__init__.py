"""Recipes, one a module. See `training.recipes.base.Recipe` for what a recipe is made of."""

from training.recipes import chars74k, default, fast, heroku, notebook, ocr, streamlit
from training.recipes.base import Recipe

DEFAULT_RECIPE = default.RECIPE.name
RECIPES: dict[str, Recipe] = {
    module.RECIPE.name: module.RECIPE
    for module in (default, chars74k, notebook, heroku, streamlit, ocr, fast)
}
