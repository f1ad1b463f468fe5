"""A store's tills in Chromium: linked by somebody who cannot see, shown at any width."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.demo.tills import furnish_tills
from tests.browser.test_office import STORE, Place, place, serve_app

__all__ = ["place", "serve_app"]

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
VIEWS = (("fr", 360), ("en", 768), ("fr", 1280))


def test_tills_are_linked_and_shown_at_any_width(
    place: Place, open_page: Open, axe: Any, screenshot: Any
) -> None:
    page = open_page(storage_state=place.admin)
    address = f"{place.url}/en/office/stores/{STORE}/tills"
    page.goto(address)
    assert axe(page) == []
    page.get_by_role("button", name="Show the key").click()
    expect(page.get_by_text("Give the till a name.")).to_be_visible()
    furnish_tills()
    for language, width in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address.replace("/en/", f"/{language}/"))
        check(page, axe, f"{language}-{width}")
        screenshot(page, f"tills-{language}-{width}")
    page.get_by_label("Nom de la caisse").fill("Caisse 3")
    page.get_by_role("button", name="Afficher la clé").click()
    page.wait_for_selector(".secret")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        check(page, axe, f"key-{width}")
        screenshot(page, f"till-key-{width}")
    key = page.locator(".secret").last.inner_text()
    page.get_by_role("link", name="Retour aux caisses").click()
    expect(page.get_by_role("table")).to_contain_text("Caisse 3")
    assert key not in page.content()


def check(page: Page, axe: Any, where: str) -> None:
    assert (where, axe(page)) == (where, [])
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert (where, wide) == (where, 0)
