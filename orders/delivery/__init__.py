"""Having a basket brought: who sends it, in which ways, for how much, and when it arrives."""

from orders.delivery.charging import Carriage, Carried, charge_ways, list_offered_ways
from orders.delivery.options import (
    DeliveryAsk,
    DeliveryOption,
    DeliveryOptions,
    OptionParcel,
    SellingBrand,
    find_least,
    find_options,
    read_ask,
    read_destination,
    read_goods,
    read_seller,
    to_source,
    whereabouts,
)
from orders.delivery.ranking import BROUGHT, RankedWay, rank_all
from orders.delivery.windows import ARRIVAL, Destination, Window, find_window, window_of

__all__ = [
    "ARRIVAL",
    "BROUGHT",
    "Carriage",
    "Carried",
    "DeliveryAsk",
    "DeliveryOption",
    "DeliveryOptions",
    "Destination",
    "OptionParcel",
    "RankedWay",
    "SellingBrand",
    "Window",
    "charge_ways",
    "find_least",
    "find_options",
    "find_window",
    "list_offered_ways",
    "rank_all",
    "read_ask",
    "read_destination",
    "read_goods",
    "read_seller",
    "to_source",
    "whereabouts",
    "window_of",
]
