"""Inputs of what happens at tills."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from customers.commands import GiveContact
from inventory.commands import Disposition


@dataclass(frozen=True, slots=True)
class SoldLine:
    """How many of a SKU were sold, in base units, and what was taken for all of them.

    `amount_minor` is what the till printed, discounts included.
    """

    sku: str
    name: str
    quantity: int
    amount_minor: int
    vat_bp: int

    @property
    def price(self) -> tuple[int, int]:
        """Return the price, minor units, and for how many it is: of one, where that is exact."""
        if self.amount_minor % self.quantity:
            return self.amount_minor, self.quantity
        return self.amount_minor // self.quantity, 1


@dataclass(frozen=True, slots=True)
class SellAtTill:
    """Goods that somebody took from the shelf and paid: a SKU stands in one line only.

    The contact is who bought, where they said so.
    """

    location_id: UUID
    ticket_number: str
    lines: Sequence[SoldLine]
    contact: GiveContact | None = None


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """How many of a SKU came back, what was given back for them, and where they go."""

    sku: str
    quantity: int
    amount_minor: int
    disposition: Disposition
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Goods that came back to a till, which gave the money back: a SKU stands in one line only.

    `order_number` names the order of ours that they were bought with, of whatever store.
    """

    location_id: UUID
    ticket_number: str
    lines: Sequence[ReturnedLine]
    order_number: str | None = None
