"""Prices of orders: computed here once, for every channel."""

from orders.pricing.delivering import (
    DeliveryWay,
    Fee,
    Zone,
    charge_for,
    find_zone,
    price_way,
    weigh,
)
from orders.pricing.lines import PricedLine, Totals, totals
from orders.pricing.quoting import (
    Quote,
    QuotedCharge,
    QuotedLine,
    divide_discount,
    quote_basket,
)

__all__ = [
    "DeliveryWay",
    "Fee",
    "PricedLine",
    "Quote",
    "QuotedCharge",
    "QuotedLine",
    "Totals",
    "Zone",
    "charge_for",
    "divide_discount",
    "find_zone",
    "price_way",
    "quote_basket",
    "totals",
    "weigh",
]
