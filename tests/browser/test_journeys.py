"""The whole path in a browser: phone, tablet, e-mail, camera, counter, back office; and cards."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.embedded import Cluster
from tests.browser.journeys import (
    ADMIN,
    ASSOCIATE,
    PASSWORD,
    PIN,
    House,
    Reader,
    choose_store,
    film,
    number_on,
    open_house,
    order_as_guest,
    picture_in,
)
from tools.browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
TENT = {"fr": ("tente", "Tente 2 places"), "en": ("tent", "Two-person tent")}
HELD = {"status": "pending", "on_hand": 3, "reserved": 1, "quarantined": 0}
PAID = {**HELD, "status": "new"}
PAYS, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"


@dataclass(frozen=True)
class Eye:
    """A browser with a camera, and the file that its camera films."""

    browser: Browser
    film: Path


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(cluster, tmp_path_factory.mktemp("journeys")) as opened:
        yield opened


@pytest.fixture(scope="module")
def eye(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eye]:
    """The camera looks at a file that is written when there is something to see."""
    path = tmp_path_factory.mktemp("camera") / "code.mjpeg"
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
    yield Eye(browser, path)
    browser.close()


@pytest.mark.parametrize(("language", "by_card"), [("fr", False), ("en", True)])
def test_an_order_goes_from_the_phone_over_the_tablet_to_the_customer(
    house: House, open_page: Open, eye: Eye, language: str, *, by_card: bool
) -> None:
    email, phone = f"{secrets.token_hex(6)}@example.org", f"063998{secrets.randbelow(10_000):04}"
    shopper = Reader(open_page(360, height=740), house.address, language)
    choose_store(shopper, *TENT[language])
    contact = {"First name": "Chloé", "Last name": "Durand", "E-mail": email, "Mobile phone": phone}
    order_as_guest(shopper, contact, by_card=by_card)
    if by_card:
        type_card(shopper.page, PAYS)
    number = number_on(shopper)
    shopper.sees("Received by the store")

    page = eye.browser.new_page(viewport={"width": 768, "height": 1024})
    tablet = Reader(page, house.address, language)
    sign_in(tablet, house.enrolment())
    prepare(tablet, number, TENT[language][1])
    shopper.sees("Ready: you can come")
    subject = {"fr": "C’est prêt", "en": "It is ready"}[language]
    film(picture_in(house.vendors.wait_for(email, subject)), eye.film)
    hand_over(tablet, number, ticket=None if by_card else "T-77")

    shopper.sees("Collected")
    received = {"fr": f"Commande {number} retirée", "en": f"Order {number} collected"}[language]
    house.vendors.wait_for(email, received)
    assert [each["kind"] for each in house.vendors.received(email)] == ["email"] * 3
    assert len(house.vendors.received(f"+33{phone[1:]}")) == 1
    office = Reader(open_page(1280), house.address, language)
    assert_office_finds(office, number, phone=phone, email=email)
    assert house.trade.place_of_work.broken() == []
    assert shopper.complaints + tablet.complaints + office.complaints == []
    page.context.close()


def sign_in(tablet: Reader, enrolment: str) -> None:
    """The browser becomes a tablet, and an associate signs in on it."""
    tablet.go("tablet/enrol")
    tablet.page.locator("#field-code").fill(enrolment)
    tablet.page.keyboard.press("Enter")
    tablet.page.get_by_role("link", name=ASSOCIATE).click()
    tablet.page.locator("#field-pin").fill(PIN)
    tablet.page.keyboard.press("Enter")
    tablet.page.wait_for_url("**/tablet/", wait_until="load")


def prepare(tablet: Reader, number: str, article: str) -> None:
    """Take the order from the board, pick its one article and put it into a bin."""
    tablet.page.get_by_role("link", name=re.compile(number)).click()
    tablet.press("Start picking")
    tablet.sees("It is yours: the others see that somebody is at it.")
    tablet.page.get_by_role("button", name=re.compile(rf"1 × {article}")).click()
    tablet.page.locator("#field-bin").fill("B12")
    tablet.press("Ready: tell the customer")
    tablet.sees("Ready: the customer is told now.")


def hand_over(tablet: Reader, number: str, *, ticket: str | None) -> None:
    """The camera sees the customer's code; one tap gives the parcel, after the till where due."""
    tablet.press("Hand over", link=True)
    tablet.press("Camera")
    if ticket is None:
        tablet.title_begins("Give it")
    else:
        tablet.title_begins(
            "Take %(sum)s first", sum={"fr": "89,90\u00a0€", "en": "€89.90"}[tablet.language]
        )
        expect(tablet.page.locator("#field-ticket")).to_be_focused()
        tablet.page.keyboard.type(ticket)
    expect(tablet.page.locator(".verdict-bin .code")).to_have_text("B12")
    tablet.press("Give it to the customer")
    tablet.sees("Handed over: %(number)s, %(name)s", number=number, name="Chloé Durand")


