"""Read every image of a folder with rapidocr on one thread, and print its answers as JSON.

`python -m benchmark.apps.rapidocr_folder FOLDER line|page`, in the environment of
requirements-bench.txt: `line` recognises each image as one text line, `page` finds text lines
first, and takes the image for one where it finds none. An answer is the text as rapidocr states
it, null where it cannot read the image.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
from rapidocr import RapidOCR
from rapidocr.utils.load_image import LoadImageError

PACKAGES = ("rapidocr", "onnxruntime")
PEER_PARAMS = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "error",
}


def answer(engine: Any, file: Path, *, find_lines: bool) -> str | None:
    """Return the text on an image, its text lines joined by spaces."""
    try:
        texts = None
        if find_lines:
            texts = engine(file, use_det=True, use_cls=False, use_rec=True).txts
        if not texts:
            texts = engine(file, use_det=False, use_cls=False, use_rec=True).txts
    except (LoadImageError, OSError):
        return None
    return " ".join(texts or ())


def main() -> None:
    """Read the folder's files in the order of their names, and print."""
    folder, way = Path(sys.argv[1]), sys.argv[2]
    cv2.setNumThreads(1)
    engine = RapidOCR(params=PEER_PARAMS)
    answers = {
        file.name: answer(engine, file, find_lines=way == "page")
        for file in sorted(folder.iterdir())
    }
    print(json.dumps({"versions": {p: version(p) for p in PACKAGES}, "answers": answers}))


if __name__ == "__main__":
    main()
