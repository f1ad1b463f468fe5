"""Reads of orders, and the shapes others may see."""

from orders.queries.carts import get_cart
from orders.queries.collecting import (
    find_last_hand_over,
    find_pass,
    list_passes,
    list_passes_at,
)
from orders.queries.parcels import (
    get_fulfillment,
    get_order,
    get_order_by_number,
    list_expired,
    list_fulfillments,
    list_open_contacts,
    list_overdue_pending,
    list_parcels_of,
    list_waiting,
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

__all__ = [
    "CartFacts",
    "FulfillmentFacts",
    "HandOverFacts",
    "LineFacts",
    "OrderFacts",
    "PassState",
    "Waiting",
    "find_last_hand_over",
    "find_pass",
    "get_cart",
    "get_fulfillment",
    "get_order",
    "get_order_by_number",
    "list_expired",
    "list_fulfillments",
    "list_open_contacts",
    "list_overdue_pending",
    "list_parcels_of",
    "list_passes",
    "list_passes_at",
    "list_waiting",
    "roll_up",
]
