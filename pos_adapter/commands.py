"""Words of tills, and what they send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import kernel.signing
from customers.commands import GiveContact
from inventory.commands import Disposition


class ReceiptKind(StrEnum):
    """What a till's receipt says happened."""

    SALE = "sale"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(kernel.signing.Signed):
    """A request as it came, and what its headers say of which till signed it."""

    terminal: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt: what the till scanned, how many base units, what they cost together.

    Exactly one of `sku` and `gtin` names the article. With `order_number` a sold line is the
    payment and the hand-over of that order's units; without an article it is a payment alone, of
    what is brought to its customer.
    """

    quantity: int
    amount_minor: int
    sku: str | None = None
    gtin: str | None = None
    vat_bp: int | None = None
    order_number: str | None = None
    disposition: Disposition = Disposition.RESTOCK
    reason: str | None = None

    @property
    def asked(self) -> str:
        """Return what names the article."""
        return self.sku or self.gtin or ""

    @property
    def is_payment(self) -> bool:
        """Tell whether it has no goods: only an order's money."""
        return not self.asked


@dataclass(frozen=True, slots=True)
class RecordReceipt:
    """A receipt of a till under the till's own running number.

    `happened_at` is the till's clock: kept, and trusted for nothing. `payload_hash` tells another
    receipt under the same number. `order_number` of a return is the order it comes back from.
    """

    terminal_id: UUID
    seq: int
    kind: ReceiptKind
    ticket_number: str
    happened_at: datetime
    currency: str
    total_minor: int
    lines: Sequence[ReceiptLine]
    payload_hash: bytes
    customer: GiveContact | None = None
    order_number: str | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """What the customer at the till showed or said: exactly one of these."""

    qr: str | None = None
    code: str | None = None
    order_number: str | None = None
    phone: str | None = None
