"""Fetching from another store, packing and shipping in Chromium: at every width, and by hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import stores.services
from app.embedded import Cluster
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.browser.conftest import Findings
from tests.browser.test_tablet import PIN
from tests.browser.workplace import LOOKS, Open, Workplace
from tests.orders.delivering import DAY, bring
from tests.support.installation import installation
from tests.support.trade import Trade

pytestmark = pytest.mark.browser
ITEMS: Mapping[str, int] = {"TENT-2P": 1, "MUG-BLUE": 1}
LISTED = [{"sku": sku, "quantity": quantity} for sku, quantity in ITEMS.items()]
BOXES = ((0, "TENT-2P"), (1, "MUG-BLUE"))


@dataclass(frozen=True)
class House(Workplace):
    """Lyon with a parcel that lacks something, one that waits for it, and deliveries."""

    ways: tuple[str, ...]
    to_pack: str
    order: str


def do(trade: Trade, path: str, body: Any = None) -> dict[str, Any]:
    response = trade.post(path, body or {}, key=trade.place_of_work.shop.associate)
    assert response.status_code < 300, response.text
    return dict(response.json())


def accepted(trade: Trade) -> tuple[str, str]:
    """Return an accepted parcel, and the link token of its order."""
    order = trade.place(ITEMS).json()
    do(trade, f"/fulfillments/{order['fulfillment_id']}/accept")
    return str(order["fulfillment_id"]), str(order["access_token"])


def picked(trade: Trade) -> tuple[str, str]:
    """Return a delivery whose every line is picked, and the link token of its order."""
    order = trade.place(ITEMS).json()
    with trade.place_of_work.inside(), transaction() as session:
        bring(session, order)
    parcel = f"/fulfillments/{order['fulfillment_id']}"
    do(trade, f"{parcel}/accept")
    do(trade, f"{parcel}/pick", {"items": LISTED})
    return str(order["fulfillment_id"]), str(order["access_token"])


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with installation(cluster, tmp_path_factory.mktemp("delivering")) as place:
        with place.inside(), transaction() as session:
            person = HireStaff("Inès Morel", StaffRole.ASSOCIATE, (place.shop.lyon,), pin=PIN)
            stores.services.hire_staff(session, person)
        client = place.open_web()
        trade = Trade(place, client)
        lacking, _ = accepted(trade)
        waiting, _ = accepted(trade)
        fetch = {"from_store": "paris", "items": LISTED[:1], "expected_on": DAY}
        transfer = do(trade, f"/fulfillments/{waiting}/fetch", fetch)["transfer_id"]
        send = {"expected_on": DAY}
        trade.post(f"/transfers/{transfer}/send", send, key=place.shop.paris_associate)
        to_pack, _ = picked(trade)
        packed, token = picked(trade)
        do(trade, f"/fulfillments/{packed}/pack", {"packages": [{"items": LISTED}]})
        ways = (
            f"parcels/{lacking}/fetch",
            f"parcels/{waiting}",
            f"shelf/transfers/{transfer}",
            f"parcels/{to_pack}/pack",
            f"parcels/{packed}",
            "shipped",
        )
        address = str(client.base_url).rstrip("/")
        yield House(trade, address, ways, f"parcels/{to_pack}", f"orders/{token}")


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_fetch_pack_and_ship_at_any_width(
    house: House, open_page: Open, axe: Callable[[Page], Findings], look: tuple[str, int]
) -> None:
    language, width = look
    page = open_page(width)
    house.enter(page, language)
    for way in (*(f"tablet/{each}" for each in house.ways), house.order):
        page.goto(f"{house.address}/{language}/{way}")
        assert axe(page) == [], way
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, way


def test_a_delivery_is_packed_in_two_boxes_and_given_to_the_carrier(
    house: House, open_page: Open
) -> None:
    page = open_page(1280)
    house.enter(page, "en")
    page.goto(f"{house.address}/en/tablet/{house.to_pack}")
    page.get_by_role("link", name="Pack it").click()
    page.get_by_role("button", name="One package more").click()
    tents, mugs = (page.locator(f'input[name="n:{box}:{sku}"]') for box, sku in BOXES)
    page.locator('input[name="n:0:MUG-BLUE"]').fill("0")
    mugs.fill("1")
    expect(tents).to_have_value("1")
    page.locator('input[name="kg:0"]').fill("3,2")
    page.get_by_role("button", name="Packed: make the labels").click()
    expect(page.get_by_role("link", name="Print the label")).to_have_count(2)
    page.get_by_role("link", name="Print the label").first.click()
    label = page.locator(".package-label")
    expect(label).to_be_visible()
    assert label.evaluate("image => image.naturalWidth") > 0
    page.goto(f"{house.address}/en/tablet/{house.to_pack}")
    page.get_by_label("is still due").fill("T-70")
    page.get_by_role("button", name="The carrier has it").click()
    expect(page.get_by_text("The carrier has it: the customer is told.")).to_be_visible()
    page.get_by_role("button", name="The customer has it").click()
    expect(page.get_by_text("Delivered.")).to_be_visible()
    assert house.trade.place_of_work.broken() == []
