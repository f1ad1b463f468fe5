"""The tablet in Chromium: how many actions the work takes, scans, the camera, and every width."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

import stores.services
from app.embedded import Cluster
from kernel import qr
from kernel.db import transaction
from stores.commands import HireStaff, StaffRole
from tests.support.installation import installation
from tests.support.trade import Ready, Trade
from tools.browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser
WIDTHS = (360, 768, 1280)
TARGET_PX = 56
PIN = "4711"
ITEMS = {"TENT-2P": 1, "MUG-BLUE": 2}
CAMERA_PX = (640, 480)
FRAMES = 30
Open = Callable[..., Page]


@dataclass(frozen=True)
class House:
    """A store with people, and the web server of its tablets."""

    trade: Trade
    address: str
    ines: UUID

    def enrolment(self) -> str:
        """Return a fresh code for one more tablet in Lyon."""
        place = self.trade.place_of_work
        with place.inside(), transaction() as session:
            return stores.services.offer_enrolment(
                session, location_id=place.shop.lyon, tablet_name="Tablette 2"
            )


@dataclass
class Hands:
    """What an associate does: every tap, and every scan or typed line with its Enter, counts."""

    page: Page
    actions: int = 0

    def tap(self, name: str | re.Pattern[str], *, role: Any = "button", nth: int = 0) -> None:
        """Tap what is called so."""
        self.actions += 1
        self.page.get_by_role(role, name=name).nth(nth).click()

    def scan(self, text: str) -> None:
        """A wedge types wherever the focus is, then sends Enter; the page answers."""
        self.actions += 1
        with self.page.expect_navigation():
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with installation(cluster, tmp_path_factory.mktemp("tablet")) as place:
        with place.inside(), transaction() as session:
            ines, _theo = (
                stores.services.hire_staff(
                    session, HireStaff(name, StaffRole.ASSOCIATE, (place.shop.lyon,), pin=PIN)
                )
                for name in ("Inès Morel", "Théo Garnier")
            )
        client = place.open_web()
        yield House(Trade(place, client), str(client.base_url).rstrip("/"), ines)


@pytest.fixture
def enter(house: House, open_page: Open) -> Open:
    """Open a page of a tablet on which Inès is signed in."""

    def entered(width: int = 1280, *, language: str = "fr", **context: Any) -> Page:
        page = open_page(width, **context)
        sign_in(page, house.address, house.enrolment(), language=language)
        return page

    return entered


def sign_in(page: Page, address: str, enrolment: str, *, language: str) -> None:
    page.goto(f"{address}/{language}/tablet/enrol")
    page.locator("#field-code").fill(enrolment)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Inès Morel").click()
    page.locator("#field-pin").fill(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/{language}/tablet/")


def start(house: House) -> tuple[str, str]:
    """Place an order to collect in Lyon; return its number and the parcel's id."""
    placed = house.trade.place(ITEMS).json()
    return str(placed["number"]), str(placed["fulfillment_id"])


def test_a_name_and_four_taps_on_the_pad_open_the_board(house: House, open_page: Open) -> None:
    page = open_page(1280)
    page.goto(f"{house.address}/fr/tablet/")
    expect(page).to_have_url(f"{house.address}/fr/tablet/enrol")
    page.locator("#field-code").fill(house.enrolment())
    page.get_by_role("button", name="Enregistrer cette tablette").click()
    page.get_by_role("link", name="Inès Morel").click()
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Ouvrir", exact=True).click()
    expect(page.get_by_role("button", name="Inès Morel Verrouiller")).to_be_visible()
    page.get_by_role("button", name="Inès Morel Verrouiller").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui êtes-vous\u202f?")


