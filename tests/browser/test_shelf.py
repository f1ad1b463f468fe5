"""The shelf on the tablet, slots and stores in the shop, in Chromium: by scan and by key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import inventory.services
import stores.services
from app.embedded import Cluster
from inventory.commands import DraftTransfer, ExpectGoods
from kernel.actors import SYSTEM
from kernel.db import transaction
from stores.commands import AddPattern, HireStaff, StaffRole, StoreMethod
from tests.browser.conftest import Findings
from tests.browser.test_tablet import PIN
from tests.browser.workplace import LOOKS, Open, Workplace
from tests.conftest import today
from tests.support.installation import installation
from tests.support.trade import Trade

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House(Workplace):
    """A store with something to count, to receive and to send, and a drive with slots."""

    transfer: str
    delivery: str
    rare: str


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    day = today()
    with installation(cluster, tmp_path_factory.mktemp("shelf")) as place:
        lyon, paris = place.shop.lyon, place.shop.paris
        with place.inside(), transaction() as session:
            person = HireStaff("Inès Morel", StaffRole.MANAGER, (lyon,), pin=PIN)
            stores.services.hire_staff(session, person)
            services = inventory.services
            services.ask_count(session, location_id=lyon, skus=["BOOK"], note=None, actor=SYSTEM)
            expected = ExpectGoods(lyon, {"MUG-BLUE": 2, "BOOK": 4}, day, "BL-7")
            services.expect_goods(session, expected, actor=SYSTEM)
            coming, _ = services.draft_transfer(
                session, DraftTransfer(paris, lyon, {"BOOK": 3}), actor=SYSTEM
            )
            services.send_transfer(session, coming, expected_on=day, actor=SYSTEM)
            drive = StoreMethod.DRIVE
            stores.services.set_method(
                session, code="lyon", method=drive, offered=True, actor=SYSTEM
            )
            slots = AddPattern(drive, tuple(range(1, 8)), time(12), time(18), 60, 2)
            stores.services.add_pattern(session, slots, code="lyon", actor=SYSTEM)
        client = place.open_web()
        trade = Trade(place, client)
        yield House(
            trade,
            str(client.base_url).rstrip("/"),
            f"shelf/transfers/{coming}",
            f"shelf/arrivals?on={day}&reference=BL-7",
            trade.list_article(units=2),
        )


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_use_the_shelf_at_any_width(
    house: House,
    open_page: Open,
    axe: Callable[[Page], Findings],
    screenshot: Callable[[Page, str], None],
    look: tuple[str, int],
) -> None:
    language, width = look
    page = open_page(width)
    house.enter(page, language)
    ways = ["shelf", house.delivery, house.transfer]
    if width == LOOKS[0][1]:
        ways += ["shelf/transfers/new", "where?said=BOOK", "shelf/correct?sku=BOOK"]
    for way in ways:
        page.goto(f"{house.address}/{language}/tablet/{way}")
        screenshot(page, f"{way.partition('?')[0].replace('/', '-')}-{language}-{width}")
        assert axe(page) == [], way
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, way


def test_a_count_takes_a_scan_for_each_unit_and_one_tap(house: House, open_page: Open) -> None:
    page = open_page(1280)
    house.enter(page, "en")
    page.goto(f"{house.address}/en/tablet/shelf")
    for _ in range(3):
        with page.expect_navigation():
            page.locator("#field-said").press_sequentially("MUG-BLUE")
            page.keyboard.press("Enter")
    expect(page.locator("[name='figure:MUG-BLUE']")).to_have_value("2")
    page.locator("[name='figure:MUG-BLUE']").fill("10000")
    page.get_by_role("button", name="Finish the count").click()
    expect(page.get_by_text("At least one article differs by more than 5 units.")).to_be_visible()


def test_scans_of_a_delivery_are_counted_without_asking_the_server(
    house: House, open_page: Open, axe: Callable[[Page], Findings]
) -> None:
    page = open_page(768)
    house.enter(page, "en")
    page.goto(f"{house.address}/en/tablet/{house.delivery}")
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request.method))
    for _ in range(3):
        page.keyboard.type("mug-blue")
        page.keyboard.press("Enter")
    expect(page.locator("[name='figure:MUG-BLUE']")).to_have_value("3")
    expect(page.get_by_text("1 too many")).to_be_visible()
    assert "POST" not in asked
    assert axe(page) == []
    page.keyboard.type("TENT-2P")
    page.keyboard.press("Enter")
    expect(page.locator("[name='figure:TENT-2P']")).to_have_value("1")
    expect(page.locator("[name='figure:MUG-BLUE']")).to_have_value("3")


@pytest.mark.parametrize("look", LOOKS)
def test_slots_and_stores_are_for_everybody(
    house: House,
    open_page: Open,
    axe: Callable[[Page], Findings],
    screenshot: Callable[[Page, str], None],
    look: tuple[str, int],
) -> None:
    language, width = look
    page = open_page(width)
    page.goto(f"{house.address}/{language}/stores/lyon")
    assert axe(page) == []
    page.goto(f"{house.address}/{language}/articles/{house.rare}?store=lyon")
    page.locator("#buy .bar button").click()
    page.goto(f"{house.address}/{language}/checkout")
    page.locator("input[name=slot]:checked").focus()
    page.keyboard.press("ArrowDown")
    assert str(page.locator("input[name=slot]:checked").get_attribute("value")).startswith("drive:")
    screenshot(page, f"checkout-{language}-{width}")
    assert axe(page) == []
    page.locator("[name=slot][value=pickup]").check()
    page.goto(f"{house.address}/{language}/basket")
    page.locator("input[type=number]").fill("99")
    page.locator("input[type=number]").blur()
    expect(page.locator(".way").first).to_be_visible()
    screenshot(page, f"ways-{language}-{width}")
    assert axe(page) == []
