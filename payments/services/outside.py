"""Money somebody else took before it came to us: recorded, and told back to them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.ids import new_id
from payments.commands import TakenOutside
from payments.models import OutsidePayment


def record_outside_payment(session: Session, *, reference_id: UUID, taken: TakenOutside) -> None:
    """Record that a foreign shop took money under a reference; saying it twice changes nothing."""
    session.execute(
        insert(OutsidePayment)
        .values(
            id=new_id(),
            reference_id=reference_id,
            source=taken.source,
            payment_reference=taken.payment_reference,
            amount_minor=taken.amount_minor,
            currency=taken.currency,
        )
        .on_conflict_do_nothing()
    )


def lock_outside(session: Session, reference_id: UUID) -> int:
    """Return what foreign shops took under a reference and are not told to give back; minor units.

    Nobody else tells them anything of it meanwhile.
    """
    return sum(row.amount_minor - row.back_minor for row in _lock(session, reference_id))


def owe_back_outside(session: Session, reference_id: UUID, *, amount_minor: int) -> int:
    """Note that so much more is to go back where it was taken; return what is altogether.

    The newest payment gives back first, and never more than it was.
    """
    rows = _lock(session, reference_id)
    left = amount_minor
    for row in reversed(rows):
        back = min(left, row.amount_minor - row.back_minor)
        row.back_minor += back
        left -= back
    session.flush()
    return sum(row.back_minor for row in rows)


def _lock(session: Session, reference_id: UUID) -> list[OutsidePayment]:
    rows = session.execute(
        select(OutsidePayment)
        .where(OutsidePayment.reference_id == reference_id)
        .order_by(OutsidePayment.taken_at, OutsidePayment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())