def test_two_lines_are_picked_and_binned_in_five_actions(house: House, enter: Open) -> None:
    number, parcel = start(house)
    hands = Hands(enter())
    hands.tap(re.compile(number), role="link")
    expect(hands.page.locator("#field-said")).to_be_focused()
    hands.tap(re.compile(r"Pris 1 × Tente 2 places"))
    hands.tap(re.compile(r"Pris 2 × Tasse"))
    expect(hands.page.locator("#field-bin")).to_be_focused()
    hands.scan("B12")
    expect(hands.page.get_by_text("Prêt\u00a0: le client est prévenu")).to_be_visible()
    assert hands.actions <= 5
    shown = house.trade.parcel(parcel)
    assert (shown["status"], shown["bin"]) == ("ready", "B12")


def test_a_wedge_scans_articles_wherever_the_focus_is(house: House, enter: Open) -> None:
    _number, parcel = start(house)
    page = enter()
    page.goto(f"{house.address}/fr/tablet/parcels/{parcel}")
    hands = Hands(page)
    page.evaluate("document.activeElement.blur()")
    hands.scan("mug-blue")
    hands.scan("MUG-BLUE")
    hands.scan("NOT-THIS")
    expect(page.locator("#field-said")).to_have_value("NOT-THIS")
    expect(page.locator(".field-error")).to_contain_text("NOT-THIS")
    picked = {line["sku"]: line["picked"] for line in house.trade.parcel(parcel)["lines"]}
    assert picked == {"TENT-2P": 0, "MUG-BLUE": 2}


def test_a_missing_article_takes_two_taps(house: House, enter: Open) -> None:
    _number, parcel = start(house)
    page = enter(768)
    page.goto(f"{house.address}/fr/tablet/parcels/{parcel}")
    hands = Hands(page)
    page.locator("summary", has_text="Manquant Tente").click()
    hands.actions += 1
    hands.tap("Abîmé")
    expect(page.get_by_text("1 manquant · abîmé")).to_be_visible()
    assert hands.actions == 2
    short = {line["sku"]: line["short_reason"] for line in house.trade.parcel(parcel)["lines"]}
    assert short == {"TENT-2P": "damaged", "MUG-BLUE": None}


def test_a_parcel_is_handed_over_with_two_actions_after_the_scan(house: House, enter: Open) -> None:
    ready = house.trade.make_ready(ITEMS)
    page = enter()
    page.goto(f"{house.address}/fr/tablet/hand-over")
    hands = Hands(page)
    hands.scan(ready.qr)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Encaissez 115,70")
    hands.actions = 0
    page.keyboard.type("T-77")
    hands.actions += 1
    hands.tap("Remettre au client")
    expect(page.get_by_text("Remis\u00a0:")).to_be_visible()
    assert hands.actions <= 2
    assert house.trade.parcel(ready.id)["status"] == "handed_over"
    hands.scan(ready.qr)
    expect(page.get_by_role("heading", level=1)).to_have_text("Déjà remis")


def test_the_board_renews_itself_and_keeps_the_focus(house: House, enter: Open) -> None:
    number, _parcel = start(house)
    page = enter()
    first = page.get_by_role("link", name=re.compile(number))
    first.focus()
    later, parcel = start(house)
    expect(page.get_by_role("link", name=re.compile(later))).to_be_visible()
    expect(first).to_be_focused()
    house.trade.prepare(parcel, ITEMS)
    expect(page.locator("#group-ready + ul").get_by_text(later)).to_be_visible()


@pytest.mark.matter("availability", "store")
def test_stock_is_checked_in_two_actions(house: House, enter: Open) -> None:
    hands = Hands(enter())
    hands.tap("Où est-ce\u202f?", role="link")
    expect(hands.page.locator("#field-said")).to_be_focused()
    hands.scan("MUG-BLUE")
    expect(hands.page.get_by_text("Libres à la vente")).to_be_visible()
    expect(hands.page.get_by_role("heading", name="Paris Bastille")).to_be_visible()
    assert hands.actions <= 2


