"""Tables that can be read on a phone, by ear and with the keyboard, and downloaded as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui.text import escape_markdown, section, text


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV, the columns in the order in which they first occur."""
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
    full: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Show a table, its values as `formats` says, with a button that downloads it, or `full`."""
    formats, titles = formats or {}, section("columns")
    shown = [
        {
            escape_markdown(titles.get(key, key)): _format_value(row.get(key), formats.get(key, ""))
            for key in row
        }
        for row in rows
    ]
    st.table(shown, border="horizontal", hide_index=True)
    csv_button(full or rows, file)


def csv_button(rows: Sequence[Mapping[str, Any]], file: str) -> None:
    """Show a button that downloads rows as CSV."""
    st.download_button(
        text("app.csv"), as_csv(rows), file, "text/csv", icon=":material/download:",
        on_click="ignore", key=f"download_{file}",
    )  # fmt: skip


def _format_value(value: object, form: str) -> str:
    if value is None:
        return text("app.nothing")
    if isinstance(value, str):
        return escape_markdown(value)
    if isinstance(value, int) and not form:
        form = ","
    return format(value, form)
