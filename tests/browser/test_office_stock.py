"""The back office's stock in Chromium: readable at any width, workable without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import inventory.jobs
from app.demo.stock import furnish_stock
from tests.browser.test_office import STORE, Place, place, serve_app

__all__ = ["place", "serve_app"]

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
VIEWS = (("fr", 360), ("en", 768), ("fr", 1280))


@dataclass(frozen=True)
class Stocked:
    """A demonstration whose stock is busy."""

    url: str
    admin: Any


@pytest.fixture(scope="module")
def stocked(place: Place) -> Stocked:
    furnish_stock()
    return Stocked(place.url, place.admin)


def test_the_ledger_is_not_cut_at_any_width(stocked: Stocked, open_page: Open) -> None:
    page = open_page(storage_state=stocked.admin)
    path = _why(page, stocked)
    for language, width in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{stocked.url}/{language}/office/{path}")
        table = page.locator(".table").last
        inner, outer = table.evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert (language, width, inner) == (language, width, outer)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_rule_asks_for_what_its_scope_needs_with_or_without_scripts(
    scripts: bool,  # noqa: FBT001 (a parameter of a test)
    stocked: Stocked,
    open_page: Open,
) -> None:
    page = open_page(java_script_enabled=scripts, storage_state=stocked.admin)
    page.goto(f"{stocked.url}/en/office/kept-back/new")
    category = page.get_by_label("Category", exact=True)
    expect(category).to_be_hidden()
    page.get_by_label("A category, in every store").check()
    expect(category).to_be_visible()
    category.select_option(index=1)
    page.get_by_label("Keeps back").fill("1")
    page.get_by_role("button", name="Show what it would hide").click()
    expect(page.get_by_role("heading", name="What it would hide")).to_be_visible()
    expect(page.get_by_role("button", name="Keep back 1 unit")).to_be_visible()


def test_the_progress_of_a_feed_renews_itself(stocked: Stocked, open_page: Open) -> None:
    page = open_page(storage_state=stocked.admin)
    page.goto(f"{stocked.url}/en/office/feeds/new")
    lines = f"store,sku,quantity\n{STORE},NOT-AN-ARTICLE,1\n".encode()
    page.get_by_label("CSV file").set_input_files(
        {"name": "stock.csv", "mimeType": "text/csv", "buffer": lines}
    )
    page.get_by_label("Source").first.fill("spreadsheet")
    page.get_by_label("Number").first.fill("1")
    page.get_by_label("True for").fill("2026-01-01T06:00")
    page.get_by_label("Only what changed").check()
    page.get_by_label("No, we take it off ourselves").check()
    page.get_by_role("button", name="Send the feed").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    inventory.jobs.apply_feeds()
    expect(page.get_by_text("No article has this SKU")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def _why(page: Page, stocked: Stocked) -> str:
    """Return where the first number of the to-do list is explained."""
    page.goto(f"{stocked.url}/en/office/to-do?store={STORE}")
    href = page.locator("td a.code").first.get_attribute("href")
    return str(href).removeprefix("/en/office/")
