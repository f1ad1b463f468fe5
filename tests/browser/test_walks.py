"""Walks, substitutes and put-backs in Chromium: by scan, in both languages, at three widths."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

import inventory.services
import orders.services
import stores.services
from app.embedded import Cluster
from kernel.actors import SYSTEM
from kernel.db import transaction
from kernel.links import order_token
from orders.commands import OfferSubstitute
from stores.commands import HireStaff, StaffRole
from tests.browser.conftest import Findings
from tests.browser.test_tablet import PIN
from tests.browser.workplace import LOOKS, Open, Workplace
from tests.support.installation import installation
from tests.support.trade import Trade

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House(Workplace):
    """A store with parcels to pick in a walk, a question that waits, and a bin to put back."""

    wave: UUID
    asked: str
    order: str


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with installation(cluster, tmp_path_factory.mktemp("walks")) as place:
        trade = Trade(place, place.open_web())
        lyon = place.shop.lyon
        asked = trade.place({"MUG-BLUE": 2, "TENT-2P": 1}).json()
        for basket in ({"MUG-BLUE": 1, "BOOK": 2}, {"TENT-2P": 1}, {"BOOK": 1}):
            trade.place(basket)
        gone = trade.make_ready({"MUG-BLUE": 2, "BOOK": 1})
        trade.cancel(gone.order_id)
        with place.inside(), transaction() as session:
            person = HireStaff("Inès Morel", StaffRole.MANAGER, (lyon,), pin=PIN)
            stores.services.hire_staff(session, person)
            places = {"MUG-BLUE": "A2-14", "BOOK": "A10-1"}
            inventory.services.place_skus(session, location_id=lyon, places=places, actor=SYSTEM)
            parcel = UUID(asked["fulfillment_id"])
            orders.services.accept(session, parcel, actor=SYSTEM)
            offer = OfferSubstitute(parcel, "MUG-BLUE", "BOOK", 1, "damaged")
            orders.services.offer_substitute(session, offer, actor=SYSTEM)
            wave = orders.services.start_wave(session, lyon, actor=SYSTEM)
        yield House(
            trade,
            str(trade.http.base_url).rstrip("/"),
            wave,
            str(parcel),
            order_token(UUID(asked["id"])),
        )


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_walk_ask_and_put_back_at_any_width(
    house: House,
    open_page: Open,
    axe: Callable[[Page], Findings],
    screenshot: Callable[[Page, str], None],
    look: tuple[str, int],
) -> None:
    language, width = look
    page = open_page(width)
    house.enter(page, language)
    ways = [
        f"tablet/waves/{house.wave}",
        f"tablet/parcels/{house.asked}",
        f"tablet/parcels/{house.asked}/substitute?sku=TENT-2P&said=BOOK",
        "tablet/put-backs",
        "tablet/",
        f"orders/{house.order}",
    ]
    for number, way in enumerate(ways):
        page.goto(f"{house.address}/{language}/{way}")
        screenshot(page, f"walk-{number}-{language}-{width}")
        assert axe(page) == [], way
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, way


def test_a_wedge_fills_the_boxes_and_the_last_scan_ends_the_walk(
    house: House, open_page: Open
) -> None:
    page = open_page(768)
    house.enter(page, "en")
    page.goto(f"{house.address}/en/tablet/waves/{house.wave}")
    for sku, box in (("MUG-BLUE", "1"), ("BOOK", "1"), ("BOOK", "1"), ("BOOK", "3")):
        page.locator("#field-said").press_sequentially(sku)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator(".into-boxes strong")).to_have_text(box)
    page.get_by_role("button", name="Taken 1 × Two-person tent").click()
    expect(page.get_by_text("Everything is decided.")).to_be_visible()
    page.get_by_role("link", name="Put it into a bin").first.click()
    expect(page.locator("#field-bin")).to_be_focused()


def test_a_customer_answers_with_one_tap(house: House, open_page: Open) -> None:
    page = open_page(360)
    page.goto(f"{house.address}/fr/orders/{house.order}")
    page.get_by_role("button", name="Oui, je le prends").click()
    expect(page.get_by_text("Un autre article à la place")).to_have_count(0)
    lines = {line["sku"]: line["quantity"] for line in house.trade.parcel(house.asked)["lines"]}
    assert lines == {"MUG-BLUE": 2, "TENT-2P": 1, "BOOK": 1}
