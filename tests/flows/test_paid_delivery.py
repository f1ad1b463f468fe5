"""Home delivery paid by card: the money is taken when the first parcel is packed, and once."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from stripe import StripeClient

from tests.flows.test_transfers_and_deliveries import do
from tests.orders.doors import delivery_body
from tests.support.firm import Firm, Place, open_firm
from tests.support.installation import STRIPE_KEY
from tests.support.pages import open_browser
from tests.support.trade import Trade
from tests.support.travel import Clock
from tests.support.vendors import Vendors, eventually

CARD = "4242 4242 4242 4242"


@dataclass
class Buyer:
    """Somebody who has something brought and pays by card, and the two places that may send it."""

    trade: Trade
    vendors: Vendors
    clock: Clock
    firm: Firm
    places: list[Place]
    sku: str
    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@example.org")
    order: dict[str, Any] = field(default_factory=dict)

    def buy(self, units: int) -> list[dict[str, Any]]:
        """Order so many and pay; return the parcels, the one with most first."""
        body = delivery_body({self.sku: units}, brand=self.firm.code)
        body["customer"] = {"last_name": "Durand", "email": self.email}
        shop = self.trade.place_of_work.shop.integration
        self.order = do(self.trade, "/orders/deliveries", body, key=shop)
        self.pay()
        self.vendors.wait_for(self.email, "bien reçue")
        found: list[dict[str, Any]] = self.order["parcels"]
        return sorted(found, key=lambda each: -each["quantities"][self.sku])

    def pay(self) -> None:
        """Press the button on the order's page, type the card, and come back."""
        browser, page = open_browser(self.trade), f"/fr/orders/{self.order['access_token']}"
        away = browser.send(f"{page}/pay", on=page)
        assert away.status_code == 303, away.text
        paid = httpx.post(away.headers["Location"], data={"number": CARD}, trust_env=False)
        assert paid.status_code == 303, paid.text
        back = urlsplit(paid.headers["Location"])
        assert browser.open(f"{back.path}?{back.query}").status_code == 200

    def act(self, parcel: dict[str, Any], act: str, body: dict[str, Any] | None = None) -> None:
        """Whoever sends the parcel does something with it, and everybody hears of it."""
        key = self.at(parcel).key
        do(self.trade, f"/fulfillments/{parcel['fulfillment_id']}/{act}", body or {}, key=key)

    def at(self, parcel: dict[str, Any]) -> Place:
        """Return who sends a parcel."""
        return next(each for each in self.places if each.code == parcel["store"])

    def pack(self, parcel: dict[str, Any], *, short: int = 0) -> None:
        """Take it on, pick it but for what is short, and pack it."""
        items = [{"sku": self.sku, "quantity": parcel["quantities"][self.sku] - short}]
        self.act(parcel, "accept")
        self.act(parcel, "pick", {"items": items})
        if short:
            lacks = {"sku": self.sku, "quantity": short, "reason": "damaged"}
            self.act(parcel, "short", lacks)
        self.act(parcel, "pack", {"packages": [{"items": items}]})

    def bring_back(self, parcel: dict[str, Any]) -> None:
        """Nobody is there, and the goods are on the shelf again."""
        self.act(parcel, "delivery-failed", {"reason": "absent"})
        self.act(parcel, "returned", {"disposition": "restock"})

    def owes(self) -> tuple[int, int]:
        """Return what the order comes to, and what of it is for having it brought."""
        order = self.trade.get(f"/orders/{self.order['id']}", key=self.firm.head_office())
        return order["total_minor"], sum(each["amount_minor"] for each in order["charges"])

    def gave(self, taken_minor: int, back_minor: int) -> None:
        """Wait until so much was taken and given back; Stripe says the same, to the cent."""
        books = (
            "SELECT sum(captured_minor)::int AS taken, sum(refunded_minor)::int AS back"
            " FROM card_payment p JOIN obligation o ON o.id = p.obligation_id"
            " WHERE o.reference_id = %(id)s"
        )
        rows = self.trade.place_of_work.rows
        wanted = {"taken": taken_minor, "back": back_minor}
        eventually(lambda: rows(books, id=self.order["id"])[0] == wanted)
        assert self.at_stripe() == (taken_minor, back_minor)

    def at_stripe(self) -> tuple[int, int]:
        """Return what Stripe took for the order, and gave back of it."""
        api = str(self.vendors.http.base_url).rstrip("/")
        stripe = StripeClient(STRIPE_KEY, base_addresses={"api": api}, max_network_retries=0)
        taken = back = 0
        for payment in self.intents():
            intent = stripe.v1.payment_intents.retrieve(payment)
            taken += intent.amount_received
            refunds = stripe.v1.refunds.list({"payment_intent": payment}).data
            back += sum(each.amount for each in refunds if each.status == "succeeded")
        return taken, back

    def intents(self) -> list[str]:
        """Return the ids Stripe gave the order's payments, oldest first."""
        found = self.trade.place_of_work.rows(
            "SELECT intent_id FROM card_payment p JOIN obligation o ON o.id = p.obligation_id"
            " WHERE o.reference_id = %(id)s ORDER BY p.id",
            id=self.order["id"],
        )
        return [str(each["intent_id"]) for each in found]


