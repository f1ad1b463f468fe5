"""What Stripe says of its objects, and how a call to it ended."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IntentFacts:
    """A payment intent; `failure` names its newest declined charge, with Stripe's code for why."""

    id: str
    status: str
    amount_minor: int
    captured_minor: int
    currency: str
    livemode: bool
    obligation_id: str | None
    checkout_id: str | None
    failure: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A Checkout session; it has an intent from the first card on."""

    id: str
    status: str
    amount_minor: int
    currency: str
    livemode: bool
    obligation_id: str | None
    checkout_id: str | None
    url: str | None
    expires_at: datetime
    intent: IntentFacts | None


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money on its way back; `wish_id` is ours, unless somebody else made the refund."""

    id: str
    status: str
    amount_minor: int
    wish_id: str | None


@dataclass(frozen=True, slots=True)
class RefundsFacts:
    """Every refund of one payment intent."""

    refunds: tuple[RefundFacts, ...]


Facts = IntentFacts | SessionFacts | RefundFacts | RefundsFacts


@dataclass(frozen=True, slots=True)
class Answered:
    """Stripe did, or said, what it was asked; `facts` is the object as it stands now."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """It was certainly not done; another try may do it."""

    note: str


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """It was certainly not done and never will be; `facts` is the object read afterwards."""

    note: str
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows whether it was done: ask again under the same key, or look."""

    note: str


@dataclass(frozen=True, slots=True)
class KeySpent:
    """Stripe keeps a failure of its own under this key and would give it back for ever."""

    note: str


Outcome = Answered | RefusedForNow | RefusedForGood | Unanswered | KeySpent
