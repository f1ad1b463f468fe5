"""Both sides of the counter in Chromium: a car, somebody who is sent, what is refused."""

import secrets
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

import stores.services
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import order_token
from orders import passes, queries
from stores.commands import StoreMethod
from tests.browser.test_tablet import House, enter, house

pytestmark = pytest.mark.browser
ITEMS = {"TENT-2P": 1, "MUG-BLUE": 2}
UNFOLD = "document.querySelectorAll('main details').forEach(each => { each.open = true })"
Open = Callable[..., Page]
__all__ = ["enter", "house"]


def test_a_car_is_on_the_board_within_moments_and_served_with_one_article_refused(
    house: House, enter: Open, open_page: Open, axe: Any, screenshot: Any
) -> None:
    trade = house.trade
    with trade.place_of_work.inside(), transaction() as session:
        stores.services.set_method(
            session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM
        )
    ready = trade.make_ready(ITEMS)
    board = enter(768, language="en")
    theirs = open_page(360)
    theirs.goto(f"{house.address}/fr/orders/{order_token(UUID(ready.order_id))}")

    theirs.get_by_role("button", name="J’arrive").click()
    expect(board.get_by_text("On the way")).to_be_visible()
    theirs.get_by_label("Numéro de votre place").fill("4")
    theirs.get_by_role("button", name="Prévenir le magasin que je suis là").click()
    expect(theirs.get_by_text("Le magasin sait que vous êtes là.")).to_be_visible()
    expect(board.get_by_role("heading", name="Waiting outside")).to_be_visible()
    expect(board.get_by_text("Bay 4")).to_be_visible()
    clock = board.locator("[data-waited]").first
    shown = clock.text_content() or ""
    expect(clock).not_to_have_text(shown)
    look_at(theirs, "order-waits-360-fr", axe, screenshot)
    look_at(board, "board-outside-768-en", axe, screenshot)

    board.locator(f"#card-{ready.id}").click()
    board.wait_for_url(f"**/parcels/{ready.id}**")
    look_at(board, "parcel-outside-768-en", axe, screenshot)
    board.get_by_role("button", name="Hand over").click()
    board.get_by_text("Give only a part, or something is refused").click()
    board.locator("select[name='refuse-MUG-BLUE']").select_option("1")
    board.get_by_role("button", name="See what is due for it").click()
    expect(board.get_by_text("1 refused")).to_be_visible()
    look_at(board, "verdict-refused-768-en", axe, screenshot)
    board.get_by_label("I looked at an identity card").check()
    board.locator("#field-ticket").fill("T-5")
    board.get_by_role("button", name="Hand these over").click()
    expect(board.get_by_text("Handed over:")).to_be_visible()
    expect(board.get_by_text("1 refused: put it back on the shelf.")).to_be_visible()
    assert trade.parcel(ready.id)["status"] == "handed_over"


def test_a_proxy_is_named_on_the_page_and_known_at_the_counter(
    house: House, enter: Open, open_page: Open, axe: Any, screenshot: Any
) -> None:
    ready = house.trade.make_ready(ITEMS)
    theirs = open_page(360)
    theirs.goto(f"{house.address}/fr/orders/{order_token(UUID(ready.order_id))}")
    theirs.get_by_role("link", name="Envoyer quelqu’un").click()
    theirs.get_by_label("Prénom").fill("Paul")
    theirs.get_by_label("Nom", exact=True).fill("Petit")
    theirs.get_by_label("Son adresse e-mail").fill(f"{secrets.token_hex(4)}@example.org")
    theirs.get_by_role("button", name="Envoyer cette personne").click()
    expect(theirs.get_by_text("Vous envoyez")).to_be_visible()
    theirs.get_by_role("link", name="Envoyer quelqu’un").click()
    theirs.wait_for_url("**/others")
    look_at(theirs, "others-360-fr", axe, screenshot)

    with house.trade.place_of_work.inside(), transaction() as session:
        states = queries.list_passes(session, UUID(ready.id))
        (qr,) = (passes.qr_text(each.facts) for each in states if each.contact_id)
    counter = enter(1280)
    counter.goto(f"{house.address}/fr/tablet/hand-over")
    counter.locator("#field-said").fill(qr)
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("Paul Petit, de la part de Chloé Durand")).to_be_visible()
    look_at(counter, "verdict-proxy-1280-fr", axe, screenshot)

    theirs.get_by_role("button", name="Ne plus envoyer").click()
    counter.goto(f"{house.address}/fr/tablet/hand-over")
    counter.locator("#field-said").fill(qr)
    counter.keyboard.press("Enter")
    expect(counter.get_by_text("Le client n’envoie plus cette personne.")).to_be_visible()


def look_at(page: Page, name: str, axe: Any, screenshot: Any) -> None:
    """Hold a page to what everybody can use: axe finds nothing, and nothing is wider than it."""
    page.evaluate(UNFOLD)
    screenshot(page, name)
    assert axe(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
