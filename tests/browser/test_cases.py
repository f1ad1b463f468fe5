"""Cases in Chromium: readable at any width in both languages, closed where one stands."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stores.queries
import stores.services
from app.demo.cases import furnish_cases
from app.demo.retailer import PIN
from kernel.db import transaction
from tests.browser.test_office import STORE, Place, place, serve_app

__all__ = ["place", "serve_app"]

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
VIEWS = (("fr", 360), ("en", 768), ("fr", 1280))


@pytest.fixture(scope="module")
def busy(place: Place) -> Place:
    furnish_cases()
    return place


def looked_at(page: Page, address: str, path: str, axe: Any, take: Callable[[str], None]) -> None:
    for language, width in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{language}/{path}")
        take(f"{language}-{width}")
        assert (path, language, width, axe(page)) == (path, language, width, [])
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (path, language, width, wide) == (path, language, width, width)


def test_axe_finds_nothing_on_the_offices_cases(
    busy: Place, open_page: Open, axe: Any, screenshot: Any
) -> None:
    page = open_page(storage_state=busy.admin)
    page.goto(f"{busy.url}/en/office/cases")
    one = page.get_by_role("link", name="Done against the rules").get_attribute("href") or ""
    looked_at(page, busy.url, "office/cases", axe, lambda view: screenshot(page, f"cases-{view}"))
    path = one.removeprefix("/en/")
    looked_at(page, busy.url, path, axe, lambda view: screenshot(page, f"case-{view}"))


def test_the_tablet_counts_shows_and_closes_a_case(
    busy: Place, open_page: Open, axe: Any, screenshot: Any
) -> None:
    with transaction() as session:
        here = stores.queries.get_store(session, STORE).id
        code = stores.services.offer_enrolment(session, location_id=here, tablet_name="Tablette 9")
    page = open_page(1280)
    page.goto(f"{busy.url}/fr/tablet/enrol")
    page.locator("#field-code").fill(code)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Inès Morel").click()
    page.locator("#field-pin").fill(PIN)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="2 cas attendent, dont 1 en retard").click()
    page.wait_for_url("**/tablet/cases")
    looked_at(
        page, busy.url, "tablet/cases", axe, lambda view: screenshot(page, f"tablet-cases-{view}")
    )
    page.get_by_role("button", name="Je m’en occupe").first.click()
    expect(page.get_by_text("Vous vous en occupez.").first).to_be_visible()
    page.locator("main details summary").first.click()
    page.get_by_label("Comment cela s’est-il terminé").first.fill("Le client a été appelé.")
    page.get_by_role("button", name="Le fermer").first.click()
    expect(page.get_by_text("Le cas est fermé.")).to_be_visible()
    page.goto(f"{busy.url}/fr/tablet/")
    screenshot(page, "tablet-board-cases")
    expect(page.get_by_role("link", name="1 cas attend")).to_be_visible()
