"""Having a basket brought: who sends it, in which ways, for how much, and when it arrives."""

from orders.delivery.options import (
    DeliveryAsk,
    DeliveryOption,
    DeliveryOptions,
    OptionParcel,
    choose_way,
    find_options,
    read_ask,
    read_goods,
    to_source,
    whereabouts,
)
from orders.delivery.windows import ARRIVAL, Destination, Window, find_window, window_of

__all__ = [
    "ARRIVAL",
    "DeliveryAsk",
    "DeliveryOption",
    "DeliveryOptions",
    "Destination",
    "OptionParcel",
    "Window",
    "choose_way",
    "find_options",
    "find_window",
    "read_ask",
    "read_goods",
    "to_source",
    "whereabouts",
    "window_of",
]
