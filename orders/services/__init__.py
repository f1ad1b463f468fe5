"""Use cases of orders, one public function each: place, prepare, hand over, end."""

from orders.services.carting import await_payment, choose_store, empty_cart, put_in_cart
from orders.services.casework import open_case, settle_case
from orders.services.ending import cancel_order, expire_fulfillment
from orders.services.handing_over import Parcel, check_parcel, hand_over
from orders.services.holding import extend_hold
from orders.services.keeping import change_collector, extend_pickup, reissue_pass, remind
from orders.services.opening import close_store, switch_on_store
from orders.services.paying import (
    abandon_pending,
    confirm_payment,
    find_authorised,
    tell_ready_paid,
    withdraw_pending,
)
from orders.services.placing import PlacedOrder, place_order
from orders.services.preparing import (
    accept,
    bin_parcel,
    mark_ready,
    pick,
    report_short_line,
    start_picking,
)
from orders.services.putting_back import ask_put_back, finish_put_back
from orders.services.substituting import (
    accept_substitute,
    decline_substitute,
    lapse_substitute,
    offer_substitute,
    withdraw_substitute,
)
from orders.services.waving import (
    leave_wave,
    report_short_in_wave,
    scan_in_wave,
    start_wave,
)
from orders.services.wishing import end_old_wishes, end_wish, tell_back, wish_stock

__all__ = [
    "Parcel",
    "PlacedOrder",
    "abandon_pending",
    "accept",
    "accept_substitute",
    "ask_put_back",
    "await_payment",
    "bin_parcel",
    "cancel_order",
    "change_collector",
    "check_parcel",
    "choose_store",
    "close_store",
    "confirm_payment",
    "decline_substitute",
    "empty_cart",
    "end_old_wishes",
    "end_wish",
    "expire_fulfillment",
    "extend_hold",
    "extend_pickup",
    "find_authorised",
    "finish_put_back",
    "hand_over",
    "lapse_substitute",
    "leave_wave",
    "mark_ready",
    "offer_substitute",
    "open_case",
    "pick",
    "place_order",
    "put_in_cart",
    "reissue_pass",
    "remind",
    "report_short_in_wave",
    "report_short_line",
    "scan_in_wave",
    "settle_case",
    "start_picking",
    "start_wave",
    "switch_on_store",
    "tell_back",
    "tell_ready_paid",
    "wish_stock",
    "withdraw_pending",
    "withdraw_substitute",
]
