"""The speed measurements work: visitors who draw at the same time all get answers and are timed."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmark.speed import latency
from benchmark.speed.browser import Server, free_port
from benchmark.speed.load import Recording, replayed


@pytest.fixture(autouse=True)
def busy_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let visitors draw without a pause: what is tested is that they are answered, not how fast."""
    monkeypatch.setattr(latency, "PERIOD", 300)


def test_visitors_who_draw_at_once_are_answered(browser: Browser) -> None:
    with latency.served(latency.APPS["app"]) as server:
        times = latency.drawn_by(browser, server, latency.APPS["app"], visitors=3, strokes=3)
        assert len(times) == 9
        assert all(0 < ms < latency.PATIENCE for ms in times)
        assert server.memory_mb() > 50


def test_replayed_visitors_send_what_a_page_sent_and_are_answered(
    browser: Browser, tmp_path: Path
) -> None:
    app, file = latency.APPS["app"], tmp_path / "recording"
    with latency.served(app) as server:
        recording = Recording()
        latency.drawn_by(browser, server, app, visitors=1, strokes=3, recording=recording)
        assert len(recording.messages) >= 4  # the page is opened, and three strokes
        recording.save(file)
        assert Recording.load(file).messages == recording.messages
        with replayed(server, file, visitors=2, apart=0.1):
            times = latency.drawn_by(browser, server, app, visitors=1, strokes=2)
    assert all(0 < ms < latency.PATIENCE for ms in times)


def test_replayed_visitors_that_are_not_served_are_an_error(tmp_path: Path) -> None:
    Recording([(0.0, b"")]).save(tmp_path / "recording")
    nobody = Server(f"http://127.0.0.1:{free_port()}", pid=0)
    with (
        pytest.raises(RuntimeError, match="was not served"),
        replayed(nobody, tmp_path / "recording", visitors=1, apart=0),
    ):
        pass
