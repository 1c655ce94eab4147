import keras
import numpy as np
import pytest
from keras import layers

from model.card import Card, Layer, decode_card, encode_card
from training.evaluation.network_summary import first_filters, multiply_adds, summarize_network
from training.recipes import default, streamlit

CONVOLUTIONS = (26 * 26 * 9 * 1 * 32, 11 * 11 * 9 * 32 * 64)  # the pooling halves 26 to 13


@pytest.fixture(scope="module")
def tutorial() -> keras.Model:
    return streamlit.build(streamlit.Config())


def test_layer_has_its_inputs_its_output_and_its_costs(tutorial: keras.Model) -> None:
    parts = summarize_network(tutorial).layers
    source, first, pool = parts[:3]
    assert source.type == "InputLayer"
    assert (source.inputs, source.output) == ((), (28, 28, 1))
    assert first == Layer(
        name=first.name,
        type="Conv2D",
        inputs=(source.name,),
        output=(26, 26, 32),
        parameters=320,
        multiply_adds=CONVOLUTIONS[0],
    )
    assert (pool.output, pool.parameters, pool.multiply_adds) == ((13, 13, 32), 0, 0)
    assert parts[-1].output == (10,)


def test_layer_with_two_inputs_names_both() -> None:
    parts = summarize_network(default.build(default.Config())).layers
    names = [layer.name for layer in parts]
    sums = [layer for layer in parts if layer.type == "Add"]
    assert [len(layer.inputs) for layer in sums] == [2, 2]
    for place, layer in enumerate(parts):
        assert set(layer.inputs) <= set(names[:place])


def test_summary_is_valid_on_a_model_card(tutorial: keras.Model) -> None:
    card = Card(network=summarize_network(tutorial))
    assert decode_card(encode_card(card)) == card


def test_multiply_adds_of_a_network_that_can_be_counted_by_hand(tutorial: keras.Model) -> None:
    dense = 5 * 5 * 64 * 128 + 128 * 10
    assert multiply_adds(tutorial) == sum(CONVOLUTIONS) + dense


def test_multiply_adds_of_separable_grouped_and_nested_layers() -> None:
    inner = keras.Sequential([keras.Input((26, 26, 4)), layers.Conv2D(8, 3, groups=2)])
    source = keras.Input((28, 28, 1))
    x = layers.SeparableConv2D(4, 3)(source)
    network = keras.Model(source, keras.ops.mean(inner(x), axis=(1, 2)))
    separable = 26 * 26 * (9 * 1 + 1 * 4)
    assert multiply_adds(network) == separable + 24 * 24 * 9 * 2 * 8


def test_filters_are_those_of_the_first_convolution(tutorial: keras.Model) -> None:
    shown = first_filters(tutorial)
    assert shown is not None
    kernels = np.asarray(tutorial.layers[0].kernel)
    assert shown.layer == tutorial.layers[0].name
    assert np.allclose(shown.kernels, kernels[:, :, 0].transpose(2, 0, 1), atol=6e-4)
    assert len(str(shown.kernels)) < 32 * 9 * 9  # written with 3 digits


def test_filters_of_several_channels_are_averaged_and_at_most_64() -> None:
    network = keras.Sequential([keras.Input((28, 28, 3)), layers.Conv2D(70, 5)])
    shown = first_filters(network)
    assert shown is not None
    kernels = np.asarray(network.layers[0].kernel)
    assert np.shape(shown.kernels) == (64, 5, 5)
    assert np.allclose(shown.kernels[1], kernels[:, :, :, 1].mean(axis=2), atol=6e-4)


def test_network_without_a_convolution_has_no_filters() -> None:
    network = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10)])
    assert summarize_network(network).filters is None
