"""An open order is changed from its page, by its customer, the office and the store's tablet."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import orders.queries
import orders.services
from app.demo.retailer import PIN
from app.embedded import Cluster
from customers.commands import GiveAddress, GiveContact
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import order_token
from orders.commands import Bring, Channel, Collect, Method, OrderPart, PayBy, PlaceOrder, Status
from orders.services import PlacedOrder
from tests.support.demonstration import demonstration, served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOME, POT, CUP, WAY = "lyon-croix-rousse", "THEIERE-BLEU", "THEIERE-BLANC", "standard"
LOOKS = os.environ.get("LOOKS")
"""A folder in which pictures are left for whoever wants to look."""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("amending")
    with demonstration(cluster, home, DEMO="1") as app, served(app) as address:
        yield address


def place(*, parts: Sequence[OrderPart] = (), **more: Any) -> PlacedOrder:
    contact = GiveContact("Chloé", "Durand", "chloe@example.org", None, "fr")
    every = [Collect(HOME, {POT: 2}), *parts]
    command = PlaceOrder(Channel.WEB, every, contact, **more)
    with transaction() as session:
        return orders.services.place_order(session, command, actor=SYSTEM)


def look(page: Page, name: str, axe: Any) -> None:
    page.wait_for_load_state("networkidle")
    if LOOKS:
        page.screenshot(path=str(Path(LOOKS) / f"{name}.png"), full_page=True)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.matter("change", "web")
@pytest.mark.parametrize(("language", "width"), [("fr", 360), ("en", 1280)])
def test_a_customer_sees_what_a_change_comes_to_before_it_is_made(
    url: str, open_page: Open, axe: Any, language: str, width: int
) -> None:
    placed, units = place(), 2
    link = f"{url}/{language}/orders/{order_token(placed.id)}"
    page = open_page(width)
    page.goto(f"{link}/amend")
    look(page, f"amend-shop-{language}", axe)
    page.locator("select[name=way]").select_option(WAY)
    page.locator("section details summary").first.click()
    page.locator(f"input[name='part:{POT}']").fill("one")
    with page.expect_navigation():
        page.locator("main form button.button-primary").click()
    look(page, f"amend-shop-part-{language}", axe)
    page.goto(f"{link}/amend")
    page.get_by_role("textbox").first.fill(str(units - 1))
    page.locator("main form button.button-primary").click()
    page.locator("#sum-title").wait_for()
    look(page, f"amend-shop-sum-{language}", axe)
    page.locator("button[name=confirm]").click()
    page.wait_for_url(link)
    look(page, f"amend-shop-done-{language}", axe)
    assert page.locator(".ticket-lines").first.inner_text().startswith(f"{units - 1}")


@pytest.mark.parametrize(("language", "width"), [("fr", 360), ("en", 768), ("fr", 1280)])
def test_a_customer_moves_an_article_and_has_it_all_brought_then_thinks_again(
    url: str, open_page: Open, axe: Any, language: str, width: int
) -> None:
    address = GiveAddress("12 rue des Lilas", "69004", "Lyon")
    placed = place(parts=[Bring(address, {CUP: 1}, WAY)], pay_by=PayBy.CARD)
    link = f"{url}/{language}/orders/{order_token(placed.id)}"
    page = open_page(width)
    page.goto(f"{link}/amend")
    first, second = page.locator("main form section.sheet").all()[:2]
    stays = "select[name$=store] option[value='']"  # what is brought may stay so
    collected, brought = (second, first) if first.locator(stays).count() else (first, second)
    collected.locator(f"input[name$='n:{POT}']").fill("1")
    brought.locator(f"input[name$='n:{POT}']").fill("1")
    collected.locator("select[name$=way]").select_option(WAY)
    look(page, f"amend-parts-{language}-{width}", axe)
    page.locator("main form button.button-primary").click()
    page.locator("#sum-title").wait_for()
    look(page, f"amend-parts-sum-{language}-{width}", axe)
    page.locator("button[name=confirm]").click()
    page.wait_for_url(link)
    look(page, f"amend-parts-done-{language}-{width}", axe)
    with transaction() as session:
        order = orders.queries.get_order(session, placed.id, actor=SYSTEM)
    going = [each for each in order.fulfillments if each.status is Status.PENDING]
    assert [each.method for each in going] == [Method.DELIVERY, Method.DELIVERY]
    assert sorted(each.lines[0].quantity for each in going) == [1, 1]
    page.goto(f"{link}/cancel")
    page.locator("main form button.button-danger").click()
    page.wait_for_url(link)
    with transaction() as session:
        order = orders.queries.get_order(session, placed.id, actor=SYSTEM)
    assert {each.status for each in order.fulfillments} <= {Status.CANCELLED, Status.REROUTED}


def test_a_reservation_is_offered_asked_for_and_never_called_a_paid_order(
    url: str, open_page: Open, axe: Any
) -> None:
    page = open_page(360)
    page.goto(f"{url}/fr/articles/THEIERE?store={HOME}")
    page.locator(".article-words .bar button").click()
    page.wait_for_url("**/basket**")
    look(page, "reserve-basket-fr", axe)
    page.get_by_role("link", name="Réserver sans payer").click()
    page.wait_for_url("**/checkout**")
    look(page, "reserve-checkout-fr", axe)
    for name, value in (("first_name", "Zoé"), ("last_name", "Bel"), ("email", "zoe@example.org")):
        page.locator(f"#field-{name}").fill(value)
    page.locator(".bar button.button-primary").click()
    page.wait_for_url("**/orders/**", timeout=60_000)  # a machine may be at its end
    look(page, "reserve-order-fr", axe)
    said = page.locator("main").inner_text()
    assert "Votre réservation est demandée" in said
    assert "payée" not in said


@pytest.mark.matter("change", "phone", "store")
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
        with page.expect_navigation():
            page.locator("main form button.button-primary").click()
        look(page, f"amend-{area}-fr", axe)
        page.context.close()
