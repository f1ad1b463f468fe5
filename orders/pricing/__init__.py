"""Prices of orders: computed here once, for every channel."""

from orders.pricing.lines import PricedLine, Totals, totals
from orders.pricing.quoting import (
    Quote,
    QuotedCharge,
    QuotedLine,
    divide_discount,
    quote_basket,
)

__all__ = [
    "PricedLine",
    "Quote",
    "QuotedCharge",
    "QuotedLine",
    "Totals",
    "divide_discount",
    "quote_basket",
    "totals",
]
