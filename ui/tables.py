"""Tables that can be read on a phone, by ear and with the keyboard, and taken along as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui.text import escape_markdown


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV, the columns in the order in which they first occur."""
    columns = dict.fromkeys(column for row in rows for column in row)
    file = io.StringIO()
    writer = csv.DictWriter(file, list(columns))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def table(
    rows: Sequence[Mapping[str, Any]],
    file: str,
    *,
    formats: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    full: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """A table, shown as `formats` says, with a button that downloads it, or what `full` holds."""
    formats, titles = formats or {}, titles or {}
    shown = [
        {
            escape_markdown(titles.get(key, key)): _text(row.get(key), formats.get(key, ""))
            for key in row
        }
        for row in rows
    ]
    st.table(shown, border="horizontal", hide_index=True)
    csv_button(full or rows, file)


def csv_button(rows: Sequence[Mapping[str, Any]], file: str, label: str = "CSV") -> None:
    """A button that downloads rows as CSV."""
    st.download_button(
        label, as_csv(rows), file, "text/csv", icon=":material/download:", on_click="ignore",
        key=f"download_{file}",
    )  # fmt: skip


def _text(value: object, form: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return escape_markdown(value)
    if isinstance(value, int) and not form:
        form = ","
    return format(value, form)
