"""Orders of somebody who is forgotten: their words go, what was ordered, moved and paid stays."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kernel.clock import DB_NOW
from orders import queries
from orders.models import (
    Arrival,
    Cart,
    CartHolder,
    CartLine,
    CaseFile,
    Fulfillment,
    Order,
    SourcingDecision,
    StockWish,
)

FORGOTTEN: Final = "–"


def forget_words(session: Session, customer_id: UUID, contact_ids: Collection[UUID]) -> None:
    """Nothing is left of what these people, or ours about them, said beside their orders.

    Baskets that were never ordered go altogether; nobody waits for an article any more. The company
    an order was for stays with it, as what was paid does. The caller has made sure that no order of
    theirs is open.
    """
    theirs = select(Order.id).where(Order.contact_id.in_(contact_ids))
    parcels = select(Fulfillment.id).where(Fulfillment.order_id.in_(theirs))
    noted = update(Order).where(Order.contact_id.in_(contact_ids), Order.note.is_not(None))
    _change(session, noted, note=None)
    came = update(Arrival).where(Arrival.fulfillment_id.in_(parcels))
    _change(session, came, vehicle=None, bay=None)
    ended = update(CaseFile).where(CaseFile.order_id.in_(theirs), CaseFile.resolution.is_not(None))
    _change(session, ended, resolution=FORGOTTEN)
    sourced = update(SourcingDecision).where(SourcingDecision.order_id.in_(theirs))
    _change(session, sourced, place=SourcingDecision.place.op("-")("postcode"))
    wished = update(StockWish).where(
        StockWish.contact_id.in_(contact_ids), StockWish.ended_at.is_(None)
    )
    _change(session, wished, ended_at=DB_NOW)
    _forget_carts(session, queries.forgetting.list_carts_of(session, customer_id, contact_ids))


def forget_resolutions(session: Session, keys: Collection[str]) -> None:
    """Nothing is left of what ours wrote when the cases under these keys ended."""
    ended = update(CaseFile).where(CaseFile.key.in_(keys), CaseFile.resolution.is_not(None))
    _change(session, ended, resolution=FORGOTTEN)


def _forget_carts(session: Session, cart_ids: Collection[UUID]) -> None:
    open_carts = select(Cart.id).where(Cart.id.in_(cart_ids), Cart.order_id.is_(None))
    gone = list(session.execute(open_carts).scalars())
    session.execute(delete(CartLine).where(CartLine.cart_id.in_(gone)))
    session.execute(delete(CartHolder).where(CartHolder.cart_id.in_(gone)))
    session.execute(delete(Cart).where(Cart.id.in_(gone)))
    _change(session, update(CartLine).where(CartLine.cart_id.in_(cart_ids)), note=None)
    kept = update(Cart).where(Cart.id.in_(cart_ids))
    _change(session, kept, note=None, customer_id=None)


def _change(session: Session, statement: Any, **values: Any) -> None:  # noqa: ANN401 (an update)
    session.execute(statement.values(**values).execution_options(synchronize_session=False))
