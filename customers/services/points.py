"""Contact points of accounts: proven by whoever answers there, and held by one account."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from customers.commands import PointKind, Proven
from customers.errors import LastSignIn, PointOfAnotherAccount, UnknownPoint
from customers.events import PointForgotten, PointProven
from customers.models import Account, ContactPoint
from kernel import events
from kernel.actors import Actor
from kernel.clock import DB_NOW
from kernel.ids import new_id


def prove_point(session: Session, customer_id: UUID, proven: Proven, *, actor: Actor) -> UUID:
    """An account holds this contact point from now on, whoever typed it before; return its id.

    A telephone number that another account had proven goes: numbers change hands, and its owner
    has just answered.

    Raises PointOfAnotherAccount for an e-mail address that another one is opened with.
    """
    hold_point(session, proven)
    other = session.execute(
        select(Account.customer_id).where(
            Account.email == proven.value.lower(),
            Account.closed_at.is_(None),
            Account.customer_id != customer_id,
        )
    ).first()
    if proven.kind is PointKind.EMAIL and other is not None:
        raise PointOfAnotherAccount
    return claim_point(session, customer_id, proven, actor=actor)


def hold_point(session: Session, proven: Proven) -> None:
    """Have everybody else who proves the same point wait until this transaction ends."""
    key = f"{proven.kind}:{proven.value.lower()}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def claim_point(session: Session, customer_id: UUID, proven: Proven, *, actor: Actor) -> UUID:
    """Have a customer hold a proven point; return its id. The caller holds it against others."""
    statement = insert(ContactPoint).values(
        id=new_id(),
        customer_id=customer_id,
        kind=proven.kind,
        value=proven.value.lower(),
        proven_at=DB_NOW,
    )
    point_id: UUID = session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "value"],
            set_={"customer_id": customer_id, "proven_at": DB_NOW},
        ).returning(ContactPoint.id)
    ).scalar_one()
    fact = PointProven(customer_id=customer_id, point_id=point_id)
    events.record(session, fact, actor=actor)
    return point_id


def forget_point(session: Session, customer_id: UUID, point_id: UUID, *, actor: Actor) -> None:
    """An account holds a contact point no longer; orders that were typed with it stay.

    Raises UnknownPoint, or LastSignIn for the address the account is opened with.
    """
    point = _own(session, customer_id, point_id)
    if session.get_one(Account, customer_id).email == point.value:
        raise LastSignIn
    point.proven_at = None
    session.flush()
    fact = PointForgotten(customer_id=customer_id, point_id=point_id)
    events.record(session, fact, actor=actor)


def sign_in_under(session: Session, customer_id: UUID, point_id: UUID) -> None:
    """An account is opened with this proven e-mail address from now on.

    Raises UnknownPoint.
    """
    point = _own(session, customer_id, point_id)
    if point.kind is not PointKind.EMAIL:
        raise UnknownPoint
    session.execute(
        update(Account).where(Account.customer_id == customer_id).values(email=point.value)
    )


def _own(session: Session, customer_id: UUID, point_id: UUID) -> ContactPoint:
    point = session.execute(
        select(ContactPoint)
        .where(
            ContactPoint.id == point_id,
            ContactPoint.customer_id == customer_id,
            ContactPoint.proven_at.is_not(None),
        )
        .with_for_update()
    ).scalar_one_or_none()
    if point is None:
        raise UnknownPoint
    return point
