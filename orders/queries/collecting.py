"""Reads of passes and hand-overs: what opens a parcel, and who opened it."""

from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from orders.commands import Status
from orders.models import Fulfillment, HandOverRow, PickupPass, PutBack
from orders.passes import PassFacts, typed_code
from orders.queries.shapes import HandOverFacts, PassState

CODE_MEMORY_DAYS: Final = 30
"""Days for which a typed code of a parcel that is gone still gets a clear answer."""


def list_passes(session: Session, fulfillment_id: UUID) -> list[PassState]:
    """Return every pass ever made for a parcel, oldest first."""
    rows = session.execute(
        select(PickupPass)
        .where(PickupPass.fulfillment_id == fulfillment_id)
        .order_by(PickupPass.created_at)
        .execution_options(populate_existing=True)
    ).scalars()
    return [_pass(row) for row in rows]


def find_pass(session: Session, pass_id: UUID) -> PassState | None:
    """Return a pass, if there is one with this id."""
    row = session.get(PickupPass, pass_id, populate_existing=True)
    return None if row is None else _pass(row)


def find_pass_by_code(session: Session, code: str, *, location_id: UUID) -> PassState | None:
    """Return the pass that has this typed code, as seen from a store.

    Looked for among its parcels that wait, then among its parcels that ended in the last 30 days,
    and only then among what waits at other stores: a hand-over reads no more as the store's past
    grows, and a code that was brought to the wrong store is told from one that is nobody's.
    """
    here = Fulfillment.location_id == location_id
    waits = Fulfillment.status == Status.READY
    ended = Fulfillment.ended_at > DB_NOW - func.make_interval(0, 0, 0, CODE_MEMORY_DAYS)
    for which in (and_(here, waits), and_(here, ended), and_(~here, waits)):
        ids = session.execute(
            select(PickupPass.id)
            .join(Fulfillment, Fulfillment.id == PickupPass.fulfillment_id)
            .where(which)
        ).scalars()
        for pass_id in ids:
            if typed_code(pass_id) == code:
                return find_pass(session, pass_id)
    return None


def find_last_hand_over(session: Session, fulfillment_id: UUID) -> HandOverFacts | None:
    """Return the newest hand-over of a parcel as it should be, if there was one."""
    row = session.execute(
        select(HandOverRow)
        .where(HandOverRow.fulfillment_id == fulfillment_id, HandOverRow.conflict.is_(False))
        .order_by(HandOverRow.handed_over_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None:
        return None
    return HandOverFacts(row.location_id, row.staff_name, row.handed_over_at)


def list_lying(session: Session, fulfillment_id: UUID) -> dict[str, int]:
    """Return what still lies in the bin of a parcel that has ended: it is to be put back."""
    tasks = session.execute(
        select(PutBack.quantities).where(
            PutBack.fulfillment_id == fulfillment_id, PutBack.done_at.is_(None)
        )
    ).scalars()
    lying: dict[str, int] = {}
    for quantities in tasks:
        for sku, quantity in quantities.items():
            lying[sku] = lying.get(sku, 0) + quantity
    return lying


def _pass(row: PickupPass) -> PassState:
    facts = PassFacts(row.id, row.fulfillment_id, row.key_id, row.last_day)
    why = None if row.revoked_at is None else (row.revoked_why or "revoked")
    return PassState(facts, row.holder, why, row.used_at is not None, row.contact_id)
