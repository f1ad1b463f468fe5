"""Use cases of orders, one public function each: place, prepare, hand over, end."""

from orders.services.carting import choose_store, empty_cart, put_in_cart
from orders.services.ending import cancel_order, expire_fulfillment
from orders.services.handing_over import Parcel, check_parcel, hand_over
from orders.services.placing import PlacedOrder, place_order
from orders.services.preparing import (
    accept,
    bin_parcel,
    mark_ready,
    pick,
    report_short_line,
    start_picking,
)

__all__ = [
    "Parcel",
    "PlacedOrder",
    "accept",
    "bin_parcel",
    "cancel_order",
    "check_parcel",
    "choose_store",
    "empty_cart",
    "expire_fulfillment",
    "hand_over",
    "mark_ready",
    "pick",
    "place_order",
    "put_in_cart",
    "report_short_line",
    "start_picking",
]
