"""Who may do what: the one table of roles and permissions. Whatever is not here is refused."""

from collections.abc import Mapping
from typing import Final

from kernel.actors import ActorKind

PUBLIC: Final = frozenset(
    {"answers.read", "catalog.read", "stores.read", "availability.read", "api.read"}
)
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

OWN: Final = frozenset({"account.use"})
"""What only somebody signed in to an account may, on what is theirs: no role, and no key."""
ACCOUNT: Final = SHOPPER | OWN

ASSOCIATE: Final = SHOPPER | {
    "cases.read",
    "cases.work",
    "customers.consent",
    "conversations.answer",
    "customers.note",
    "customers.read",
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
    "customers.contacts",
    "customers.merge",
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
    "answers.edit",
    "cases.read",
    "cases.work",
    "customers.consent",
    "conversations.answer",
    "customers.contacts",
    "customers.merge",
    "customers.note",
    "customers.read",
    "fulfillments.read",
    "messages.read",
    "orders.take",
    "stock.read",
}
ADMIN: Final = MANAGER | {
    "answers.edit",
    "catalog.edit",
    "customers.audit",
    "customers.erase",
    "customers.export",
    "feeds.push",
    "interactions.bring",
    "keys.issue",
    "orders.follow",
    "prices.edit",
    "settings.edit",
    "stock.follow",
    "stores.edit",
}
TERMINAL: Final = PUBLIC | {"till.use"}
BROUGHT: Final = frozenset({"customers.bring", "orders.bring"})
"""What only an integration does: one that is trusted to bring what another shop agreed."""

PERMISSIONS_OF: Final[Mapping[ActorKind, frozenset[str]]] = {
    ActorKind.SHOPPER: SHOPPER,
    ActorKind.ASSOCIATE: ASSOCIATE,
    ActorKind.MANAGER: MANAGER,
    ActorKind.AGENT: AGENT,
    ActorKind.ADMIN: ADMIN,
    ActorKind.TERMINAL: TERMINAL,
}

PERMISSIONS: Final = (BROUGHT | OWN).union(*PERMISSIONS_OF.values())
"""Every permission there is."""

SIGNED: Final = frozenset({"till.use"})
"""What only a signed request may: no bearer key, whatever its scopes."""
SCOPES: Final = PERMISSIONS - SIGNED - OWN
"""What an integration's key may be given."""
BRINGING: Final = PUBLIC | BROUGHT | {"orders.cancel", "orders.follow", "orders.read"}
"""What a key may be given that brings the orders of another shop, and sees these only."""
