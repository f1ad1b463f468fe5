"""What the shelf lacks, ordered standing with one hand: how many taps it takes, at every width."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stores.services
from app.embedded import Cluster
from catalog.commands import ListSku
from catalog.services import list_skus
from inventory.services import receive
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.browser.conftest import Findings
from tests.browser.test_tablet import PIN
from tests.browser.workplace import LOOKS, Open, Workplace
from tests.orders.doors import delivery_body, have_ship, open_way
from tests.support.installation import installation
from tests.support.trade import Trade

pytestmark = pytest.mark.browser
TAPS_MAX, TYPED_MAX = 8, 1
PHONE = "06 39 98 12 34"


@dataclass(frozen=True)
class House(Workplace):
    """A store whose shelf has one of what two are wanted of, and none of another."""

    scarce: str
    lacking: str


@dataclass
class Fingers:
    """What an associate's hand does after the scan: each tap counts, and each field typed into."""

    page: Page
    taps: int = 0
    typed: int = 0

    def tap(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("load")
        self.taps += 1

    def type(self, label: str, words: str) -> None:
        """Tap into a field, and type."""
        field = self.page.get_by_label(label)
        field.click()
        self.page.keyboard.type(words)
        self.taps, self.typed = self.taps + 1, self.typed + 1


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with installation(cluster, tmp_path_factory.mktemp("aisle")) as place:
        trade = Trade(place, place.open_web())
        scarce, lacking, (lyon, paris) = "SCARCE", "LACKING", (place.shop.lyon, place.shop.paris)
        with place.inside(), transaction() as session:
            person = HireStaff("Inès Morel", StaffRole.ASSOCIATE, (lyon,), pin=PIN)
            stores.services.hire_staff(session, person)
            articles = [
                ListSku(sku, sku, {"fr": sku, "en": sku}, 1000, "EUR", 2000)
                for sku in (scarce, lacking)
            ]
            list_skus(session, articles, brand_id=place.shop.brand_id)
            plenty = {scarce: 9, lacking: 9}
            for location_id, units in ((lyon, {scarce: 1}), (paris, plenty)):
                receive(session, location_id=location_id, quantities=units, actor=SYSTEM)
            open_way(session)
            have_ship(session, paris)
        known = delivery_body({scarce: 1}, channel="store", store="lyon", pay_by="till")
        placed = trade.post("/orders/deliveries", known, key=place.shop.associate)
        assert placed.status_code == 201, placed.text
        yield House(trade, str(trade.http.base_url).rstrip("/"), scarce, lacking)


def scan(page: Page, house: House, sku: str) -> Fingers:
    """Scan an article where one looks for it: the scanner types, and no finger does."""
    page.goto(f"{house.address}/en/tablet/where")
    page.wait_for_function("document.activeElement !== document.body")  # the field takes the focus
    page.keyboard.type(sku)
    page.keyboard.press("Enter")
    page.wait_for_url("**/where?said=*")
    return Fingers(page)


def parts(house: House, number: str) -> list[tuple[Any, ...]]:
    rows = house.trade.place_of_work.rows(
        "SELECT f.method, f.status, fl.quantity FROM fulfillment f"
        " JOIN sales_order o ON o.id = f.order_id"
        " JOIN fulfillment_line fl ON fl.fulfillment_id = f.id"
        " WHERE o.number = %(number)s ORDER BY f.method",
        number=number.replace("-", ""),
    )
    return [tuple(row.values()) for row in rows]


def test_from_scan_to_placed_takes_few_taps_and_one_typed_field(
    house: House, open_page: Open
) -> None:
    page = open_page(768)
    house.enter(page, "en")
    fingers = scan(page, house, house.lacking)
    fingers.tap("Order it for the customer")
    fingers.type("E-mail or mobile phone", PHONE)
    fingers.tap("Look")
    expect(page.get_by_label("Last name")).to_have_value("Durand")
    expect(page.get_by_label("Street and number")).to_have_value("12 rue des Lilas")
    fingers.tap("Place the order")
    expect(page.locator("h1")).to_contain_text("Order")
    assert (fingers.taps, fingers.typed) == (4, TYPED_MAX)
    placed = page.locator("h1 .code").inner_text()
    assert parts(house, placed) == [("delivery", "pending", 1)]
    expect(page.get_by_text("To pay: €14.90")).to_be_visible()

    fingers = scan(page, house, house.scarce)
    fingers.tap("Order it for the customer")
    fingers.tap("One more of")
    expect(page.get_by_text("1 of 2 on the shelf")).to_be_visible()
    page.locator("details.aisle-way summary").click()
    fingers.taps += 1
    page.get_by_label("1 now, 1 collected at Paris Bastille").check()
    fingers.taps += 1
    page.wait_for_load_state("load")
    fingers.type("E-mail or mobile phone", PHONE)
    fingers.tap("Look")
    fingers.tap("Place the order")
    placed = page.locator("h1 .code").inner_text()
    assert parts(house, placed) == [("carry_out", "pending", 1), ("pickup", "pending", 1)]
    assert fingers.taps <= TAPS_MAX
    assert fingers.typed <= TYPED_MAX
    expect(page.get_by_text("Not before it is paid")).to_be_visible()
    page.get_by_label("Number of the till's ticket").fill("T-7")
    page.get_by_role("button", name="The till has the money").click()
    expect(page.get_by_text("Give it to the customer")).to_be_visible()
    assert parts(house, placed)[0] == ("carry_out", "handed_over", 1)
    assert house.trade.place_of_work.broken() == []


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_order_in_a_store_at_any_width(
    house: House,
    open_page: Open,
    axe: Callable[[Page], Findings],
    screenshot: Callable[[Page, str], None],
    look: tuple[str, int],
) -> None:
    language, width = look
    page = open_page(width)
    house.enter(page, language)
    page.goto(f"{house.address}/{language}/tablet/where?said={house.lacking}")
    page.locator("form[action$='/tablet/baskets'] button").click()
    page.locator("#field-reach").fill(PHONE)
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    page.locator("details.aisle-way summary").first.click()
    for name in ("basket", "placed"):
        if name == "placed":
            page.locator("button[value=place]").click()
            page.wait_for_url("**/tablet/orders/**")
        screenshot(page, f"tablet-{name}-{language}-{width}")
        assert axe(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
