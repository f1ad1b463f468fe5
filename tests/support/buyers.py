"""Somebody who buys: a browser in the shop, an e-mail address, a telephone and a card."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from kernel.ids import read_order_number
from tests.support.pages import Pages, open_browser
from tests.support.trade import Trade
from tests.support.vendors import Vendors, eventually

CARD = "4242 4242 4242 4242"
_BOOKS = """
    SELECT coalesce(sum(captured_minor), 0)::int AS taken,
        coalesce(sum(refunded_minor), 0)::int AS back
    FROM card_payment p JOIN obligation o ON o.id = p.obligation_id
    WHERE o.reference_id = %(id)s
"""


def new_email() -> str:
    """Return an address nobody else has."""
    return f"{secrets.token_hex(6)}@example.org"


def new_phone() -> str:
    """Return a French number kept for fiction, in E.164."""
    return f"+3363998{secrets.randbelow(10_000):04}"


def pay_by_card(browser: Pages, away: httpx.Response) -> httpx.Response:
    """Type the card on the payment page a door led to, and come back; return what is shown."""
    assert away.status_code == 303, away.text
    paid = httpx.post(away.headers["Location"], data={"number": CARD}, trust_env=False)
    assert paid.status_code == 303, paid.text
    back = urlsplit(paid.headers["Location"])
    shown = browser.open(f"{back.path}?{back.query}")
    assert shown.status_code == 200, shown.text
    return shown


def wait_for_money(trade: Trade, order_id: str, *, taken_minor: int, back_minor: int = 0) -> None:
    """Wait until the cards of an order were charged so much, and given back so much of it."""
    wanted = {"taken": taken_minor, "back": back_minor}
    eventually(lambda: trade.place_of_work.rows(_BOOKS, id=order_id)[0] == wanted)


@dataclass(frozen=True)
class Shopper:
    """One customer of the shop, who is nobody else."""

    trade: Trade
    vendors: Vendors
    pages: Pages
    email: str = field(default_factory=new_email)
    phone: str = field(default_factory=new_phone)

    def put_in(self, sku: str, *, store: str = "lyon") -> None:
        """Have one more of an article in the basket, to collect from a store."""
        added = self.pages.send("/fr/basket/add", on="/fr/place", sku=sku, store=store)
        assert added.status_code == 303, added.text

    def check_out(self, page: str = "", **fields: Any) -> httpx.Response:
        """Send the checkout's form as the page shows it, or as it was when it was looked at."""
        who = {"first_name": "Chloé", "last_name": "Durand"}
        reach = {"email": self.email, "phone": self.phone}
        seen = page or self.pages.open("/fr/checkout").text
        return self.pages.submit("/fr/checkout", seen, **{**who, **reach, **fields})

    def pay(self, away: httpx.Response) -> None:
        """Pay by card where a door led to, and come back."""
        pay_by_card(self.pages, away)

    def told(self, says: str, *, on: str = "") -> dict[str, Any]:
        """Wait for what arrives by e-mail, or on the telephone."""
        return self.vendors.wait_for(on or self.email, says)


def new_shopper(trade: Trade, vendors: Vendors) -> Shopper:
    """Return somebody with a browser that knows nobody."""
    return Shopper(trade, vendors, open_browser(trade))


def placed_as(trade: Trade, shown_number: str) -> dict[str, Any]:
    """Return the ids of the order with a number and of its first parcel."""
    (row,) = trade.place_of_work.rows(
        "SELECT o.id::text, f.id::text AS parcel, o.channel, o.number FROM sales_order o"
        " JOIN fulfillment f ON f.order_id = o.id WHERE o.number = %(number)s",
        number=read_order_number(shown_number),
    )
    return row


def number_in(said: str) -> str:
    """Return the order number in a sentence, as people read it."""
    found = re.search(r"\b[0-9A-Z]{3}-[0-9A-Z]{4}\b", said)
    assert found is not None, said
    return found[0]
