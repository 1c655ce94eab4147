"""The network as a picture, and the filters that it learned."""

import base64
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from model.card import Filters, Layer
from model.network.normalize import as_png
from ui.history.runs import Run
from ui.tables import table
from ui.text import text

WORK_SHADES = (25, 10, 1)  # percent of all multiply-adds from which a layer is shaded, most first
MERMAID_CONFIG = (
    '%%{init: {"flowchart": {"nodeSpacing": 16, "rankSpacing": 24, "padding": 8, '
    '"wrappingWidth": 400}}}%%'
)


def diagram(layers: Sequence[Layer]) -> str:
    """Return a Mermaid flowchart: a box for every layer, with shape, parameters, share of work.

    A layer that costs nothing and keeps the shape, such as an activation, is in the box before it.
    """
    boxes = _group_layers(layers)
    place = {layer.name: number for number, box in enumerate(boxes) for layer in box}
    work = max(1, sum(layer.multiply_adds for layer in layers))
    lines = [MERMAID_CONFIG, "flowchart TB"]
    for here, box in enumerate(boxes):
        lines.append(f'n{here}["{_box_label(box)}"]')
        lines += [f"n{place[name]} --> n{here}" for name in box[0].inputs if name in place]
        share = 100 * sum(layer.multiply_adds for layer in box) / work
        shade = next((s for s in WORK_SHADES if share >= s), None)
        if shade:
            lines.append(f"class n{here} work{shade}")
    for shade, opacity in zip(WORK_SHADES, ("99", "55", "22"), strict=True):
        lines.append(f"classDef work{shade} fill:#5b83e8{opacity}")
    return "\n".join(lines)


def _group_layers(layers: Sequence[Layer]) -> list[list[Layer]]:
    users = Counter(name for layer in layers for name in layer.inputs)
    boxes: list[list[Layer]] = []
    for layer in layers:
        before = boxes[-1][-1] if boxes else None
        if (
            before
            and before.inputs  # not the input itself
            and layer.inputs == (before.name,)
            and users[before.name] == 1
            and layer.output == before.output
            and not layer.multiply_adds
        ):
            boxes[-1].append(layer)
        else:
            boxes.append([layer])
    return boxes


def _box_label(box: Sequence[Layer]) -> str:
    first, *others = (layer.type for layer in box)
    parameters = sum(layer.parameters for layer in box)
    lines = [f"**{first}**", ", ".join(others), shape(box[0])]
    if parameters:
        lines.append(text("network.parameters", n=parameters))
    return "`{}`".format("\n".join(filter(None, lines)))


def shape(layer: Layer) -> str:
    """Return what a layer gives: height x width x channels, or a number of features."""
    return " × ".join(map(str, layer.output))


def layer_rows(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Return the layers as a table."""
    return [
        {
            "layer": layer.name,
            "type": layer.type,
            "output": shape(layer),
            "parameters": layer.parameters,
            "multiply_adds": layer.multiply_adds,
        }
        for layer in layers
    ]


def show_network(run: Run) -> None:
    """Show the layers from the input down, and the first convolution's kernels."""
    network = run.card.network
    if network is None:
        st.info(text("network.no_layers"))
        return
    left, right = st.columns([3, 2])
    with left:
        st.caption(text("network.shades"))
        st.mermaid_chart(diagram(network.layers), alt=text("network.picture", run=run.label))
    with right:
        show_filters(network.filters)
    with st.expander(text("network.table")):
        table(layer_rows(network.layers), f"{run.name}-layers.csv")


def show_filters(filters: Filters | None) -> None:
    """Show kernels as pictures: grey is zero, white counts for the filter, black against it."""
    if filters is None:
        st.caption(text("network.no_filters"))
        return
    pictures = kernel_pictures(filters.kernels)
    st.caption(text("network.filters", n=len(pictures)))
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}" '
        f'alt="{text("network.filter", n=number)}">'
        for number, picture in enumerate(pictures, 1)
    )
    st.html(f'<div class="filters">{images}</div>')


def kernel_pictures(kernels: Sequence[Sequence[Sequence[float]]]) -> list[bytes]:
    """Return each kernel as a grey PNG, zero in the middle of the scale that all of them share."""
    arrays = [np.array(kernel, np.float32) for kernel in kernels]
    largest = max(float(np.abs(array).max()) for array in arrays) or 1.0
    return [as_png(0.5 + array / (2 * largest)) for array in arrays]
