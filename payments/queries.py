"""Reads of money."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from payments.models import TillPayment


def paid_minor(session: Session, reference_id: UUID) -> int:
    """Return what has been paid for an obligation, minor units."""
    paid: int = session.execute(
        select(func.coalesce(func.sum(TillPayment.amount_minor), 0)).where(
            TillPayment.reference_id == reference_id
        )
    ).scalar_one()
    return int(paid)
