"""What happens to what is owed by card."""

from dataclasses import dataclass
from uuid import UUID

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentAuthorised(Event):
    """A card holds the whole amount for us; nothing is taken yet."""

    name = "payment.authorised.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """A card was declined, or what it held was let go; `code` is Stripe's word for it."""

    name = "payment.failed.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured(Event):
    """This much was taken from the card; the rest of what it held was let go."""

    name = "payment.captured.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CaptureFailed(Event):
    """The money could not be taken: the customer needs a pay link."""

    name = "payment.capture_failed.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(Event):
    """This much went back to the card."""

    name = "payment.refunded.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    refund_id: UUID
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundFailed(Event):
    """Stripe will not give the money back: somebody has to."""

    name = "payment.refund_failed.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    refund_id: UUID
    amount_minor: int
    code: str


@dataclass(frozen=True, kw_only=True)
class PaymentDoubted(Event):
    """What Stripe says contradicts what is owed; it is not believed until a person has looked."""

    name = "payment.doubted.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    doubt: str


@dataclass(frozen=True, kw_only=True)
class CheckoutExpired(Event):
    """A visit to the payment page ended without a payment.

    `cause` is `ended` (its time was over, or somebody asked), `cancelled` (nothing is owed any
    more), or `superseded` (a new visit begins: nothing to do).
    """

    name = "checkout.expired.v1"
    aggregate = "obligation"
    obligation_id: UUID
    reference_id: UUID
    checkout_id: UUID
    cause: str
