"""Having a basket brought: who sends it, in which ways, for how much, and when it arrives."""

from orders.delivery.options import (
    DeliveryAsk,
    DeliveryOption,
    DeliveryOptions,
    OptionParcel,
    choose_way,
    find_least,
    find_options,
    read_ask,
    read_goods,
    to_source,
    whereabouts,
)
from orders.delivery.ranking import BROUGHT, RankedWay, rank_all
from orders.delivery.windows import ARRIVAL, Destination, Window, find_window, window_of

__all__ = [
    "ARRIVAL",
    "BROUGHT",
    "DeliveryAsk",
    "DeliveryOption",
    "DeliveryOptions",
    "Destination",
    "OptionParcel",
    "RankedWay",
    "Window",
    "choose_way",
    "find_least",
    "find_options",
    "find_window",
    "rank_all",
    "read_ask",
    "read_goods",
    "to_source",
    "whereabouts",
    "window_of",
]
