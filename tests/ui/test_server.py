"""What is served beside the pages, and what a visitor sees of an unexpected error."""

import asyncio
import io
import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import streamlit as st
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from model import ModelError, Recognizer
from model.network.calibration import Calibration
from model.settings import Limits
from tests.model.test_cli import Blind
from ui.server import health, lifespan
from ui.text import text

FAILING = """
from ui.server import report_error
try:
    [][1]
except IndexError as error:
    error.args = ("a secret\\nof the server",)
    report_error(error)
"""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    st.cache_resource.clear()


def answer() -> tuple[int, dict[str, Any]]:
    response = health(Request({"type": "http"}))
    return response.status_code, json.loads(bytes(response.body))


def test_health_is_a_digit_that_is_read() -> None:
    status, content = answer()
    assert status == 200
    assert content["healthy"] is True
    assert "7" in content["sentence"]


def test_server_that_reads_nothing_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = Recognizer(Blind(), Calibration())
    monkeypatch.setattr(Recognizer, "load", lambda _file: blind)
    status, content = answer()
    assert status == 503
    assert content["healthy"] is False


def test_what_is_wrong_with_a_server_is_not_shown_to_everybody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(_file: object) -> Recognizer:
        raise ModelError("There is no model at /srv/secret.")

    monkeypatch.setattr(Recognizer, "load", load)
    status, content = answer()
    assert status == 503
    assert "secret" not in str(content)
    assert "secret" in caplog.text


def test_visitor_gets_a_reference_that_stands_in_the_log_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, "ui.server"):
        app = AppTest.from_string(FAILING).run()
    shown = app.error[0].value
    found = re.search(r"[0-9a-f]{8}", shown)
    assert found
    assert shown == text("app.out_of_order", code=found[0])
    assert "secret" not in shown
    (line,) = [record.getMessage() for record in caplog.records if record.name == "ui.server"]
    assert line.startswith(f"reference {found[0]}: IndexError: 'a secret\\nof the server' at ")
    assert "\n" not in line


async def spooled(size: int) -> bool:
    """Whether an upload of so many bytes is written to the disk while it arrives."""
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'
    body = io.BytesIO(head + bytes(size) + b"\r\n--x--\r\n")

    async def receive() -> dict[str, Any]:
        part = body.read(2**16)
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "headers": headers}, receive)
    async with lifespan(st.App("app.py")), request.form() as form:
        return bool(form["f"].file._rolled)  # type: ignore[union-attr]


def test_upload_does_not_touch_the_disk() -> None:
    most = Limits().max_bytes
    with ThreadPoolExecutor(1) as other:  # since this one may hold a browser's event loop
        assert not other.submit(asyncio.run, spooled(most)).result()
        assert other.submit(asyncio.run, spooled(most + 2 * 2**20)).result()  # which is refused
