"""Orders that are paid from a link, or never: by callers, and by a card that let its money go."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx import Response
from stripe import StripeClient

from kernel.db import transaction
from stores.commands import StaffRole
from tests.flows.test_rejected import choose, link_in, onward
from tests.flows.test_web_order import code_in
from tests.support.buyers import (
    Shopper,
    new_email,
    new_shopper,
    number_in,
    pay_by_card,
    placed_as,
    wait_for_money,
)
from tests.support.firm import PASSWORD, hire
from tests.support.installation import STRIPE_KEY
from tests.support.pages import Pages, open_desk, words
from tests.support.trade import Trade
from tests.support.travel import Clock, minute
from tests.support.vendors import Vendors, eventually

TWO = 2_000


@dataclass(frozen=True)
class Call:
    """An agent's screen during one call: its form sends what was typed so far."""

    desk: Pages
    page: str
    typed: dict[str, str] = field(default_factory=dict)

    def do(self, act: str, **typed: str) -> Response:
        """Type something and press a button."""
        self.typed.update(typed)
        return self.desk.send(self.page, **self.typed, do=act)


def order_by_phone(trade: Trade, sku: str, buyer: Shopper) -> Call:
    """An agent fills a basket of two for a caller, who will pay from a link."""
    email = new_email()
    with trade.place_of_work.inside(), transaction() as session:
        hire(session, "Luc Bernard", StaffRole.AGENT, email=email, password=PASSWORD)
    desk = open_desk(trade, email)
    call = Call(desk, desk.send("/fr/office/desk").headers["Location"])
    assert sku in words(call.do("look", q=sku).text)
    for act in (f"add:{sku}", f"add:{sku}", "store:lyon"):
        assert call.do(act).status_code == 200
    caller = {"last_name": "Durand", "phone": buyer.phone, "email": buyer.email}
    placed = call.do("place", **caller, pay="link")
    assert placed.status_code == 303, words(placed.text)
    return call


def link_to_pay(message: dict[str, Any]) -> str:
    """Return the path of the page on which a message asks to pay."""
    found = re.search(r"/fr/pay/\S+", message["text"])
    assert found is not None, message
    return found[0]


@pytest.fixture
def buyer(trade: Trade, vendors: Vendors) -> Shopper:
    return new_shopper(trade, vendors)


