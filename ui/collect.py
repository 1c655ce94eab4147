"""Keeping drawings with their right answers, to train on them: `labels.csv` and `images/`."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui.tables import as_csv

if TYPE_CHECKING:
    from model import Trace

COLLECTED = "collected_drawings"
MAX_DRAWINGS = 500  # drawings of a visit, of about 5 kB each
ANSWER_PATTERN = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class LabelledDrawing:
    """A drawing and what it is."""

    png: bytes  # grey, dark ink on light
    text: str


def zip_drawings(drawings: Sequence[LabelledDrawing]) -> bytes:
    """A zip that `python -m training --data` reads: `labels.csv` (file, text) and `images/`."""
    names = [f"{number:04}.png" for number in range(1, len(drawings) + 1)]
    pairs = list(zip(names, drawings, strict=True))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.csv", as_csv([{"file": n, "text": d.text} for n, d in pairs]))
        for name, drawing in pairs:
            archive.writestr(f"images/{name}", drawing.png)
    return file.getvalue()


def collect_drawings(trace: "Trace | None", clear: Callable[[], None]) -> None:
    """Ask what the drawing is, add it, clear the canvas for the next, offer all for download."""
    collected: list[LabelledDrawing] = st.session_state.setdefault(COLLECTED, [])
    with st.expander(
        "Keep drawings", icon=":material/bookmark_add:", key="collect", on_change="rerun"
    ) as expander:
        if not expander.open:
            return
        st.caption(
            "Collect drawings with their right answers, to train on them. They stay in this "
            "visit's memory until you download them."
        )
        if trace is None:
            st.caption("Draw something first.")
        elif len(collected) < MAX_DRAWINGS:
            _ask_answer(trace, collected, clear)
        else:
            st.info(f"{MAX_DRAWINGS} drawings are the most that a visit keeps; download them.")
        if collected:
            _offer_download(collected)


def _ask_answer(
    trace: "Trace", collected: list[LabelledDrawing], clear: Callable[[], None]
) -> None:
    state = st.session_state

    def add() -> None:
        text = state.answer.strip()
        state.answer_wrong = not ANSWER_PATTERN.fullmatch(text)
        if not state.answer_wrong:
            collected.append(LabelledDrawing(_as_png(trace), text))
            state.answer = ""
            clear()

    with st.form("answer_form", border=False):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        row.text_input("What is it?", key="answer", placeholder="2024", max_chars=12, width=200)
        row.form_submit_button("Keep", icon=":material/add:", on_click=add)
    if state.get("answer_wrong"):
        st.error("The answer is one to twelve digits, as they stand on the drawing.")


def _offer_download(collected: list[LabelledDrawing]) -> None:
    many = f"{len(collected)} drawing{'s' if len(collected) > 1 else ''}"
    with st.container(horizontal=True):
        st.download_button(
            f"Download {many}", zip_drawings(collected), "drawings.zip", "application/zip",
            icon=":material/download:", on_click="ignore", key="download_drawings",
        )  # fmt: skip
        st.button(
            "Forget them", icon=":material/delete:", on_click=collected.clear, key="delete_all"
        )


def _as_png(trace: "Trace") -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(trace.grey).save(file, "PNG", optimize=True)
    return file.getvalue()
