"""Reads of orders, and the shapes others may see."""

from orders.queries.carts import get_cart
from orders.queries.collecting import (
    find_last_hand_over,
    find_pass,
    find_pass_by_code,
    list_lying,
    list_passes,
)
from orders.queries.coming import (
    ArrivalFacts,
    GivenFacts,
    ProxyFacts,
    find_arrival,
    list_given,
    list_proxies,
    list_waiting_outside,
)
from orders.queries.load import (
    waiting_at,
)
from orders.queries.money import owed_minor, paid_for
from orders.queries.opening import (
    count_open,
    get_evidence,
    get_opening,
)
from orders.queries.parcels import (
    LAST_DAY,
    get_fulfillment,
    get_order,
    get_order_by_number,
    list_expired,
    list_fulfillments,
    list_open_contacts,
    list_order_parcels,
    list_overdue_pending,
    list_parcels_of,
    list_waiting,
)
from orders.queries.reasons import ReasonFacts, get_reason, list_reasons
from orders.queries.searching import (
    PAGE_ROWS,
    Load,
    Wanted,
    count_loads,
    find_newest_order,
    find_parcel_by_code,
    list_numbers,
    list_parcels,
    select_visible,
)
from orders.queries.shapes import (
    CartFacts,
    FulfillmentFacts,
    HandOverFacts,
    LineFacts,
    OrderFacts,
    PassState,
    Waiting,
    roll_up,
)
from orders.queries.slots import WayToCollect, find_way_to_collect, list_offered_slots
from orders.queries.wishes import WishFacts, get_wish, list_fulfillable

__all__ = [
    "LAST_DAY",
    "PAGE_ROWS",
    "ArrivalFacts",
    "CartFacts",
    "FulfillmentFacts",
    "GivenFacts",
    "HandOverFacts",
    "LineFacts",
    "Load",
    "OrderFacts",
    "PassState",
    "ProxyFacts",
    "ReasonFacts",
    "Waiting",
    "Wanted",
    "WayToCollect",
    "WishFacts",
    "count_loads",
    "count_open",
    "find_arrival",
    "find_last_hand_over",
    "find_newest_order",
    "find_parcel_by_code",
    "find_pass",
    "find_pass_by_code",
    "find_way_to_collect",
    "get_cart",
    "get_evidence",
    "get_fulfillment",
    "get_opening",
    "get_order",
    "get_order_by_number",
    "get_reason",
    "get_wish",
    "list_expired",
    "list_fulfillable",
    "list_fulfillments",
    "list_given",
    "list_lying",
    "list_numbers",
    "list_offered_slots",
    "list_open_contacts",
    "list_order_parcels",
    "list_overdue_pending",
    "list_parcels",
    "list_parcels_of",
    "list_passes",
    "list_proxies",
    "list_reasons",
    "list_waiting",
    "list_waiting_outside",
    "owed_minor",
    "paid_for",
    "roll_up",
    "select_visible",
    "waiting_at",
]
