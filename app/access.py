"""Who may do what: the one table of roles and permissions. Whatever is not here is refused."""

from collections.abc import Mapping
from typing import Final

from kernel.actors import ActorKind

PUBLIC: Final = frozenset({"catalog.read", "stores.read", "availability.read", "api.read"})
"""What nobody needs to be known for; a key never takes it away."""
EVERYBODY: Final = PUBLIC | {
    "orders.place",
}
SHOPPER: Final = EVERYBODY | {
    "orders.amend",
    "orders.cancel",
    "orders.collect",
    "orders.read",
}

ASSOCIATE: Final = SHOPPER | {
    "cases.read",
    "cases.work",
    "fulfillments.hand_over",
    "fulfillments.prepare",
    "fulfillments.read",
    "messages.read",
    "orders.take",
    "stock.count",
    "stock.move",
    "stock.read",
    "stock.receive",
}
MANAGER: Final = ASSOCIATE | {
    "cases.assign",
    "cases.refund",
    "customers.merge",
    "customers.read",
    "feeds.read",
    "fulfillments.force",
    "safety.edit",
    "staff.edit",
    "stock.adjust",
    "stock.approve",
    "stock.receive",
    "stock.sell",
    "stores.pause",
    "stores.run",
}
AGENT: Final = SHOPPER | {
    "cases.read",
    "cases.work",
    "customers.merge",
    "customers.read",
    "fulfillments.read",
    "messages.read",
    "orders.take",
    "stock.read",
}
ADMIN: Final = MANAGER | {
    "catalog.edit",
    "feeds.push",
    "keys.issue",
    "orders.follow",
    "prices.edit",
    "settings.edit",
    "stock.follow",
    "stores.edit",
}
TERMINAL: Final = PUBLIC | {"till.use"}

PERMISSIONS_OF: Final[Mapping[ActorKind, frozenset[str]]] = {
    ActorKind.SHOPPER: SHOPPER,
    ActorKind.ASSOCIATE: ASSOCIATE,
    ActorKind.MANAGER: MANAGER,
    ActorKind.AGENT: AGENT,
    ActorKind.ADMIN: ADMIN,
    ActorKind.TERMINAL: TERMINAL,
}

PERMISSIONS: Final = frozenset().union(*PERMISSIONS_OF.values())
"""Every permission there is."""

SIGNED: Final = frozenset({"till.use"})
"""What only a signed request may: no bearer key, whatever its scopes."""
SCOPES: Final = PERMISSIONS - SIGNED
"""What an integration's key may be given."""
