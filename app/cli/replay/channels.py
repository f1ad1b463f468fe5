"""On which channel each replayed sale enters, and what share of them does. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.cli.replay.lots import lot_for
from kernel.errors import Invalid
from kernel.fields import ITEMS_MAX, QUANTITY_MAX
from orders.commands import Found


class Entry(StrEnum):
    """How an invoice becomes an order."""

    WEB = "web"
    MIXED = "mixed"
    HOME = "home"
    PHONE = "phone"
    TABLET = "tablet"
    RESERVED = "reservation"
    ADVISED = "adviser"
    TILL = "till"
    SHOP = "shop"


USUAL: Final = "web=32,mixed=8,home=14,phone=14,tablet=10,reservation=5,adviser=5,till=6,shop=6"
"""How many of a hundred invoices enter in which way, where nobody says otherwise."""
WAYS: Final[Mapping[Found, int]] = {Found.QR: 60, Found.CODE: 25, Found.SEARCH: 15}
"""How many of a hundred parcels are found at the counter in which way."""
BY_CARD: Final = 40
"""How many of a hundred who may choose pay by card when they order."""
CHOOSES: Final = frozenset({Entry.WEB, Entry.ADVISED})
"""Entries whose customers choose whether to pay by card or when they collect."""

BASKET_MAX: Final = 999
RESERVED_MAX: Final = 100
_MOST: Final = {
    Entry.ADVISED: BASKET_MAX,
    Entry.PHONE: BASKET_MAX,
    Entry.TABLET: BASKET_MAX,
    Entry.RESERVED: RESERVED_MAX,
}
"""Units of one article that fit in: of invoices with more, the order is placed on the web."""


def read_shares(text: str) -> dict[Entry, int]:
    """Return what share of the invoices enters how: `web=3,till=1`, or one name alone.

    Raises Invalid.
    """
    shares = {}
    for each in text.split(","):
        name, _equals, share = each.strip().partition("=")
        if name not in set(Entry) or not (share or "1").isdecimal():
            known = ", ".join(Entry)
            raise Invalid(f"{each.strip()!r} is no share like web=36; channels are {known}.")
        shares[Entry(name)] = int(share or "1")
    if not any(shares.values()):
        raise Invalid("No channel has a share.")
    return shares


def draw_entry(
    number: str, quantities: Mapping[str, int], shares: Mapping[Entry, int], *, seed: int
) -> Entry:
    """Return how an invoice enters; the same seed draws the same.

    What a way cannot take enters on the web: a basket too many units, a shop too many lines.
    """
    draw = lot_for(seed, number, "entry")
    entry = draw.choices(list(shares), weights=list(shares.values()))[0]
    return entry if _fits(entry, quantities) else Entry.WEB


def _fits(entry: Entry, quantities: Mapping[str, int]) -> bool:
    if entry is Entry.MIXED:
        return len(quantities) > 1
    if entry is Entry.SHOP and len(quantities) > ITEMS_MAX:
        return False
    return max(quantities.values()) <= _MOST.get(entry, QUANTITY_MAX)
