"""Reads of substitutes: what was offered in place of what is missing, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.money import line_amount
from orders.commands import SubstitutionStatus
from orders.errors import UnknownFulfillment, UnknownSubstitute
from orders.models import Substitution
from orders.queries.parcels import get_fulfillment

DUE_MAX = 200


@dataclass(frozen=True, slots=True)
class SubstituteFacts:
    """An offer of another SKU; its price is what the customer would pay, minor units."""

    id: UUID
    fulfillment_id: UUID
    sku: str
    substitute_sku: str
    quantity: int
    unit_price_minor: int
    price_per: int
    reason: str
    status: SubstitutionStatus
    proposed_by_name: str
    proposed_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    answered_by: str | None

    @property
    def amount_minor(self) -> int:
        """Return what it comes to, minor units, tax included."""
        return line_amount(
            quantity=self.quantity,
            unit_price_minor=self.unit_price_minor,
            price_per=self.price_per,
        )


def get_substitute(session: Session, substitution_id: UUID, *, actor: Actor) -> SubstituteFacts:
    """Return an offer of a substitute.

    Raises UnknownSubstitute, also for parcels that are none of the actor's.
    """
    found = _read(session, Substitution.id == substitution_id)
    if not found:
        raise UnknownSubstitute(substitution_id=str(substitution_id))
    try:
        get_fulfillment(session, found[0].fulfillment_id, actor=actor)
    except UnknownFulfillment as error:
        raise UnknownSubstitute(substitution_id=str(substitution_id)) from error
    return found[0]


def list_substitutes(session: Session, fulfillment_id: UUID) -> list[SubstituteFacts]:
    """Return every substitute ever offered in a parcel, oldest first; the caller may see it."""
    return _read(session, Substitution.fulfillment_id == fulfillment_id)


def list_proposed(session: Session, fulfillment_ids: Sequence[UUID]) -> list[SubstituteFacts]:
    """Return the substitutes of these parcels that wait for an answer, oldest first."""
    return _read(
        session,
        Substitution.fulfillment_id.in_(fulfillment_ids),
        Substitution.status == SubstitutionStatus.PROPOSED,
    )


def list_lapsing(session: Session, *, limit: int = DUE_MAX) -> list[UUID]:
    """Return the offers nobody answered in time, by the database's clock."""
    rows = session.execute(
        select(Substitution.id)
        .where(Substitution.status == SubstitutionStatus.PROPOSED, Substitution.answer_by <= DB_NOW)
        .order_by(Substitution.answer_by)
        .limit(limit)
    )
    return list(rows.scalars())


def _read(session: Session, *wanted: ColumnElement[bool]) -> list[SubstituteFacts]:
    rows = session.execute(
        select(Substitution)
        .where(*wanted)
        .order_by(Substitution.proposed_at, Substitution.id)
        .execution_options(populate_existing=True)
    ).scalars()
    return [
        SubstituteFacts(
            id=row.id,
            fulfillment_id=row.fulfillment_id,
            sku=row.sku,
            substitute_sku=row.substitute_sku,
            quantity=row.quantity,
            unit_price_minor=row.unit_price_minor,
            price_per=row.price_per,
            reason=row.reason,
            status=row.status,
            proposed_by_name=row.proposed_by_name,
            proposed_at=row.proposed_at,
            answer_by=row.answer_by,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
        )
        for row in rows
    ]
