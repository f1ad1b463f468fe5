"""Prices of orders: computed here once, for every channel."""

from orders.pricing.anew import Goods, discount_anew
from orders.pricing.delivering import (
    DeliveryWay,
    Fee,
    Zone,
    charge_for,
    find_zone,
    price_cheapest,
    price_way,
    weigh,
)
from orders.pricing.lines import PricedLine, Totals, totals
from orders.pricing.lowest import BEFORE, ShelfPrice, lowest_before, shelf_price
from orders.pricing.promotions import Deal, Taken, best_alone, discount, most_off
from orders.pricing.quoting import (
    Quote,
    QuotedCharge,
    QuotedLine,
    agree,
    agree_charges,
    divide_discount,
    quote_basket,
    quote_part,
)

__all__ = [
    "BEFORE",
    "Deal",
    "DeliveryWay",
    "Fee",
    "Goods",
    "PricedLine",
    "Quote",
    "QuotedCharge",
    "QuotedLine",
    "ShelfPrice",
    "Taken",
    "Totals",
    "Zone",
    "agree",
    "agree_charges",
    "best_alone",
    "charge_for",
    "discount",
    "discount_anew",
    "divide_discount",
    "find_zone",
    "lowest_before",
    "most_off",
    "price_cheapest",
    "price_way",
    "quote_basket",
    "quote_part",
    "shelf_price",
    "totals",
    "weigh",
]
