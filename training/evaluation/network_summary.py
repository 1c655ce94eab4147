"""Summary of a network on a model card: its layers, what they cost, and its first filters."""

import math
from typing import Any

import numpy as np

from model.card import Filters, Layer, Network
from model.network.load import import_keras

MAX_FILTERS = 64


def summarize_network(network: Any) -> Network:
    """Return the layers in the order of computation and the kernels of the first convolution."""
    layers = tuple(_layer(operation) for operation in _operations(network))
    return Network(layers=layers, filters=first_filters(network))


def multiply_adds(network: Any) -> int:
    """Return the multiply-adds of convolutions and dense layers for one digit."""
    return sum(_multiply_adds(operation) for operation in _operations(network))


def first_filters(network: Any) -> Filters | None:
    """Return the first convolution's kernels, averaged over its input channels; None without one.

    At most `MAX_FILTERS` of them, rounded to 3 digits.
    """
    for operation in _operations(network):
        kernel = getattr(operation, "kernel", None)
        if kernel is not None and len(kernel.shape) == 4:
            # In double precision, since a rounded float32 would be written with 17 digits.
            mean = np.asarray(kernel, np.float64).mean(axis=2)
            kernels = np.moveaxis(mean, -1, 0)[:MAX_FILTERS].round(3).tolist()
            rows = tuple(tuple(tuple(row) for row in kernel) for kernel in kernels)
            return Filters(layer=operation.name, kernels=rows)
    return None


def _operations(network: Any) -> list[Any]:
    """All operations, also the input, which a sequential network leaves out of `layers`."""
    keras = import_keras()
    return list(keras.Model(network.inputs, network.outputs).operations)


def _layer(operation: Any) -> Layer:
    inputs = import_keras().tree.flatten(operation.input)
    return Layer(
        name=operation.name,
        type=type(operation).__name__,
        inputs=tuple(tensor._keras_history.operation.name for tensor in inputs),
        output=_output_shape(operation),
        # A plain operation, such as the sum of two tensors, is no layer and has none.
        parameters=operation.count_params() if hasattr(operation, "count_params") else 0,
        multiply_adds=_multiply_adds(operation),
    )


def _multiply_adds(operation: Any) -> int:
    if hasattr(operation, "layers"):  # a network used as a layer
        return multiply_adds(operation)
    places = math.prod(_output_shape(operation)[:-1])
    return sum(places * math.prod(kernel.shape) for kernel in _kernels(operation))


def _kernels(operation: Any) -> list[Any]:
    """The weights that are multiplied with; a separable convolution has two."""
    names = ("kernel", "depthwise_kernel", "pointwise_kernel")
    return [kernel for name in names if (kernel := getattr(operation, name, None)) is not None]


def _output_shape(operation: Any) -> tuple[int, ...]:
    """The shape without the batch; of the first output if there are several."""
    return tuple(import_keras().tree.flatten(operation.output)[0].shape[1:])
