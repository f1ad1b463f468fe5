"""Money taken at a till."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.ids import new_id
from payments.errors import TicketUsed
from payments.models import TillPayment


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a till printed: its number at its store, and the money it took, minor units."""

    location_id: UUID
    number: str
    amount_minor: int
    currency: str


def record_till_payment(session: Session, *, reference_id: UUID, ticket: Ticket) -> UUID:
    """Record that a till took money under a reference; return the payment's id.

    Raises TicketUsed when that ticket paid for a part of it before.
    """
    recorded = session.execute(
        insert(TillPayment)
        .values(
            id=new_id(),
            reference_id=reference_id,
            location_id=ticket.location_id,
            ticket_number=ticket.number,
            amount_minor=ticket.amount_minor,
            currency=ticket.currency,
        )
        .on_conflict_do_nothing()
        .returning(TillPayment.id)
    ).scalar_one_or_none()
    if recorded is None:
        raise TicketUsed(ticket_number=ticket.number)
    return recorded
