"""The shop's pages of stores in Chromium: for everybody, at any width, under the strict policy."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.embedded import Cluster
from tests.support.demonstration import demonstration

pytestmark = pytest.mark.browser
LOOKS = ((360, "fr"), (768, "en"), (1280, "fr"))
SLOTTED, PAUSED = "villeurbanne", "annecy"


@pytest.fixture(scope="module")
def house(
    cluster: Cluster,
    tmp_path_factory: pytest.TempPathFactory,
    chromium: Browser,  # first: without it nothing is filled in
) -> Iterator[Flask]:
    assert chromium.is_connected()
    with demonstration(cluster, tmp_path_factory.mktemp("stores")) as app:
        yield app


@pytest.fixture
def visit(
    house: Flask, serve: Callable[[Flask], str], open_page: Callable[..., Page]
) -> Iterator[Callable[..., Page]]:
    """Open a page of the shop, and fail when the browser has anything to complain of."""
    address, complaints = serve(house), []

    def opened(path: str, width: int = 1280) -> Page:
        page = open_page(width)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        answer = page.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 200
        return page

    yield opened
    assert complaints == []


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_everybody_can_use_the_pages_at_any_width(
    visit: Callable[..., Page],
    axe: Callable[[Page], Any],
    screenshot: Callable[[Page, str], None],
    width: int,
    language: str,
) -> None:
    for name in ("stores", f"stores/{SLOTTED}", f"stores/{PAUSED}"):
        page = visit(f"/{language}/{name}", width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert axe(page) == [], name
        screenshot(page, f"{name.replace('/', '-')}-{width}-{language}")


def test_what_search_engines_read_breaks_no_policy_and_is_no_script(
    visit: Callable[..., Page],
) -> None:
    page = visit(f"/fr/stores/{SLOTTED}")
    kind = page.evaluate(
        "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)"
        "['@type']"
    )
    assert kind == "Store"


def test_a_store_is_found_by_place_looked_at_and_chosen_with_the_keyboard(
    visit: Callable[..., Page],
) -> None:
    page = visit("/en/stores")
    page.get_by_label("Postcode or town").fill("69100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Near 69100 Villeurbanne")).to_be_visible()
    page.locator(".stores").get_by_role("link", name="Villeurbanne Gratte-Ciel").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Villeurbanne Gratte-Ciel")
    expect(page.get_by_text("By appointment; the next one free is")).to_be_visible()
    expect(page.get_by_text("inventaire annuel").first).to_be_visible()
    page.get_by_role("button", name="Choose this store").press("Enter")
    page.wait_for_url("**/en/")
    page.go_back()
    page.reload()
    expect(page.get_by_text("Your store")).to_be_visible()


def test_the_list_and_the_page_work_without_scripts(
    house: Flask, serve: Callable[[Flask], str], open_page: Callable[..., Page]
) -> None:
    page = open_page(360, java_script_enabled=False)
    page.goto(f"{serve(house)}/fr/stores")
    page.get_by_role("link", name="Annecy Vieille Ville").click()
    expect(page.get_by_text("Pourquoi : travaux sur le parking")).to_be_visible()
    page.get_by_role("button", name="Choisir ce magasin").click()
    page.wait_for_url("**/fr/")