@pytest.mark.matter("buy", "phone")
@pytest.mark.matter("pay", "sms")
def test_j4_an_order_by_phone_is_paid_at_the_second_visit_of_its_link_and_collected(
    trade: Trade, clock: Clock, buyer: Shopper
) -> None:
    sku = trade.list_article(units=5)
    clock.go_to("2029-05-17 10:00")
    call = order_by_phone(trade, sku, buyer)
    message = buyer.told("/fr/pay/", on=buyer.phone)
    number, link = number_in(message["text"]), link_to_pay(message)
    order = placed_as(trade, number)
    assert trade.level(sku) == {"on_hand": 5, "reserved": 2, "quarantined": 0}
    assert number in call.desk.read(call.page)

    clock.go_to("2029-05-17 18:55")
    assert len(buyer.vendors.received(buyer.phone)) == 1
    clock.go_to("2029-05-17 19:05")  # a fourth of the time is left at four in the morning
    eventually(lambda: len(buyer.vendors.received(buyer.phone)) == 2)
    reminder = buyer.vendors.received(buyer.phone)[1]
    assert link_to_pay(reminder) == link
    page = buyer.pages.open(link).text
    assert "À payer : 20,00 €" in words(page)
    first = buyer.pages.send(link)
    assert first.status_code == 303  # and the customer is called to dinner

    clock.go_to("2029-05-18 09:30")
    second = buyer.pages.send(link)
    assert second.headers["Location"] != first.headers["Location"]
    pay_by_card(buyer.pages, second)
    confirmed = buyer.told("bien reçue")
    assert number in confirmed["subject"]
    assert "Payé" in buyer.pages.read(link)
    assert buyer.pages.submit(link, page).status_code == 409
    clock.go_to("2029-05-18 11:00")
    assert trade.parcel(order["parcel"])["status"] == "new"  # its time to pay is no longer counted

    trade.prepare(order["parcel"], {sku: 2})
    wait_for_money(trade, order["id"], taken_minor=TWO)
    ready = buyer.told(" Code ", on=buyer.phone)
    counter = {"store": "lyon", "code": code_in(ready["text"])}
    taken = trade.post("/hand-overs", counter, key=trade.place_of_work.shop.associate)
    assert (taken.status_code, taken.json()["status"]) == (201, "handed_over")
    buyer.told("retirée")
    assert trade.level(sku) == {"on_hand": 3, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_j4_a_link_nobody_pays_ends_the_order_frees_its_stock_and_says_so_once(
    trade: Trade, clock: Clock, buyer: Shopper
) -> None:
    sku = trade.list_article(units=5)
    clock.go_to("2029-05-18 14:00")
    order_by_phone(trade, sku, buyer)
    message = buyer.told("/fr/pay/", on=buyer.phone)
    link, order = link_to_pay(message), placed_as(trade, number_in(message["text"]))
    page = buyer.pages.open(link).text
    clock.go_to("2029-05-19 13:58")
    assert trade.level(sku) == {"on_hand": 5, "reserved": 2, "quarantined": 0}

    clock.go_to("2029-05-19 14:02")
    eventually(lambda: trade.level(sku)["reserved"] == 0)
    buyer.told("non payée, elle s’arrête")
    clock.go_to("2029-05-19 20:00")
    clock.settle()
    told = [len(buyer.vendors.received(to)) for to in (buyer.email, buyer.phone)]
    assert told == [2, 1]  # asked by both, then told once that it is over
    assert "Ce lien est terminé" in buyer.pages.read(link)
    assert buyer.pages.submit(link, page).status_code == 409
    assert trade.parcel(order["parcel"])["status"] == "expired"
    assert trade.level(sku) == {"on_hand": 5, "reserved": 0, "quarantined": 0}
    assert trade.place_of_work.broken() == []


def test_j20_a_card_is_charged_before_it_lets_go_or_a_link_asks_for_what_it_let_go(
    trade: Trade, vendors: Vendors, clock: Clock, buyer: Shopper
) -> None:
    sku, lacking, waits = trade.list_article(), trade.list_article(), new_shopper(trade, vendors)
    staff, manager = trade.place_of_work.shop.associate, trade.place_of_work.shop.manager
    clock.go_to("2029-05-20 10:00")
    order, awaited = buy_two(trade, buyer, sku), buy_two(trade, waits, lacking)
    for act, body in (("accept", {}), ("reject", {"reason": "no_stock"})):
        done = trade.post(f"/fulfillments/{awaited['parcel']}/{act}", body, key=staff)
        assert done.status_code == 200, done.text
    choose(trade, link_in(waits.told("ne peut pas la préparer")["text"]), answer="wait")
    clock.go_to("2029-05-25 09:50")
    wait_for_money(trade, order["id"], taken_minor=0)

    clock.go_to("2029-05-25 10:15")  # two days before the cards let go
    wait_for_money(trade, order["id"], taken_minor=TWO)  # the goods are there: that is certain
    case = eventually(lambda: money_case(trade, awaited))  # they are not: a person is asked
    assert minute(case["facts"]["hold_ends_at"]) == "Sun 27 May 10:00"
    clock.go_to("2029-05-27 10:05")
    eventually(lambda: at_stripe(trade, vendors, awaited) == "canceled")
    wait_for_money(trade, awaited["id"], taken_minor=0)

    clock.go_to("2029-05-28 10:00")
    trade.prepare(order["parcel"], {sku: 2})
    assert "À payer" not in buyer.told("C’est prêt")["text"]
    wait_for_money(trade, order["id"], taken_minor=TWO)
    came = {"items": [{"sku": lacking, "quantity": 2}]}
    assert trade.post("/stores/lyon/receipts", came, key=manager).status_code == 201
    clock.go_to("2029-05-28 10:05")
    waits.told("elle est préparée à Lyon")
    parcel = onward(trade, awaited["parcel"])
    trade.prepare(parcel, {lacking: 2})
    assert "À payer au retrait 20,00 €" in words(waits.told("C’est prêt")["text"])
    message = waits.told("/fr/pay/", on=waits.phone)
    clock.go_to("2029-05-28 18:00")
    pay_by_card(waits.pages, waits.pages.send(link_to_pay(message)))
    wait_for_money(trade, awaited["id"], taken_minor=TWO)  # at once: it is ready
    clock.settle()

    for ours, who in ((order, buyer), (awaited, waits)):
        code = code_in(who.told(" Code ", on=who.phone)["text"])
        counter = {"store": "lyon", "code": code}
        check = trade.post("/hand-overs/check", counter, key=staff).json()
        assert check["due_minor"] == 0
        taken = trade.post("/hand-overs", counter, key=staff)
        assert taken.status_code == 201, taken.text
        wait_for_money(trade, ours["id"], taken_minor=TWO)
    eventually(lambda: money_case(trade, awaited) is None)
    assert trade.place_of_work.broken() == []


def money_case(trade: Trade, order: dict[str, Any]) -> dict[str, Any] | None:
    """Return the open case of an order's money, if there is one."""
    cases = trade.get("/cases", key=trade.place_of_work.shop.manager, kind="money")["cases"]
    return next((each for each in cases if each["order_id"] == order["id"]), None)


def at_stripe(trade: Trade, vendors: Vendors, order: dict[str, Any]) -> str:
    """Return what became of an order's first payment, as Stripe says."""
    (row,) = trade.place_of_work.rows(
        "SELECT min(intent_id) AS intent FROM card_payment p"
        " JOIN obligation o ON o.id = p.obligation_id WHERE o.reference_id = %(id)s",
        id=order["id"],
    )
    api = str(vendors.http.base_url).rstrip("/")
    stripe = StripeClient(STRIPE_KEY, base_addresses={"api": api}, max_network_retries=0)
    return str(stripe.v1.payment_intents.retrieve(row["intent"]).status)


def buy_two(trade: Trade, buyer: Shopper, sku: str) -> dict[str, Any]:
    """Order two in the shop and pay them by card; return which order that is."""
    buyer.put_in(sku)
    buyer.put_in(sku)
    buyer.pay(buyer.check_out(payment="card"))
    return placed_as(trade, number_in(buyer.told("bien reçue")["subject"]))
