"""Every consequence of every event, in one table; the names are stable, deliveries carry them."""

import notifications.handlers
import orders.handlers
from kernel.events import Subscriptions
from orders.events import (
    FulfillmentCancelled,
    FulfillmentExpired,
    FulfillmentHandedOver,
    FulfillmentReady,
    OrderPlaced,
    PassReissued,
    PickupReminded,
    ReadyPaid,
)
from payments.events import CaptureFailed, CheckoutExpired, PaymentAuthorised, PaymentCaptured

SUBSCRIPTIONS: Subscriptions = {
    OrderPlaced: {"confirm-order": notifications.handlers.confirm_order},
    FulfillmentReady: {"announce-ready": notifications.handlers.announce_ready},
    ReadyPaid: {"announce-paid": notifications.handlers.announce_paid},
    PaymentAuthorised: {"confirm-payment": orders.handlers.confirm_payment},
    CheckoutExpired: {"abandon-unpaid": orders.handlers.abandon_unpaid},
    PaymentCaptured: {"tell-captured": orders.handlers.tell_captured},
    CaptureFailed: {"tell-uncaptured": orders.handlers.tell_uncaptured},
    PickupReminded: {"remind": notifications.handlers.remind},
    PassReissued: {"announce-new-pass": notifications.handlers.announce_new_pass},
    FulfillmentCancelled: {"announce-cancelled": notifications.handlers.announce_cancelled},
    FulfillmentExpired: {"announce-expired": notifications.handlers.announce_expired},
    FulfillmentHandedOver: {"send-receipt": notifications.handlers.send_receipt},
}

UNHEARD = frozenset(
    {
        "order.started.v1",
        "order.abandoned.v1",
        "payment.failed.v1",
        "payment.refunded.v1",
        "payment.refund_failed.v1",
        "order.cancelled.v1",
        "fulfillment.accepted.v1",
        "fulfillment.picking_started.v1",
        "fulfillment.picked.v1",
        "fulfillment.line_short.v1",
        "fulfillment.binned.v1",
        "fulfillment.extended.v1",
        "order.collector_changed.v1",
        "message.resent.v1",
        "stock.received.v1",
        "stock.doubted.v1",
        "stock.feed_applied.v1",
        "stock.safety_rule_added.v1",
        "stock.safety_rule_ended.v1",
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
