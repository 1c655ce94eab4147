"""The network as a picture, and the filters that it learned."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from model.network.normalize import as_png
from ui.history.runs import Run
from ui.tables import table

Layer = Mapping[str, Any]
WORK_SHADES = (25, 10, 1)  # per cent of all multiply-adds from which a layer is shaded, most first


MERMAID_CONFIG = (
    '%%{init: {"flowchart": {"nodeSpacing": 16, "rankSpacing": 24, "padding": 8, '
    '"wrappingWidth": 400}}}%%'
)


def diagram(layers: Sequence[Layer]) -> str:
    """A Mermaid flowchart: a box for every layer, with its shape, parameters and share of work.

    A layer that costs nothing and keeps the shape, such as an activation, is in the box before it.
    """
    boxes = _group_layers(layers)
    place = {layer["name"]: number for number, box in enumerate(boxes) for layer in box}
    work = max(1, sum(layer["multiply_adds"] for layer in layers))
    lines = [MERMAID_CONFIG, "flowchart TB"]
    for here, box in enumerate(boxes):
        lines.append(f'n{here}["{_label(box)}"]')
        lines += [f"n{place[name]} --> n{here}" for name in box[0]["inputs"] if name in place]
        share = 100 * sum(layer["multiply_adds"] for layer in box) / work
        shade = next((s for s in WORK_SHADES if share >= s), None)
        if shade:
            lines.append(f"class n{here} work{shade}")
    for shade, opacity in zip(WORK_SHADES, ("99", "55", "22"), strict=True):
        lines.append(f"classDef work{shade} fill:#5b83e8{opacity}")
    return "\n".join(lines)


def _group_layers(layers: Sequence[Layer]) -> list[list[Layer]]:
    users = Counter(name for layer in layers for name in layer["inputs"])
    boxes: list[list[Layer]] = []
    for layer in layers:
        before = boxes[-1][-1] if boxes else None
        if (
            before
            and before["inputs"]  # not the input itself
            and layer["inputs"] == [before["name"]]
            and users[before["name"]] == 1
            and layer["output"] == before["output"]
            and not layer["multiply_adds"]
        ):
            boxes[-1].append(layer)
        else:
            boxes.append([layer])
    return boxes


def _label(box: Sequence[Layer]) -> str:
    first, *others = (layer["type"] for layer in box)
    parameters = sum(layer["parameters"] for layer in box)
    lines = [f"**{first}**", ", ".join(others), shape(box[0])]
    if parameters:
        lines.append(f"{parameters:,} parameters")
    return "`{}`".format("\n".join(filter(None, lines)))


def shape(layer: Layer) -> str:
    """What a layer gives: height x width x channels, or a number of features."""
    return " × ".join(map(str, layer["output"]))


def layer_rows(run: Run) -> list[dict[str, Any]]:
    """The layers as a table."""
    return [
        {
            "layer": layer["name"],
            "type": layer["type"],
            "output": shape(layer),
            "parameters": layer["parameters"],
            "multiply-adds": layer["multiply_adds"],
        }
        for layer in run.card["network"]["layers"]
    ]


def show_network(run: Run) -> None:
    """The layers from the input down, and the first convolution's kernels."""
    network = run.card.get("network")
    if not network:
        st.info("This card does not tell the layers: it was written by an earlier version.")
        return
    picture, beside = st.columns([3, 2])
    with picture:
        st.caption("The bluer a layer, the larger its share of the work for one digit.")
        st.mermaid_chart(
            diagram(network["layers"]), alt=f"The layers of {run.name}, which the table lists"
        )
    with beside:
        show_filters(network.get("filters"))
    with st.expander("The layers as a table"):
        table(layer_rows(run), f"{run.name}-layers.csv")


def show_filters(filters: Mapping[str, Any] | None) -> None:
    """Kernels as pictures: grey is zero, white strengthens what is bright there, black weakens."""
    if not filters:
        st.caption("This card holds no filters.")
        return
    pictures = kernel_pictures(filters["kernels"])
    st.caption(
        f"{len(pictures)} filters of the first convolution: light where ink counts for "
        "the filter, dark where it counts against it."
    )
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}" '
        f'alt="Filter {number}">'
        for number, picture in enumerate(pictures, 1)
    )
    st.html(f'<div class="filters">{images}</div>')


def kernel_pictures(kernels: Sequence[Sequence[Sequence[float]]]) -> list[bytes]:
    """Each kernel as a grey PNG, zero in the middle of the scale that all of them share."""
    arrays = [np.array(kernel, np.float32) for kernel in kernels]
    largest = max(float(np.abs(array).max()) for array in arrays) or 1.0
    return [as_png(0.5 + array / (2 * largest)) for array in arrays]
