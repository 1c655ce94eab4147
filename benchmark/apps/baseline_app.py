"""The baseline: the tutorials' design. TensorFlow in the page, the canvas resized to 28x28."""

from pathlib import Path

import numpy as np
import streamlit as st
import tensorflow as tf
from PIL import Image
from streamlit_drawable_canvas import st_canvas

MODEL = Path(__file__).parents[2] / "model" / "zoo" / "streamlit.keras"


@st.cache_resource
def load_network() -> tf.keras.Model:
    """The network, loaded once for all visitors."""
    return tf.keras.models.load_model(MODEL)


model = load_network()
canvas_of_baseline = st_canvas(
    key="canvas",
    width=560,
    height=400,
    stroke_width=20,
    stroke_color="#ffffff",
    background_color="#000000",
    return_image_data=True,
)
strokes = canvas_of_baseline.json_data["objects"] if canvas_of_baseline.json_data else []
if strokes and canvas_of_baseline.image_data is not None:
    small = Image.fromarray(canvas_of_baseline.image_data).convert("L").resize((28, 28))
    pixels = np.asarray(small, np.float32)[np.newaxis, ..., np.newaxis] / 255
    (probabilities,) = model.predict(pixels, verbose=0)
    label = probabilities.argmax()
    st.text(f"{label}: {probabilities[label]:.1%}, {len(strokes)} strokes")
