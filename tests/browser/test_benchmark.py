"""Visitors who draw at once are answered each, and timed from page to page alike."""

from playwright.sync_api import Browser

from benchmark import visits


def test_visitors_who_draw_at_once_are_answered(browser: Browser) -> None:
    with visits.served(visits.APPS["app"]) as server:
        times = visits.drawn_by(browser, server, visits.APPS["app"], visitors=3, strokes=3)
        assert len(times) == 9
        assert all(0 < ms < visits.PATIENCE for ms in times)
        assert server.memory_mb() > 50