@pytest.fixture
def buyer(trade: Trade, vendors: Vendors, clock: Clock) -> Buyer:
    firm = open_firm(trade, "Sorbier")
    always = {"opening_hours": "24/7"}
    places = [firm.open("tours", "Entrepôt Tours", **always), firm.open("lyon", "Lyon", **always)]
    firm.open_way()
    split = {"max_splits": 1, "after_partial": "split"}
    firm.set_rules({"rank": "distance"}, limits=split)
    sku = firm.list_article({places[0].id: 3, places[1].id: 2})
    return Buyer(trade, vendors, clock, firm, places, sku)


def test_one_parcel_is_paid_when_it_is_packed_for_what_is_in_it_and_for_bringing_it(
    buyer: Buyer,
) -> None:
    (parcel,) = buyer.buy(2)
    buyer.gave(0, 0)
    buyer.pack(parcel, short=1)
    buyer.gave(1_490, 0)
    buyer.act(parcel, "ship")
    buyer.act(parcel, "delivered")
    assert buyer.owes() == (1_490, 490)
    assert "14,90" in buyer.vendors.wait_for(buyer.email, "colis livré")["text"]
    assert buyer.trade.place_of_work.broken() == []


def test_two_parcels_are_paid_once_and_bringing_them_is_given_back_with_the_last(
    buyer: Buyer,
) -> None:
    most, rest = buyer.buy(5)
    assert [each["quantities"][buyer.sku] for each in (most, rest)] == [3, 2]
    buyer.pack(most)
    buyer.gave(5_490, 0)
    buyer.act(most, "ship")
    buyer.pack(rest, short=1)
    buyer.gave(5_490, 1_000)
    buyer.act(rest, "ship")

    buyer.bring_back(most)
    buyer.gave(5_490, 4_000)
    assert buyer.owes() == (1_490, 490)
    buyer.bring_back(rest)
    buyer.gave(5_490, 5_490)
    assert buyer.owes() == (0, 0)
    assert len(buyer.intents()) == 1
    assert buyer.trade.place_of_work.broken() == []


def test_what_a_card_no_longer_pays_stays_until_another_does(buyer: Buyer) -> None:
    (parcel,) = buyer.buy(2)
    api = str(buyer.vendors.http.base_url).rstrip("/")
    stripe = StripeClient(STRIPE_KEY, base_addresses={"api": api}, max_network_retries=0)
    stripe.v1.payment_intents.cancel(buyer.intents()[0])  # the bank let it go

    buyer.pack(parcel)
    case = eventually(lambda: unpaid(buyer))
    assert case["facts"]["due_minor"] == 2_490
    at = buyer.at(parcel)
    refused = buyer.trade.post(f"/fulfillments/{parcel['fulfillment_id']}/ship", {}, key=at.key)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/payment-due")
    assert refused.json()["due_minor"] == 2_490

    page = f"/fr/orders/{buyer.order['access_token']}"
    assert "Votre carte n’a pas pu être débitée" in open_browser(buyer.trade).read(page)
    buyer.pay()
    buyer.gave(2_490, 0)
    assert "Votre carte" not in open_browser(buyer.trade).read(page)
    eventually(lambda: unpaid(buyer) is None)
    buyer.act(parcel, "ship")
    buyer.act(parcel, "delivered")
    buyer.vendors.wait_for(buyer.email, "colis livré")
    assert buyer.trade.place_of_work.broken() == []


def unpaid(buyer: Buyer) -> dict[str, Any] | None:
    """Return the case of the order's missing money while there is one."""
    cases = buyer.trade.get("/cases", key=buyer.firm.head_office(), kind="unpaid")["cases"]
    return next((each for each in cases if each["order_id"] == buyer.order["id"]), None)