def film(text: str, path: Path) -> None:
    """Write what a camera sees that looks at a QR code: pictures one after the other."""
    code = Image.open(BytesIO(qr.png(text))).convert("RGB")
    code = code.resize((min(CAMERA_PX) - 40,) * 2)
    frame = Image.new("RGB", CAMERA_PX, "white")
    frame.paste(code, ((CAMERA_PX[0] - code.width) // 2, (CAMERA_PX[1] - code.height) // 2))
    picture = BytesIO()
    frame.save(picture, "JPEG", quality=92)
    path.write_bytes(picture.getvalue() * FRAMES)


def test_the_camera_reads_the_code_and_the_verdict_follows(
    house: House, chromium: object, tmp_path: Path
) -> None:
    ready = house.trade.make_ready(ITEMS)
    film(ready.qr, tmp_path / "code.mjpeg")
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'code.mjpeg'}",
    ]
    verdict, complaints = film_at_the_counter(house, [*ARGUMENTS, *camera])
    assert verdict.startswith("Encaissez 115,70")
    assert complaints == []


def film_at_the_counter(house: House, arguments: list[str]) -> tuple[str, list[str]]:
    """Return the verdict after the camera was opened, and what the browser complained of.

    The film is chosen when a browser starts, so this one is started for it, in a process of its
    own: Playwright drives one loop a process.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_film, house.address, house.enrolment(), arguments).result(90)


def _film(address: str, enrolment: str, arguments: list[str]) -> tuple[str, list[str]]:
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        sign_in(page, address, enrolment, language="fr")
        page.goto(f"{address}/fr/tablet/hand-over")
        page.get_by_role("button", name="Caméra").click()
        word = page.locator(".verdict-word")
        expect(word).to_be_visible()
        said = word.inner_text()
        browser.close()
    return said, complaints


def places(house: House, ready: Ready, waiting: str) -> dict[str, str]:
    return {
        "board": "/",
        "parcel": f"/parcels/{waiting}",
        "ready": f"/parcels/{ready.id}",
        "counter": "/hand-over",
        "where": "/where?said=MUG-BLUE",
        "label": f"/print/label/{ready.id}",
        "picks": "/print/pick-list",
        "day": "/print/day-sheet",
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_nothing_scrolls_sideways_and_targets_are_large(
    house: House, enter: Open, axe: Any, screenshot: Any, language: str
) -> None:
    _number, waiting = start(house)
    ready = house.trade.make_ready(ITEMS)
    page = enter(language=language)
    root = f"{house.address}/{language}/tablet"
    for name, place in places(house, ready, waiting).items():
        page.goto(root + place)
        look(page, f"{name}-{language}", axe, screenshot)
    page.goto(f"{root}/hand-over")
    page.locator("#field-said").fill(ready.code)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-wait")).to_be_visible()
    look(page, f"verdict-{language}", axe, screenshot)
    page.goto(f"{root}/hand-over")
    page.locator("#field-said").fill("4F7K-2M9P")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-refused")).to_be_visible()
    look(page, f"unknown-{language}", axe, screenshot)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_door_is_for_everybody(
    house: House, open_page: Open, axe: Any, screenshot: Any, language: str
) -> None:
    page = open_page()
    page.goto(f"{house.address}/{language}/tablet/enrol")
    look(page, f"enrol-{language}", axe, screenshot)
    page.locator("#field-code").fill(house.enrolment())
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Inès Morel")).to_be_visible()
    look(page, f"people-{language}", axe, screenshot)
    page.get_by_role("link", name="Inès Morel").click()
    expect(page.locator("#field-pin")).to_be_visible()
    look(page, f"pin-{language}", axe, screenshot)


SMALL_TARGETS = """least => [...document.querySelectorAll(
    "main a.button, main button, main summary, main input:not([type=hidden]), main a.parcel")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < least - 0.5)
  .map(one => one.outerHTML.slice(0, 90))"""


def look(page: Page, name: str, axe: Any, screenshot: Any) -> None:
    """Hold a page to every width: axe, no sideways scrolling, large targets; keep pictures."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        screenshot(page, f"{name}-{width}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(SMALL_TARGETS, TARGET_PX) == []
