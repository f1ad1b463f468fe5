"""The pages of the shop, by what the shopper does: browse, fill a basket, order, follow, wish."""

from app.shop.blueprint import blueprint
from app.shop.views import (
    account,
    account_addresses,
    account_details,
    basket,
    browsing,
    checkout,
    choosing,
    coming,
    delivering,
    following,
    keeping,
    place,
    stores,
    wishing,
)

__all__ = [
    "account",
    "account_addresses",
    "account_details",
    "basket",
    "blueprint",
    "browsing",
    "checkout",
    "choosing",
    "coming",
    "delivering",
    "following",
    "keeping",
    "place",
    "stores",
    "wishing",
]
