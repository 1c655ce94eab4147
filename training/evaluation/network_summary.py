"""What the card tells about a network: its layers, what they cost, and its first filters."""

import math
from typing import Any

import numpy as np

from model.network.load import import_keras

FILTERS_SHOWN = 64


def summarize_network(network: Any) -> dict[str, Any]:
    """The layers in the order in which they run, and the kernels of the first convolution.

    `layers`: `{"name", "type", "inputs", "output", "parameters", "multiply_adds"}` each; `output`
    is a shape without the batch, `[height, width, channels]` or `[features]`.
    `filters`: `{"layer", "kernels"}` as `filters` gives them, None for a network without a
    convolution.
    """
    return {
        "layers": [_layer(operation) for operation in _operations(network)],
        "filters": filters(network),
    }


def multiply_adds(network: Any) -> int:
    """Multiplications with their additions for one picture, of convolutions and dense layers."""
    return sum(_multiply_adds(operation) for operation in _operations(network))


def filters(network: Any) -> dict[str, Any] | None:
    """The first convolution's kernels, averaged over its input channels: (n, height, width) lists.

    At most `FILTERS_SHOWN` of them, rounded to 3 digits; None for a network without a convolution.
    """
    for operation in _operations(network):
        kernel = getattr(operation, "kernel", None)
        if kernel is not None and len(kernel.shape) == 4:
            # In double precision, since a rounded float32 would be written with 17 digits.
            mean = np.asarray(kernel, np.float64).mean(axis=2)
            kernels = np.moveaxis(mean, -1, 0)[:FILTERS_SHOWN].round(3).tolist()
            return {"layer": operation.name, "kernels": kernels}
    return None


def _operations(network: Any) -> list[Any]:
    """Everything that runs, the input first, which a sequential network keeps out of `layers`."""
    keras = import_keras()
    return list(keras.Model(network.inputs, network.outputs).operations)


def _layer(operation: Any) -> dict[str, Any]:
    keras = import_keras()
    return {
        "name": operation.name,
        "type": type(operation).__name__,
        "inputs": [t._keras_history.operation.name for t in keras.tree.flatten(operation.input)],
        "output": list(_output_shape(operation)),
        # A plain operation, such as the sum of two tensors, is no layer and has none.
        "parameters": operation.count_params() if hasattr(operation, "count_params") else 0,
        "multiply_adds": _multiply_adds(operation),
    }


def _multiply_adds(operation: Any) -> int:
    if hasattr(operation, "layers"):  # a network used as a layer
        return multiply_adds(operation)
    places = math.prod(_output_shape(operation)[:-1])
    return sum(places * math.prod(kernel.shape) for kernel in _kernels(operation))


def _kernels(operation: Any) -> list[Any]:
    """A separable convolution has two."""
    names = ("kernel", "depthwise_kernel", "pointwise_kernel")
    return [kernel for name in names if (kernel := getattr(operation, name, None)) is not None]


def _output_shape(operation: Any) -> tuple[int, ...]:
    """Without the batch; of the first one where there are several."""
    return tuple(import_keras().tree.flatten(operation.output)[0].shape[1:])
