"""Every consequence of every event, in one table; the names are stable, deliveries carry them."""

import notifications.handlers
from kernel.events import Subscriptions
from orders.events import (
    FulfillmentCancelled,
    FulfillmentExpired,
    FulfillmentHandedOver,
    FulfillmentReady,
    OrderPlaced,
    PassReissued,
)

SUBSCRIPTIONS: Subscriptions = {
    OrderPlaced: {"confirm-order": notifications.handlers.confirm_order},
    FulfillmentReady: {"announce-ready": notifications.handlers.announce_ready},
    PassReissued: {"announce-new-pass": notifications.handlers.announce_ready},
    FulfillmentCancelled: {"announce-cancelled": notifications.handlers.announce_cancelled},
    FulfillmentExpired: {"announce-expired": notifications.handlers.announce_expired},
    FulfillmentHandedOver: {"send-receipt": notifications.handlers.send_receipt},
}

UNHEARD = frozenset(
    {
        "order.cancelled.v1",
        "fulfillment.accepted.v1",
        "fulfillment.picking_started.v1",
        "fulfillment.picked.v1",
        "fulfillment.line_short.v1",
        "fulfillment.binned.v1",
        "fulfillment.extended.v1",
        "fulfillment.reminded.v1",
        "order.collector_changed.v1",
        "stock.received.v1",
        "stock.doubted.v1",
        "store.paused.v1",
        "store.resumed.v1",
        "key.issued.v1",
        "key.revoked.v1",
        "tablet.enrolled.v1",
        "tablet.revoked.v1",
        "staff.hired.v1",
        "staff.disabled.v1",
        "staff.signed_in.v1",
    }
)
"""Events that are history only: a new event is heard or named here."""
