"""Words of payments, and the inputs of their use cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LEAST_BY_CARD: Mapping[str, int] = {
    "CHF": 50,
    "CZK": 1_500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HUF": 17_500,
    "NOK": 300,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "USD": 50,
}
"""What Stripe charges a card at least, minor units: its minimum for one charge, per currency."""


def card_takes(amount_minor: int, currency: str) -> bool:
    """Tell whether an amount is not too little for a card; it may be nothing at all."""
    return not 0 < amount_minor < LEAST_BY_CARD.get(currency, 0)


class ObligationStatus(StrEnum):
    """Where an obligation stands; `payments.models.NEXT` says what may follow."""

    OPENED = "opened"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CheckoutStatus(StrEnum):
    """Where one visit to the payment page stands."""

    STARTING = "starting"
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"
    REFUSED = "refused"


class PaymentStatus(StrEnum):
    """What became of the money on a card."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    CANCELLED = "cancelled"


class WishKind(StrEnum):
    """What Stripe is to be asked for."""

    EXPIRE = "expire"
    CAPTURE = "capture"
    CANCEL = "cancel"
    REFUND = "refund"


class WishStatus(StrEnum):
    """The truth about a wish: `unknown` is asked after, never assumed."""

    DUE = "due"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NewsStatus(StrEnum):
    """What became of a webhook: `doubted` contradicts what is owed and waits for a person."""

    DUE = "due"
    DONE = "done"
    IGNORED = "ignored"
    DOUBTED = "doubted"


class RefundReason(StrEnum):
    """Why money goes back; `elsewhere` is somebody at Stripe's own dashboard."""

    CANCELLED = "cancelled"
    SHORT = "short"
    UNCOLLECTED = "uncollected"
    RETURNED = "returned"
    GOODWILL = "goodwill"
    SURPLUS = "surplus"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """Something owed under a reference; the amount in minor units of the ISO 4217 currency."""

    reference_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class TakenOutside:
    """What a foreign shop took, in minor units, and under which reference of its own."""

    source: str
    payment_reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What the payment page shows, and where it leads back to.

    Stripe keeps the addresses, so they must hold no secret; `{CHECKOUT_SESSION_ID}` in
    `return_url` becomes the session's id.
    """

    title: str
    language: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class OpenCheckout:
    """A payment page somebody may be sent to, until it ends."""

    url: str
    expires_at: datetime
