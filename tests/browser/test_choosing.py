"""A store gives an order up: from the tablet to what its shopper chooses, in Chromium."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

import orders.queries
import stores.services
from app.embedded import Cluster
from kernel.db import transaction
from kernel.links import choice_token, order_token
from stores.commands import HireStaff, StaffRole
from tests.support.installation import installation
from tests.support.trade import Trade

pytestmark = pytest.mark.browser
PIN, PASSWORD = "4711", "correct horse battery"
ITEMS = {"TENT-2P": 1, "MUG-BLUE": 2}


@dataclass(frozen=True)
class House:
    """The small retailer, its web server, and how to get in."""

    trade: Trade
    address: str
    enrolment: str

    def choice_of(self, fulfillment_id: str) -> str:
        """Return the token of a rejected parcel's choice."""
        parcel = UUID(fulfillment_id)
        with self.trade.place_of_work.inside(), transaction() as session:
            return choice_token(orders.queries.list_choices(session, [parcel])[parcel].id)

    def order_of(self, order_id: str) -> str:
        """Return the token of an order's page."""
        with self.trade.place_of_work.inside():
            return order_token(UUID(order_id))


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with installation(cluster, tmp_path_factory.mktemp("choosing")) as place:
        with place.inside(), transaction() as session:
            stores.services.hire_staff(
                session,
                HireStaff("Inès Morel", StaffRole.ASSOCIATE, (place.shop.lyon,), pin=PIN),
            )
            stores.services.hire_staff(
                session,
                HireStaff(
                    "Camille Roux", StaffRole.ADMIN, email="camille@aubepin.test", password=PASSWORD
                ),
            )
            enrolment = stores.services.offer_enrolment(
                session, location_id=place.shop.lyon, tablet_name="Tablette 1"
            )
        client = place.open_web()
        yield House(Trade(place, client), str(client.base_url).rstrip("/"), enrolment)


@pytest.fixture
def look(
    axe: Callable[[Page], Any], screenshot: Callable[[Page, str], None]
) -> Callable[[Page, str], None]:
    """Say that everybody can use a page as it stands, and keep its picture when asked to."""

    def seen(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert axe(page) == [], name
        screenshot(page, name)

    return seen


def test_what_the_store_gives_up_the_shopper_collects_elsewhere(
    house: House, open_page: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    placed = house.trade.place(ITEMS).json()
    tablet = open_page(1280)
    enter(tablet, house)
    tablet.goto(f"{house.address}/fr/tablet/parcels/{placed['fulfillment_id']}")
    tablet.get_by_role("link", name="Refuser").click()
    tablet.get_by_label("Plus rien en rayon").check()
    look(tablet, "tablet-reject-1280-fr")
    tablet.get_by_role("button", name="Refuser la commande").click()
    expect(tablet.get_by_text("Commande refusée")).to_be_visible()

    phone = open_page(360)
    phone.goto(f"{house.address}/fr/orders/{house.order_of(placed['id'])}")
    look(phone, "order-rejected-360-fr")
    phone.get_by_role("link", name="Choisir la suite").click()
    phone.wait_for_url("**/choices/**")
    look(phone, "choice-360-fr")
    phone.get_by_role("button", name="La retirer là-bas").click()
    expect(phone.get_by_text("Paris Bastille la prépare")).to_be_visible()
    look(phone, "choice-made-360-fr")
    phone.get_by_role("link", name="Voir la commande").click()
    expect(phone.get_by_role("link", name="Paris Bastille")).to_be_visible()


def test_the_office_sees_the_choice_and_keeps_the_reasons(
    house: House, open_page: Callable[..., Page], look: Callable[[Page, str], None]
) -> None:
    placed = house.trade.place({"BOOK": 1}).json()
    key = house.trade.place_of_work.shop.associate
    path = f"/fulfillments/{placed['fulfillment_id']}/reject"
    assert house.trade.post(path, {"reason": "no_time"}, key=key).status_code == 200
    shop = open_page(768)
    shop.goto(f"{house.address}/en/choices/{house.choice_of(placed['fulfillment_id'])}")
    look(shop, "choice-768-en")

    office = open_page(1280)
    office.goto(f"{house.address}/en/office/sign-in")
    office.get_by_label("E-mail").fill("camille@aubepin.test")
    office.get_by_label("Password").fill(PASSWORD)
    office.keyboard.press("Enter")
    office.wait_for_url("**/en/office/orders")
    office.goto(f"{house.address}/en/office/orders/{placed['number']}")
    office.get_by_text("Choose for the customer").click()
    look(office, "office-choice-1280-en")
    office.get_by_label("Paris Bastille").check()
    office.get_by_role("button", name="Note the choice").click()
    expect(office.get_by_text("Moved to another store")).to_be_visible()
    for name, way in (("office-reasons", "reasons"), ("office-reason", "reasons/reject/new")):
        shown = office.goto(f"{house.address}/en/office/{way}")
        assert shown is not None
        assert shown.status == 200
        look(office, f"{name}-1280-en")


def enter(page: Page, house: House) -> None:
    page.goto(f"{house.address}/fr/tablet/enrol")
    page.locator("#field-code").fill(house.enrolment)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Inès Morel").click()
    page.locator("#field-pin").fill(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.address}/fr/tablet/")
