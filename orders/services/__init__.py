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
from orders.services.putting_back import ask_put_back
from orders.services.returning import TakenBack, take_back_goods
from orders.services.selling import SoldOrder, sell_at_till
from orders.services.wishing import end_old_wishes, end_wish, tell_back, wish_stock

__all__ = [
    "Parcel",
    "PlacedOrder",
    "SoldOrder",
    "TakenBack",
    "abandon_pending",
    "accept",
    "ask_put_back",
    "await_payment",
    "bin_parcel",
    "cancel_order",
    "change_collector",
    "check_parcel",
    "choose_store",
    "close_store",
    "confirm_payment",
    "empty_cart",
    "end_old_wishes",
    "end_wish",
    "expire_fulfillment",
    "extend_hold",
    "extend_pickup",
    "find_authorised",
    "hand_over",
    "mark_ready",
    "open_case",
    "pick",
    "place_order",
    "put_in_cart",
    "reissue_pass",
    "remind",
    "report_short_line",
    "sell_at_till",
    "settle_case",
    "start_picking",
    "switch_on_store",
    "take_back_goods",
    "tell_back",
    "tell_ready_paid",
    "wish_stock",
    "withdraw_pending",
]
