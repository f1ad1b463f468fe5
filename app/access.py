"""Who may do what: the one table of roles and permissions. Whatever is not here is refused."""

from collections.abc import Mapping
from typing import Final

from kernel.actors import ActorKind

PUBLIC: Final = frozenset({"catalog.read", "stores.read", "availability.read", "api.read"})
"""What nobody needs to be known for; a key never takes it away."""
EVERYBODY: Final = PUBLIC | {"orders.place"}
SHOPPER: Final = EVERYBODY | {"orders.read", "orders.cancel"}
ASSOCIATE: Final = SHOPPER | {
    "stock.read",
    "fulfillments.read",
    "fulfillments.prepare",
    "fulfillments.hand_over",
    "messages.read",
}
MANAGER: Final = ASSOCIATE | {"stock.receive", "stores.pause", "feeds.read", "safety.edit"}
AGENT: Final = SHOPPER | {"stock.read", "fulfillments.read", "messages.read"}
ADMIN: Final = MANAGER | {"stores.edit", "catalog.edit", "keys.issue", "feeds.push", "stock.follow"}

PERMISSIONS_OF: Final[Mapping[ActorKind, frozenset[str]]] = {
    ActorKind.SHOPPER: SHOPPER,
    ActorKind.ASSOCIATE: ASSOCIATE,
    ActorKind.MANAGER: MANAGER,
    ActorKind.AGENT: AGENT,
    ActorKind.ADMIN: ADMIN,
}

PERMISSIONS: Final = frozenset().union(*PERMISSIONS_OF.values())
"""Every permission there is; an integration's key holds those among its scopes."""

EVERYWHERE: Final = frozenset({ActorKind.AGENT, ActorKind.ADMIN, ActorKind.INTEGRATION})
"""Roles that see every store."""
