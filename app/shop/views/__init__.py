"""The pages of the shop, by what the shopper does: browse, fill a basket, order, follow, wish."""

from app.shop.blueprint import blueprint
from app.shop.views import (
    amending,
    basket,
    browsing,
    checkout,
    choosing,
    coming,
    delivering,
    following,
    keeping,
    mixing,
    place,
    stores,
    wishing,
)

__all__ = [
    "amending",
    "basket",
    "blueprint",
    "browsing",
    "checkout",
    "choosing",
    "coming",
    "delivering",
    "following",
    "keeping",
    "mixing",
    "place",
    "stores",
    "wishing",
]
