"""What happens to baskets."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CartSent(Event):
    """Somebody is to be sent the link of a basket: themselves, or an adviser's customer."""

    name = "cart.sent.v1"
    aggregate = "cart"
    cart_id: UUID
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class CartLeft(Event):
    """Somebody we know has not gone on with a basket for a day."""

    name = "cart.left.v1"
    aggregate = "cart"
    cart_id: UUID
    contact_id: UUID


@dataclass(frozen=True, kw_only=True)
class CartBecameOrder(Event):
    """A basket became an order, once."""

    name = "cart.ordered.v1"
    aggregate = "cart"
    cart_id: UUID
    order_id: UUID
