"""Actors: who does something, what they may do, and which stores are theirs."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID


class ActorKind(StrEnum):
    """The roles of the trade, and the machines that act in its name."""

    SHOPPER = "shopper"
    ASSOCIATE = "associate"
    MANAGER = "manager"
    AGENT = "agent"
    ADMIN = "admin"
    TABLET = "tablet"
    TERMINAL = "terminal"
    INTEGRATION = "integration"
    SYSTEM = "system"


EVERYWHERE: Final = frozenset({ActorKind.AGENT, ActorKind.ADMIN, ActorKind.INTEGRATION})
"""Who works for head office: at every store, or at every one of a brand."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks, after the door has made sure of who it is.

    `location_ids` is None for those who see every store; `order_ids` is None for everybody but
    shoppers, who see only the orders they hold a signed link to, or those of the account they are
    signed in to: `customer_id` is whose that is, `session_id` the session. With `brand_id` they see
    nothing of other brands' customers, and no stores but the brand's own and those shared with it.
    With `source`, the shop whose orders they bring, they see no other orders.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    permissions: frozenset[str] = frozenset()
    location_ids: frozenset[UUID] | None = frozenset()
    order_ids: frozenset[UUID] | None = None
    device_id: UUID | None = None
    brand_id: UUID | None = None
    source: str | None = None
    customer_id: UUID | None = None
    session_id: UUID | None = None
    request_id: str | None = field(default=None, compare=False)

    def may(self, permission: str) -> bool:
        """Tell whether this actor holds `permission`; an empty name is held by nobody."""
        return bool(permission) and permission in self.permissions

    def sees_location(self, location_id: UUID) -> bool:
        """Tell whether this store is theirs."""
        return self.location_ids is None or location_id in self.location_ids

    @property
    def is_central(self) -> bool:
        """Tell whether they work for head office, of all brands or of theirs, and for no store."""
        return self.location_ids is None or (self.brand_id is not None and self.kind in EVERYWHERE)

    def runs(self, location_id: UUID, brand_id: UUID | None) -> bool:
        """Tell whether a location of this brand is theirs to change, not only to work at."""
        return self.sees_location(location_id) and self.sees_brand(brand_id)

    def sees_brand(self, brand_id: UUID | None) -> bool:
        """Tell whether a brand's customers are theirs to see."""
        return self.brand_id is None or self.brand_id == brand_id

    def sees_order(self, order_id: UUID) -> bool:
        """Tell whether a shopper holds this order; staff are scoped by store instead."""
        return self.order_ids is None or order_id in self.order_ids


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="Comptoir", location_ids=None)
"""Jobs on a clock and reactions to events."""
