"""Clicks and tooltips on the training history page."""

import json

from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_no_sideways_scrolling
from tests.conftest import ROOT
from ui.history.tabs import TABS
from ui.models import model_label
from ui.text import section, text

CHART = "[data-testid=stVegaLiteChart]"


def test_click_on_a_cell_shows_its_digits(page: Page, server: str) -> None:
    card = json.loads((ROOT / "model" / "zoo" / "streamlit.json").read_text())
    matrix = card["confusion_matrix"]
    count, truth, answer = max((matrix[t][a], t, a) for t in range(10) for a in range(10) if t != a)
    page.goto(f"{server}/training_history?run=streamlit")
    page.get_by_role("tab", name=section("history.tabs")["mistakes"]).click()
    words = (f"{text('mistakes.read_as')}: {answer};", f"{text('mistakes.true_digit')}: {truth};")
    labels = "".join(f'[aria-label*="{word}"]' for word in words)
    cell = page.locator(f"{CHART} {labels}").first
    expect(cell).to_be_visible()
    box = cell.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_text(text("mistakes.all", n=count))).to_be_visible()
    caption = text("mistakes.mistake", digit=truth, answer=answer)
    expect(page.locator(".examples figcaption")).to_contain_text([caption] * count)


def test_curves_show_the_epoch_under_the_pointer_and_are_downloaded(
    page: Page, server: str
) -> None:
    page.goto(f"{server}/training_history?run=default&run=streamlit")
    validation = section("learning.sets")["validation"]
    curve = text("learning.curve", run=model_label("streamlit"), digits=validation)
    chart = page.locator(CHART).first
    expect(chart.locator("svg")).to_be_visible()
    chart.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text(curve)
    with page.expect_download() as download:
        chart.locator("..").get_by_role("button", name="Download as PNG").first.click()
    assert download.value.suggested_filename.endswith(".png")


def test_every_tab_fits_a_phone(phone: Page, server: str) -> None:
    phone.goto(f"{server}/training_history?run=default&run=streamlit")
    for name in TABS:
        label = section("history.tabs")[name]
        tab = phone.get_by_role("tab", name=label)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(phone.get_by_role("tabpanel", name=label).locator("> *").first).to_be_visible()
        # A file of a run that the next click interrupts is gone before the page asks for it.
        app = phone.locator("[data-testid=stApp]")
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        expect(phone.locator("[data-testid=stException]")).to_have_count(0)
        assert_no_sideways_scrolling(phone)
