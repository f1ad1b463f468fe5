"""Who acts in a replay: shoppers, the call centre, the staff of each store."""

from typing import Final
from uuid import UUID

from kernel.actors import Actor, ActorKind
from orders.queries import FulfillmentFacts

NAME: Final = "Replay"
SHOPPER: Final = Actor(kind=ActorKind.SHOPPER, name=NAME, location_ids=frozenset())
"""Somebody on the web, of whom nothing is known yet."""
AGENT: Final = Actor(kind=ActorKind.AGENT, name=NAME, location_ids=None)
"""The call centre: it sees every store."""


def associate_at(location_id: UUID) -> Actor:
    """Return an associate of a store: what follows must be within their rights."""
    return Actor(kind=ActorKind.ASSOCIATE, name=NAME, location_ids=frozenset({location_id}))


def staff_of(facts: FulfillmentFacts) -> Actor:
    """Return an associate of the parcel's store."""
    return associate_at(facts.location_id)


def customer_of(order_id: UUID) -> Actor:
    """Return the customer of an order, with their link."""
    return Actor(kind=ActorKind.SHOPPER, name=NAME, order_ids=frozenset({order_id}))
