"""Prices of orders: computed here once, for every channel."""

from orders.pricing.lines import PricedLine, Totals, totals
from orders.pricing.lowest import BEFORE, ShelfPrice, lowest_before, shelf_price
from orders.pricing.promotions import Deal, Taken, best_alone, discount
from orders.pricing.quoting import (
    Quote,
    QuotedCharge,
    QuotedLine,
    divide_discount,
    quote_basket,
)

__all__ = [
    "BEFORE",
    "Deal",
    "PricedLine",
    "Quote",
    "QuotedCharge",
    "QuotedLine",
    "ShelfPrice",
    "Taken",
    "Totals",
    "best_alone",
    "discount",
    "divide_discount",
    "lowest_before",
    "quote_basket",
    "shelf_price",
    "totals",
]
