"""Nothing heavy is imported before it is needed."""

import functools
import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = ("cv2", "ai_edge_litert", "altair", "matplotlib", "tensorflow", "keras", "model.recognizer")

# What is loaded when a page of a new server comes to warming up, and what was on it by then.
FIRST_VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest
import ui.models
loaded = []
ui.models.warm_up = lambda: loaded.append(sorted(sys.modules))
app = AppTest.from_file("{root}/app.py", default_timeout=60)
app = app.switch_page("{page}") if "{page}" != "app.py" else app
app.run()
assert not app.exception, app.exception
print(json.dumps(loaded))
"""


@functools.cache
def modules_at_warm_up(page: str) -> list[set[str]]:
    """The modules there were, each time that the page began to warm the recogniser up."""
    program = FIRST_VISIT.format(root=ROOT, page=page)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [set(names) for names in json.loads(done.stdout)]


@pytest.mark.parametrize("page", ["app.py", "pages/upload.py"])
def test_page_is_shown_before_anything_heavy_is_imported(page: str) -> None:
    (modules,) = modules_at_warm_up(page)
    assert not modules & set(HEAVY)


def test_canvas_is_there_before_the_recogniser() -> None:
    (modules,) = modules_at_warm_up("app.py")
    assert "streamlit_drawable_canvas" in modules
    assert "PIL.Image" not in modules
