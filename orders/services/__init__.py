"""Use cases of orders, one public function each: place, prepare, hand over, end."""

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
    "expire_fulfillment",
    "hand_over",
    "mark_ready",
    "pick",
    "place_order",
    "report_short_line",
    "start_picking",
]
