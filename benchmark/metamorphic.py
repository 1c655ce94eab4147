"""How many readings change with a change to the image that nobody would notice.

`python -m benchmark.metamorphic FOLDER` reads cheques and paper fields as they are and after each
harmless change alone, and stores the shares of other texts in benchmark/results.
"""

import io
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark.scoring import share, store
from benchmark.sets import Case, cases, on_all_cores, zipped_sets
from benchmark.table import SETS, markdown, percent_of
from model import Reading, Recognizer
from model.errors import DigitReaderError
from model.image.decode import decode

MEASURED = ("cheques-dev", "paper-dev")
MOST_CHANGED = 0.02  # share of the readings of a set that one change may change

Grey = NDArray[np.uint8]  # (H, W)


def cropped(grey: Grey) -> Grey:
    """Return an image without one pixel at each side."""
    return np.ascontiguousarray(grey[1:-1, 1:-1])


def enlarged(grey: Grey) -> Grey:
    """Return an image 15% larger."""
    larger = cv2.resize(grey, None, fx=1.15, fy=1.15, interpolation=cv2.INTER_LINEAR)
    return np.asarray(larger, np.uint8)


def compressed(grey: Grey) -> Grey:
    """Return an image after JPEG of quality 92."""
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "JPEG", quality=92)
    return np.asarray(Image.open(file))


def brighter(grey: Grey) -> Grey:
    """Return an image 10% brighter."""
    return np.asarray(np.clip(np.rint(1.1 * grey), 0, 255), np.uint8)


CHANGES: dict[str, Callable[[Grey], Grey]] = {
    "one pixel cropped at each side": cropped,
    "15% larger": enlarged,
    "JPEG of quality 92": compressed,
    "10% brighter": brighter,
}


def measure_changes(
    name: str, images: Sequence[Case], read: Callable[[Grey], Reading]
) -> dict[str, Any]:
    """Return the share of the readings of a set that each change changes, and that any does."""
    changed = [_changed(decode(case.content), read) for case in images]
    columns = zip(CHANGES, zip(*changed, strict=True), strict=True)
    shares = {change: share(column) for change, column in columns}
    return {"set": name, "changes": shares, "any": share([any(row) for row in changed])}


def _changed(grey: Grey, read: Callable[[Grey], Reading]) -> list[bool]:
    """Return for each change whether the text is another; an error is a text of its own."""

    def text(image: Grey) -> str:
        try:
            return read(image).text
        except DigitReaderError as error:
            return type(error).__name__

    unchanged = text(grey)
    return [text(change(grey)) != unchanged for change in CHANGES.values()]


def holds(row: Mapping[str, Any]) -> bool:
    """Return whether no change changes more of the readings of a set than it may."""
    return all(figure["share"] <= MOST_CHANGED for figure in row["changes"].values())


def metamorphic_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table in Markdown of the readings that change."""
    lines = [[change, *(percent_of(row["changes"][change]) for row in rows)] for change in CHANGES]
    lines.append(["any of them", *(percent_of(row["any"]) for row in rows)])
    lines.append(
        [
            f"at most {MOST_CHANGED:.0%} by each",
            *("met" if holds(row) else "not met" for row in rows),
        ]
    )
    return markdown(("change", *(SETS[row["set"]] for row in rows)), lines)


def _measure_file(named: tuple[str, Path]) -> dict[str, Any]:
    name, file = named
    return measure_changes(name, cases(file), Recognizer.load().read)


def main(folder: Path) -> None:
    """Measure, print and store."""
    files = zipped_sets(folder)
    rows = list(
        on_all_cores(_measure_file, [(name, files[name]) for name in MEASURED if name in files])
    )
    print(metamorphic_table(rows))
    store("metamorphic", "make bench", most_changed=MOST_CHANGED, sets=rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
