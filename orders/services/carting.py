"""The basket: chosen articles and the store to collect them from. It reserves nothing."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import catalog.queries
from kernel.clock import DB_NOW
from orders.models import Cart, CartLine

QUANTITY_MAX: Final = 999

_TAKE_OUT_PAID = text("""
    WITH paid AS (
        SELECT c.session_id, f.id FROM cart c JOIN fulfillment f ON f.id = c.pending_id
        WHERE c.session_id = :session_id AND f.pending_until IS NULL),
    gone AS (
        DELETE FROM cart_line l USING paid p, fulfillment_line b
        WHERE l.session_id = p.session_id AND b.fulfillment_id = p.id AND b.sku = l.sku
          AND l.quantity <= b.quantity),
    fewer AS (
        UPDATE cart_line l SET quantity = l.quantity - b.quantity
        FROM paid p, fulfillment_line b
        WHERE l.session_id = p.session_id AND b.fulfillment_id = p.id AND b.sku = l.sku
          AND l.quantity > b.quantity)
    UPDATE cart c SET pending_id = NULL FROM paid p WHERE c.session_id = p.session_id
""")
"""What was bought leaves the basket; reading one leaves it out already, before anything is changed.
An order that was paid is one that waits for nothing: `pending_until` is NULL."""


def put_in_cart(session: Session, session_id: UUID, *, sku: str, quantity: int) -> None:
    """Have this quantity of a SKU in the basket; none of it when `quantity` is 0.

    Raises UnknownSku.
    """
    _have_cart(session, session_id)
    if quantity <= 0:
        session.execute(
            delete(CartLine).where(CartLine.session_id == session_id, CartLine.sku == sku)
        )
        return
    catalog.queries.require_skus(session, [sku])
    capped = min(quantity, QUANTITY_MAX)
    statement = insert(CartLine).values(session_id=session_id, sku=sku, quantity=capped)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "sku"], set_={"quantity": capped}
        )
    )


def choose_store(session: Session, session_id: UUID, *, location_id: UUID) -> None:
    """Have the basket collected at this store."""
    _have_cart(session, session_id, location_id=location_id)


def empty_cart(session: Session, session_id: UUID) -> None:
    """Have nothing in the basket; its store is remembered."""
    _have_cart(session, session_id, pending_id=None)
    session.execute(delete(CartLine).where(CartLine.session_id == session_id))


def await_payment(session: Session, session_id: UUID, *, fulfillment_id: UUID) -> None:
    """Keep the basket until the order that was begun from it is paid: its shopper may come back."""
    _have_cart(session, session_id, pending_id=fulfillment_id)


def _have_cart(session: Session, session_id: UUID, **values: object) -> None:
    session.execute(_TAKE_OUT_PAID, {"session_id": session_id})
    changed = {"changed_at": DB_NOW, **values}
    session.execute(
        insert(Cart)
        .values(session_id=session_id, **changed)
        .on_conflict_do_update(index_elements=["session_id"], set_=changed)
    )
