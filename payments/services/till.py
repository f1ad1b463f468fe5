"""Money taken at a till."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from kernel.ids import new_id
from payments.models import TillPayment


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a till printed: its number at its store, and the money it took, minor units."""

    location_id: UUID
    number: str
    amount_minor: int
    currency: str


def record_till_payment(session: Session, *, reference_id: UUID, ticket: Ticket) -> UUID:
    """Record that a till took money for an obligation; return the payment's id."""
    payment_id = new_id()
    session.add(
        TillPayment(
            id=payment_id,
            reference_id=reference_id,
            location_id=ticket.location_id,
            ticket_number=ticket.number,
            amount_minor=ticket.amount_minor,
            currency=ticket.currency,
        )
    )
    session.flush()
    return payment_id
