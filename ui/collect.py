"""Collect drawings with their right answers, to train on them: `labels.csv` and `images/`."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui.tables import as_csv
from ui.text import text

if TYPE_CHECKING:
    from model import Trace

COLLECTED = "collected_drawings"
MAX_DRAWINGS = 500  # of a visit, of about 5 kB each
ANSWER_PATTERN = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class LabelledDrawing:
    """A drawing and what it is."""

    png: bytes  # grey, dark ink on light
    answer: str


def zip_drawings(drawings: Sequence[LabelledDrawing]) -> bytes:
    """Return a zip for `python -m training --data`: `labels.csv` (file, text) and `images/`."""
    names = [f"{number:04}.png" for number in range(1, len(drawings) + 1)]
    pairs = list(zip(names, drawings, strict=True))
    labels = [{"file": name, "text": drawing.answer} for name, drawing in pairs]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.csv", as_csv(labels))
        for name, drawing in pairs:
            archive.writestr(f"images/{name}", drawing.png)
    return file.getvalue()


def collect_drawings(trace: "Trace | None", clear: Callable[[], None]) -> None:
    """Ask what the drawing is, add it, clear the canvas for the next, offer all for download."""
    collected: list[LabelledDrawing] = st.session_state.setdefault(COLLECTED, [])
    with st.expander(
        text("collect.title"), icon=":material/bookmark_add:", key="collect", on_change="rerun"
    ) as expander:
        if not expander.open:
            return
        st.caption(text("collect.about"))
        if len(collected) >= MAX_DRAWINGS:
            st.info(text("collect.full", limit=MAX_DRAWINGS))
        elif trace is None:
            st.caption(text("collect.nothing_drawn"))
        else:
            _ask_answer(trace, collected, clear)
        if collected:
            _offer_drawings(collected)


def _ask_answer(
    trace: "Trace", collected: list[LabelledDrawing], clear: Callable[[], None]
) -> None:
    state = st.session_state

    def add() -> None:
        answer = state.answer.strip()
        state.answer_wrong = not ANSWER_PATTERN.fullmatch(answer)
        if not state.answer_wrong:
            collected.append(LabelledDrawing(_as_png(trace), answer))
            state.answer = ""
            clear()

    with st.form("answer_form", border=False):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        example = text("collect.answer_example")
        row.text_input(
            text("collect.answer"), key="answer", placeholder=example, max_chars=12, width=200
        )
        row.form_submit_button(
            text("collect.add"), icon=":material/add:", on_click=add, key="add_drawing"
        )
    if state.get("answer_wrong"):
        st.error(text("collect.invalid"))


def _offer_drawings(collected: list[LabelledDrawing]) -> None:
    with st.container(horizontal=True):
        st.download_button(
            text("collect.download", n=len(collected)), zip_drawings(collected), "drawings.zip",
            "application/zip",
            icon=":material/download:", on_click="ignore", key="download_drawings",
        )  # fmt: skip
        st.button(
            text("collect.delete_all"),
            icon=":material/delete:",
            on_click=collected.clear,
            key="delete_all",
        )


def _as_png(trace: "Trace") -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(trace.grey).save(file, "PNG", optimize=True)
    return file.getvalue()
