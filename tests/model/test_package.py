"""What `import model` offers, and what it loads."""

import subprocess
import sys

import pytest

import model
from tests.conftest import ROOT


@pytest.mark.parametrize("heavy", ["cv2", "PIL", "ai_edge_litert"])
def test_importing_the_library_is_light_until_it_reads(heavy: str) -> None:
    program = f"import sys, model; print({heavy!r} in sys.modules, 'Recognizer' in dir(model))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_unknown_name_of_the_library_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Recogniser'"):
        model.Recogniser  # type: ignore[attr-defined]  # noqa: B018
