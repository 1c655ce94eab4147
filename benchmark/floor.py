"""The floor: a bare page with the same canvas. Nothing on this stack opens sooner."""

from streamlit_drawable_canvas import st_canvas

st_canvas(key="canvas", width=400, height=400, stroke_width=24, return_image_data=True)
