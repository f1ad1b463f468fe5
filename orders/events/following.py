"""Which events followers are told of, and which of their facts: what names nobody."""

from collections.abc import Mapping
from typing import Final

FOLLOWED: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(facts)
    for name, facts in {
        "order.placed.v1": ("channel", "quantities", "total_minor", "currency", "promised_at"),
        "order.started.v1": ("channel", "quantities", "total_minor", "currency", "promised_at"),
        "order.sold.v1": ("channel", "quantities", "total_minor", "currency"),
        "order.abandoned.v1": (),
        "order.amended.v1": (
            "order_version",
            "channel",
            "changes",
            "delta_minor",
            "total_minor",
            "currency",
        ),
        "order.cancelled.v1": ("reason",),
        "order.money_back.v1": ("amount_minor", "back_minor", "currency"),
        "goods.taken_back.v1": ("quantities", "amount_minor", "currency"),
        "fulfillment.accepted.v1": (),
        "fulfillment.picking_started.v1": (),
        "fulfillment.line_short.v1": ("sku", "quantity", "reason"),
        "fulfillment.in_transfer.v1": ("quantities", "promised_at"),
        "fulfillment.rejected.v1": ("answer_by",),
        "fulfillment.rerouted.v1": ("to_fulfillment_id", "method", "promised_at"),
        "fulfillment.split.v1": ("to_fulfillment_id", "quantities"),
        "fulfillment.ready.v1": ("collect_by",),
        "fulfillment.extended.v1": ("collect_by",),
        "fulfillment.handed_over.v1": ("quantities", "complete"),
        "fulfillment.packed.v1": ("carrier",),
        "fulfillment.shipped.v1": ("quantities",),
        "fulfillment.delivered.v1": (),
        "fulfillment.delivery_failed.v1": (),
        "fulfillment.returned.v1": ("quantities",),
        "fulfillment.cancelled.v1": ("reason",),
        "fulfillment.expired.v1": (),
    }.items()
}
"""Events that followers are told of, and which of their facts."""