def assert_office_finds(office: Reader, number: str, *, phone: str, email: str) -> None:
    """An administrator finds the order by each of three things, its story and its messages."""
    office.go("office/sign-in")
    office.type("E-mail", ADMIN)
    office.type("Password", PASSWORD)
    office.press("Sign in")
    for said in (number, phone, email):
        office.page.get_by_role("searchbox").fill(said)
        office.page.keyboard.press("Enter")
        found = office.page.locator("td.code a")
        expect(found).to_have_count(1)
        expect(found).to_have_text(number)
    found.click()
    story = office.page.get_by_role("table", name=office.say("What happened"))
    for happening in ("Ordered", "Taken on by the store", "Taken from the shelf", "Ready"):
        cell = story.get_by_text(office.say(happening), exact=True)
        expect(cell.first).to_be_visible()
    handed = story.get_by_role("row", name=office.say("Handed over at the counter"))
    expect(handed).to_contain_text(ASSOCIATE)
    messages = office.page.get_by_role("table", name=office.say("Messages to the customer"))
    expect(messages.get_by_role("row")).to_have_count(5)  # a head, three e-mails, one text


@dataclass(frozen=True)
class Payer:
    """A shopper before the payment page, with one unit of an article that only they ordered."""

    reader: Reader
    sku: str
    look_up: Callable[..., list[dict[str, Any]]]

    @property
    def page(self) -> Page:
        """Return the page before them."""
        return self.reader.page

    def stands(self) -> dict[str, Any]:
        """Return where the order stands, and the stock of its article in its store."""
        (row,) = self.look_up(
            "SELECT f.status, s.on_hand, s.reserved, s.quarantined FROM fulfillment f"
            " JOIN fulfillment_line l ON l.fulfillment_id = f.id"
            " JOIN stock_level s ON s.sku = l.sku AND s.location_id = f.location_id"
            " WHERE l.sku = %(sku)s",
            sku=self.sku,
        )
        return row


@pytest.fixture
def payer(house: House, open_page: Open) -> Payer:
    sku = house.trade.list_article(units=3)
    reader = Reader(open_page(360, height=740), house.address, "fr")
    choose_store(reader, sku, sku)
    contact = {"First name": "Chloé", "Last name": "Durand", "E-mail": "chloe@example.org"}
    order_as_guest(reader, contact, by_card=True)
    return Payer(reader, sku, house.trade.place_of_work.rows)


def type_card(page: Page, number: str) -> None:
    """Type a card on the provider's page and send it."""
    page.wait_for_url("**/c/pay/**", wait_until="load")
    page.locator("input[name=number]").fill(number)
    page.keyboard.press("Enter")


def test_a_card_that_pays_shows_the_ticket(payer: Payer) -> None:
    type_card(payer.page, PAYS)
    number = number_on(payer.reader)
    payer.reader.sees("Received by the store")
    ticket = payer.page.locator(".ticket")
    expect(ticket).to_contain_text(number)
    expect(ticket).to_contain_text("Payé par carte")
    expect(ticket).to_contain_text("10,00\u00a0€")
    assert payer.stands() == PAID


def test_a_declined_card_is_said_and_another_one_pays(payer: Payer) -> None:
    type_card(payer.page, DECLINED)
    refused = payer.page.get_by_role("alert")
    expect(refused).to_have_text("Votre carte a été refusée. Essayez une autre carte.")
    assert payer.stands() == HELD
    type_card(payer.page, PAYS)
    number_on(payer.reader)
    payer.reader.sees_when_loaded_again("Received by the store")
    assert payer.stands() == PAID


def test_a_bank_that_is_told_no_pays_nothing_and_told_yes_pays(payer: Payer) -> None:
    type_card(payer.page, ASKS)
    payer.page.get_by_role("button", name="Refuser").click()
    refused = payer.page.get_by_role("alert")
    expect(refused).to_have_text("Votre banque n'a pas confirmé. Réessayez.")
    assert payer.stands() == HELD
    type_card(payer.page, ASKS)
    payer.page.get_by_role("button", name="Accepter").click()
    number_on(payer.reader)
    payer.reader.sees_when_loaded_again("Received by the store")
    payer.reader.sees("Paid by card")
    assert payer.stands() == PAID


def test_who_leaves_the_payment_finds_the_order_held_and_may_pay_it_later(payer: Payer) -> None:
    payer.page.get_by_role("link", name="Annuler et revenir").click()
    number = number_on(payer.reader)
    payer.reader.sees("Your articles are held while you pay.")
    expect(payer.page.locator(".ticket")).to_contain_text(payer.sku)
    assert payer.stands() == HELD
    payer.reader.press("Pay by card")
    type_card(payer.page, PAYS)
    assert number_on(payer.reader) == number
    payer.reader.sees_when_loaded_again("Received by the store")
    assert payer.stands() == PAID
