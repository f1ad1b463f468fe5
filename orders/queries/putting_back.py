"""Reads of what has to go back to the shelf, and of who keeps goods from being sold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel.actors import Actor
from kernel.clock import DB_NOW
from orders.errors import UnknownPutBack
from orders.models import Fulfillment, Order, PutBack, Substitution
from orders.queries.parcels import at, holds

LIST_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class PutBackFacts:
    """Goods in a bin (or on a trolley, without one) that have to go back to the shelf."""

    id: UUID
    fulfillment_id: UUID
    order_number: str
    location_id: UUID
    bin: str | None
    quantities: Mapping[str, int]
    why: str
    opened_at: datetime
    due_at: datetime
    overdue: bool

    @property
    def units(self) -> int:
        """Return how many units that are together."""
        return sum(self.quantities.values())


class OwnerKind(StrEnum):
    """What a reservation is for."""

    PARCEL = "parcel"
    PUT_BACK = "put_back"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """Whose a reservation is: of a parcel, a bin to be put back, or a substitute on offer."""

    kind: OwnerKind
    fulfillment_id: UUID
    order_number: str


def list_put_backs(
    session: Session, *, location_id: UUID, actor: Actor, limit: int = LIST_MAX
) -> list[PutBackFacts]:
    """Return what of the actor's a store has to put back, the most urgent first."""
    return _read(session, PutBack.location_id == location_id, actor=actor, limit=limit)


def get_put_back(session: Session, put_back_id: UUID, *, actor: Actor) -> PutBackFacts:
    """Return one open put-back.

    Raises UnknownPutBack, also for those of stores or brands that are not the actor's.
    """
    found = _read(session, PutBack.id == put_back_id, actor=actor, limit=1)
    if not found:
        raise UnknownPutBack(put_back_id=str(put_back_id))
    return found[0]


def count_put_backs(session: Session, *, location_id: UUID, actor: Actor) -> int:
    """Return how many bins of the actor's a store has to put back."""
    return session.execute(
        select(func.count())
        .select_from(PutBack)
        .join(Fulfillment, Fulfillment.id == PutBack.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(PutBack.location_id == location_id, PutBack.done_at.is_(None), holds(actor))
    ).scalar_one()


def list_owners(session: Session, ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, OwnerFacts]:
    """Return whose each of these reservations is; others, and other brands', are left out."""
    wanted = set(ids)
    statements = {
        OwnerKind.PARCEL: select(
            Fulfillment.id.label("owner_id"), Fulfillment.id.label("parcel_id"), Order.number
        ).where(Fulfillment.id.in_(wanted)),
        OwnerKind.PUT_BACK: select(
            PutBack.id.label("owner_id"), Fulfillment.id.label("parcel_id"), Order.number
        )
        .join(Fulfillment, Fulfillment.id == PutBack.fulfillment_id)
        .where(PutBack.id.in_(wanted)),
        OwnerKind.SUBSTITUTE: select(
            Substitution.id.label("owner_id"), Fulfillment.id.label("parcel_id"), Order.number
        )
        .join(Fulfillment, Fulfillment.id == Substitution.fulfillment_id)
        .where(Substitution.id.in_(wanted)),
    }
    return {
        row.owner_id: OwnerFacts(kind, row.parcel_id, row.number)
        for kind, rows in statements.items()
        for row in session.execute(
            rows.join(Order, Order.id == Fulfillment.order_id).where(holds(actor))
        )
    }


def _read(
    session: Session, wanted: ColumnElement[bool], *, actor: Actor, limit: int
) -> list[PutBackFacts]:
    rows = session.execute(
        select(PutBack, Order.number, (PutBack.due_at < DB_NOW).label("overdue"))
        .join(Fulfillment, Fulfillment.id == PutBack.fulfillment_id)
        .join(Order, Order.id == Fulfillment.order_id)
        .where(wanted, PutBack.done_at.is_(None), holds(actor), at(actor))
        .order_by(PutBack.due_at, PutBack.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [
        PutBackFacts(
            id=row.PutBack.id,
            fulfillment_id=row.PutBack.fulfillment_id,
            order_number=row.number,
            location_id=row.PutBack.location_id,
            bin=row.PutBack.bin,
            quantities=row.PutBack.quantities,
            why=row.PutBack.why,
            opened_at=row.PutBack.opened_at,
            due_at=row.PutBack.due_at,
            overdue=row.overdue,
        )
        for row in rows
    ]
