"""Five ways out, each from both sides of the counter: a phone at 360 and the store's tablet."""

import secrets
from collections.abc import Callable
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
Open = Callable[..., Page]
__all__ = ["enter", "house"]
MOMENTS_MS = 8_000
"""Within so long a page that renews itself shows what the other side did."""


@pytest.fixture
def follow(house: House, open_page: Open) -> Callable[[str], Page]:
    """Open the page of an order on a phone."""

    def opened(order_id: str) -> Page:
        page = open_page(360)
        with house.trade.place_of_work.inside():
            token = order_token(UUID(order_id))
        page.goto(f"{house.address}/fr/orders/{token}")
        return page

    return opened


def say_at_counter(page: Page, house: House, said: str) -> None:
    page.goto(f"{house.address}/en/tablet/hand-over")
    page.locator("#field-said").fill(said)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-form")).to_be_visible()


def give(page: Page, button: str) -> None:
    identity = page.get_by_label("I looked at an identity card")
    if identity.count():
        identity.check()
    page.locator("#field-ticket").fill("T-81")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Handed over:")).to_be_visible()


def test_what_the_store_rejects_its_customer_moves_to_another_store(
    house: House, enter: Open, follow: Callable[[str], Page]
) -> None:
    placed = house.trade.place({house.trade.list_article(): 1}).json()
    phone, tablet = follow(placed["id"]), enter(1280, language="en")
    tablet.goto(f"{house.address}/en/tablet/parcels/{placed['fulfillment_id']}/reject")
    tablet.get_by_label("No time").check()
    tablet.get_by_role("button", name="Give the order up").click()
    phone.get_by_role("link", name="Choisir la suite").click(timeout=MOMENTS_MS)
    phone.get_by_role("button", name="La retirer là-bas").click()
    expect(phone.get_by_text("Paris Bastille la prépare")).to_be_visible()
    assert house.trade.parcel(placed["fulfillment_id"])["status"] == "rerouted"


def test_a_substitute_is_taken_on_the_phone_and_picked_on_the_tablet(
    house: House, enter: Open, follow: Callable[[str], Page]
) -> None:
    trade = house.trade
    missing, other = trade.list_article(), trade.list_article()
    placed = trade.place({missing: 1}).json()
    parcel = placed["fulfillment_id"]
    trade.post(f"/fulfillments/{parcel}/accept", {}, key=trade.place_of_work.shop.associate)
    phone, tablet = follow(placed["id"]), enter(1280, language="en")
    tablet.goto(f"{house.address}/en/tablet/parcels/{parcel}/substitute?sku={missing}&said={other}")
    tablet.get_by_label("Damaged").check()
    tablet.get_by_role("button", name="Ask the customer").click()
    tablet.wait_for_url(f"**/tablet/parcels/{parcel}*")
    phone.get_by_role("button", name="Oui, je le prends").click(timeout=MOMENTS_MS)
    expect(phone.get_by_text("Un autre article à la place")).to_have_count(0)
    tablet.goto(f"{house.address}/en/tablet/parcels/{parcel}")
    tablet.get_by_role("button", name=f"Taken 1 × {other}").click()
    expect(tablet.locator("#field-bin")).to_be_focused()


def test_somebody_in_a_car_is_first_on_the_board_and_served_there(
    house: House, enter: Open, follow: Callable[[str], Page]
) -> None:
    trade = house.trade
    with trade.place_of_work.inside(), transaction() as session:
        stores.services.set_method(
            session, code="lyon", method=StoreMethod.DRIVE, offered=True, actor=SYSTEM
        )
    trade.place({trade.list_article(): 1})
    ready = trade.make_ready({trade.list_article(): 1})
    phone, tablet = follow(ready.order_id), enter(768, language="en")
    phone.locator("summary", has_text="Je suis là").click()
    phone.get_by_label("Numéro de votre place").fill("7")
    phone.get_by_role("button", name="Prévenir le magasin que je suis là").click()
    first = tablet.locator("#board > *").first
    expect(first.get_by_role("heading")).to_contain_text("Waiting outside", timeout=MOMENTS_MS)
    expect(first.get_by_text("Bay 7")).to_be_visible()
    tablet.locator(f"#card-{ready.id}").click()
    tablet.get_by_role("button", name="Hand over").click()
    give(tablet, "Give it to the customer")
    expect(phone.get_by_role("heading", name="Retirée")).to_be_visible(timeout=MOMENTS_MS)


def test_a_friend_says_a_code_of_their_own(
    house: House, enter: Open, follow: Callable[[str], Page]
) -> None:
    ready = house.trade.make_ready({house.trade.list_article(): 1})
    phone = follow(ready.order_id)
    phone.get_by_role("link", name="Envoyer quelqu’un").click()
    phone.get_by_label("Prénom").fill("Paul")
    phone.get_by_label("Nom", exact=True).fill("Petit")
    phone.get_by_label("Son adresse e-mail").fill(f"{secrets.token_hex(4)}@example.org")
    phone.get_by_role("button", name="Envoyer cette personne").click()
    expect(phone.get_by_text("Vous envoyez")).to_contain_text("Paul P.")
    with house.trade.place_of_work.inside(), transaction() as session:
        states = queries.list_passes(session, UUID(ready.id))
        (code,) = (passes.typed_code(each.facts.id) for each in states if each.contact_id)
    assert code != ready.code
    counter = enter(1280, language="en")
    say_at_counter(counter, house, code)
    expect(counter.get_by_text("Paul Petit, sent by Chloé Durand")).to_be_visible()
    give(counter, "Give it to the customer")
    phone.reload()
    expect(phone.get_by_text("Vous envoyez")).to_contain_text("est passé")


def test_what_is_refused_at_the_counter_is_not_paid_for(
    house: House, enter: Open, follow: Callable[[str], Page]
) -> None:
    kept, unwanted = house.trade.list_article(), house.trade.list_article()
    ready = house.trade.make_ready({kept: 1, unwanted: 1})
    phone, counter = follow(ready.order_id), enter(1280, language="en")
    say_at_counter(counter, house, ready.qr)
    expect(counter.get_by_role("heading", level=1)).to_contain_text("€20.00")
    counter.get_by_text("Give only a part, or something is refused").click()
    counter.locator(f"select[name='refuse-{unwanted}']").select_option("1")
    counter.get_by_role("button", name="See what is due for it").click()
    expect(counter.get_by_role("heading", level=1)).to_contain_text("€10.00")
    give(counter, "Hand these over")
    expect(phone.get_by_text("1 non pris")).to_be_visible(timeout=MOMENTS_MS)
    expect(phone.locator(".ticket").get_by_text("10,00")).to_have_count(2)
    assert house.trade.place_of_work.broken() == []
