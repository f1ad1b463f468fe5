"""Reads of deadlines: what a store should have done by now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, exists, or_, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from orders.commands import CaseKind, Status
from orders.models import CaseFile, Fulfillment

LATE_MAX = 200
ACCEPT = "accept"
READY = "ready"
UNDER_WAY = (Status.NEW, Status.ACCEPTED, Status.PICKING, Status.IN_TRANSFER)


@dataclass(frozen=True, slots=True)
class LateParcel:
    """A parcel past a deadline: `what` it is late for (`accept` or `ready`), and since when."""

    fulfillment_id: UUID
    order_id: UUID
    location_id: UUID
    what: str
    due_at: datetime


def list_late(
    session: Session, *, limit: int = LATE_MAX, unnoted: bool = False
) -> list[LateParcel]:
    """Return parcels that nobody took on in time, or that are not ready in time; longest first.

    With `unnoted` only those without a case: neither an open one, nor a closed one for the same.
    """
    past_accept = and_(Fulfillment.status == Status.NEW, Fulfillment.accept_by < DB_NOW)
    past_promise = Fulfillment.promised_at < DB_NOW
    what = case((past_promise, READY), else_=ACCEPT)
    due_at = case((past_promise, Fulfillment.promised_at), else_=Fulfillment.accept_by)
    rows = (
        select(
            Fulfillment.id,
            Fulfillment.order_id,
            Fulfillment.location_id,
            what.label("what"),
            due_at.label("due_at"),
        )
        .where(
            Fulfillment.status.in_(UNDER_WAY),
            or_(past_promise, past_accept),
        )
        .order_by(due_at, Fulfillment.id)
        .limit(limit)
    )
    if unnoted:
        noted = exists().where(
            CaseFile.order_id == Fulfillment.order_id,
            CaseFile.fulfillment_id == Fulfillment.id,
            CaseFile.kind == CaseKind.LATE,
            or_(CaseFile.closed_at.is_(None), CaseFile.facts["what"].astext == what),
        )
        rows = rows.where(~noted)
    return [LateParcel(*row) for row in session.execute(rows)]


def list_recovered(session: Session, *, limit: int = LATE_MAX) -> list[UUID]:
    """Return parcels with an open case of being late that are not late for that any more."""
    still = or_(
        and_(
            CaseFile.facts["what"].astext == ACCEPT,
            Fulfillment.status == Status.NEW,
        ),
        and_(
            CaseFile.facts["what"].astext == READY,
            Fulfillment.status.in_(UNDER_WAY),
            Fulfillment.promised_at < DB_NOW,
        ),
    )
    rows = session.execute(
        select(Fulfillment.id)
        .join(CaseFile, CaseFile.fulfillment_id == Fulfillment.id)
        .where(CaseFile.closed_at.is_(None), CaseFile.kind == CaseKind.LATE, ~still)
        .limit(limit)
    )
    return list(rows.scalars())
