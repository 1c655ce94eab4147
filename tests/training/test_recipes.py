"""The networks and schedules that the recipes declare."""

from types import ModuleType

import numpy as np
import pytest

from training.augment.strokes import render
from training.evaluation.network_summary import multiply_adds
from training.recipes import RECIPES, chars74k, default, fast, heroku, notebook, ocr
from training.recipes.base import SCHEDULES, Usual, optimizer


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipe_has_the_network_that_it_states(recipe: ModuleType) -> None:
    network = recipe.build(recipe.Config())
    assert network.count_params() == recipe.PARAMETERS
    assert multiply_adds(network) == recipe.MULTIPLY_ADDS
    assert (network.input_shape, network.output_shape) == ((None, 28, 28, 1), (None, 10))
    assert 4 * recipe.PARAMETERS < 2.9e6  # bytes; a file of at most 3 MB


def parameters(recipe: ModuleType) -> list[int]:
    """Of each layer that has some."""
    counts = [layer.count_params() for layer in recipe.build(recipe.Config()).layers]
    return [count for count in counts if count]


def test_layers_of_the_ancestors() -> None:
    assert parameters(notebook) == [320, 18_496, 204_928, 1_290]
    assert parameters(heroku) == [320, 13_872, 600_500, 5_010]
    assert parameters(chars74k) == [320, 18_496, 36_928, 73_856, 1_290]
    assert parameters(ocr) == [832, 9_248, 100_416, 4_160, 650]


def test_schedules_of_the_ancestors() -> None:
    assert (notebook.Config().epochs, notebook.Config().batch_size) == (10, 128)
    assert (heroku.Config().epochs, heroku.Config().batch_size) == (15, 128)
    assert heroku.Config().validation_share == 10_000
    assert chars74k.Config().stop_at == 0.995
    assert chars74k.Config().patience > 0


def rates(schedule: str) -> list[float]:
    """The learning rate at each of 10 epochs of 100 steps, and at the end."""
    config = Usual(epochs=10, learning_rate=0.1, schedule=schedule)
    rate = optimizer(config, steps=100)._learning_rate
    return [float(rate(step)) if callable(rate) else float(rate) for step in range(0, 1001, 100)]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_learning_rate_goes_as_the_schedule_says(schedule: str) -> None:
    told = rates(schedule)
    assert max(told) == pytest.approx(0.1, rel=0.05)
    match schedule:
        case "constant":
            assert np.ptp(told) == 0
        case "cosine":
            assert told[5] == pytest.approx(0.05)
            assert told[10] == pytest.approx(0)
        case "exponential":
            assert told[5] == pytest.approx(0.01)
            assert told[10] == pytest.approx(0.001)
        case "one-cycle":
            assert told[0] < told[1] < told[2]
            assert told[3] > told[6] > told[9] > told[10]
            assert told[10] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("epochs", "rounds"),
    [
        (83, (22, 20, 15, 8, 9, 9)),
        (40, (11, 9, 7, 4, 5, 4)),
        (4, (1, 1, 1, 0, 1, 0)),
        (2, (1, 0, 0, 1, 0, 0)),
        (1, (1, 0, 0, 0, 0, 0)),
    ],
)
def test_default_learns_in_rounds_however_few_epochs(epochs: int, rounds: tuple[int, ...]) -> None:
    config = default.Config(epochs=epochs)
    of_default = list(zip(default.ROUNDS, rounds, strict=True))
    mixes = [default.mix(config, number) for number in range(epochs)]
    assert mixes == [one.mix for one, count in of_default for _ in range(count)]
    ends = np.cumsum(rounds).tolist()
    assert set(default.kept(config)) == {e for e, count in zip(ends, rounds, strict=True) if count}
    rate = default.optimizer(config, steps=100)._learning_rate
    for (one, count), end in zip(of_default, ends, strict=True):
        if count:
            of_round = [float(rate(step)) for step in range(100 * (end - count), 100 * end)]
            assert max(of_round) == pytest.approx(one.rate * config.learning_rate, rel=0.02)
            if count > 1 or not one.rise:
                assert of_round[-1] < 0.01 * config.learning_rate


def test_default_keeps_the_ends_of_its_last_five_rounds_a_third_of_it_the_last() -> None:
    parts: dict[int, float] = {}
    for epoch, part in default.kept(default.Config()).items():
        parts = {before: (1 - part) * known for before, known in parts.items()} | {epoch: part}
    *others, last = [part for part in parts.values() if part]
    assert last == pytest.approx(1 / 3)
    assert others == pytest.approx([1 / 6] * 4)


def test_default_begins_its_last_rounds_from_what_is_kept_of_the_others() -> None:
    config = default.Config()
    assert default.anew(config) == tuple(default.kept(config))[2:-1]


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "sgd"])
def test_optimizer_by_its_name(name: str) -> None:
    assert type(optimizer(Usual(optimizer=name), steps=1)).__name__.lower() == name


def test_labels_of_ocr_are_binarised() -> None:
    targets = ocr.targets(np.array([3, 0, 9]))
    assert targets.dtype == np.float32
    assert targets.argmax(axis=1).tolist() == [3, 0, 9]
    assert targets.sum() == 3
    assert ocr.targets(np.array([1])).shape == (1, 10)


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 140), (200, 170)])
def test_black_and_white_digits_have_bright_ink_whatever_the_image_has(
    ink: int, paper: int
) -> None:
    picture = chars74k.prepare(render(4, side=120, brush=8, ink=ink, paper=paper))
    usual = chars74k.prepare(render(4, side=120, brush=8, ink=0, paper=255))
    assert picture is not None
    assert usual is not None
    assert picture.shape == (28, 28)
    assert (picture.min(), picture.max()) == (0, 1)
    # Equalising makes bright strokes thinner than dark ones, by the greys of their edges.
    assert np.abs(picture - usual).mean() < 0.06


@pytest.mark.parametrize("level", [0, 128, 255])
def test_black_and_white_paper_has_no_ink(level: int) -> None:
    assert chars74k.prepare(np.full((40, 30), level, np.uint8)) is None


def test_fast_recipe_costs_less_than_the_notebook() -> None:
    cost = {r.NAME: r.Config().epochs * r.MULTIPLY_ADDS for r in (fast, notebook)}
    assert cost["notebook"] > 16 * cost["fast"]
