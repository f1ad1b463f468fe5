"""An open order is changed from its page, by its customer, the office and the store's tablet."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import orders.services
from app.demo.retailer import PIN
from app.embedded import Cluster
from customers.commands import GiveContact
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import order_token
from orders.commands import Channel, Collect, PlaceOrder
from orders.services import PlacedOrder
from tests.support.demonstration import demonstration, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOME, POT = "lyon-croix-rousse", "THEIERE-BLEU"
LOOKS = os.environ.get("LOOKS")
"""A folder in which pictures are left for whoever wants to look."""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("amending")
    with demonstration(cluster, home, DEMO="1") as app, served(app) as address:
        yield address


def place(**more: Any) -> PlacedOrder:
    contact = GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr")
    command = PlaceOrder(Channel.WEB, [Collect(HOME, {POT: 2})], contact, **more)
    with transaction() as session:
        return orders.services.place_order(session, command, actor=SYSTEM)


def look(page: Page, name: str, axe: Any) -> None:
    page.wait_for_load_state("networkidle")
    if LOOKS:
        page.screenshot(path=str(Path(LOOKS) / f"{name}.png"), full_page=True)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("language", "width"), [("fr", 360), ("en", 1280)])
def test_a_customer_sees_what_a_change_comes_to_before_it_is_made(
    url: str, open_page: Open, axe: Any, language: str, width: int
) -> None:
    placed, units = place(), 2
    link = f"{url}/{language}/orders/{order_token(placed.id)}"
    page = open_page(width)
    page.goto(f"{link}/amend")
    look(page, f"amend-shop-{language}", axe)
    page.get_by_role("textbox").first.fill(str(units - 1))
    page.locator("main form button.button-primary").click()
    page.locator("#sum-title").wait_for()
    look(page, f"amend-shop-sum-{language}", axe)
    page.locator("button[name=confirm]").click()
    page.wait_for_url(link)
    look(page, f"amend-shop-done-{language}", axe)
    assert page.locator(".ticket-lines").first.inner_text().startswith(f"{units - 1}")


def test_a_reservation_is_offered_asked_for_and_never_called_a_paid_order(
    url: str, open_page: Open, axe: Any
) -> None:
    page = open_page(360)
    page.goto(f"{url}/fr/articles/THEIERE?store={HOME}")
    page.locator(".article-words .bar button").click()
    page.wait_for_url("**/basket**")
    look(page, "reserve-basket-fr", axe)
    page.get_by_role("link", name="Réserver sans payer").click()
    look(page, "reserve-checkout-fr", axe)
    for name, value in (("first_name", "Zoé"), ("last_name", "Bel"), ("email", "zoe@example.org")):
        page.locator(f"#field-{name}").fill(value)
    page.locator(".bar button.button-primary").click()
    page.wait_for_url(re.compile("placed=yes"))
    look(page, "reserve-order-fr", axe)
    said = page.locator("main").inner_text()
    assert "Votre réservation est demandée" in said
    assert "payée" not in said


def test_the_office_and_the_tablet_change_an_order_with_an_article_it_had_not(
    url: str, chromium: Browser, axe: Any
) -> None:
    placed = place()
    for area, person, width in (("office", "admin", 1280), ("tablet", "associate", 768)):
        page = chromium.new_context(viewport={"width": width, "height": 1024}).new_page()
        page.goto(f"{url}/fr/demo")
        page.locator(f".doors button[value={person}]").click()
        page.wait_for_url(re.compile(f"/{area}"))
        if area == "tablet":
            page.goto(f"{url}/fr/tablet/sign-in")
            page.get_by_role("link", name="Inès Morel").click()
            page.locator("#field-pin").fill(PIN)
            page.keyboard.press("Enter")
            page.wait_for_url("**/fr/tablet/")
        path = f"orders/{placed.number}" if area == "office" else f"parcels/{placed.fulfillment_id}"
        page.goto(f"{url}/fr/{area}/{path}")
        page.get_by_role("link", name="Modifier la commande").click()
        page.locator("#field-add_sku").fill("THEIERE-BLANC" if area == "office" else "NOTHING")
        page.locator("main form button.button-primary").click()
        look(page, f"amend-{area}-fr", axe)
        page.context.close()
