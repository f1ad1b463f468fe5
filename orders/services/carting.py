"""The basket: chosen articles and the store to collect them from. It reserves nothing."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import catalog.queries
from kernel.clock import DB_NOW
from kernel.ids import new_id
from orders.models import Cart, CartHolder, CartLine

QUANTITY_MAX: Final = 999

_TAKE_OUT_PAID = text("""
    WITH paid AS (
        SELECT c.id AS cart_id, f.order_id FROM cart c JOIN fulfillment f ON f.id = c.pending_id
        WHERE c.id = :cart_id AND f.pending_until IS NULL),
    gone AS (
        DELETE FROM cart_line l USING paid p, order_line b
        WHERE l.cart_id = p.cart_id AND b.order_id = p.order_id AND b.sku = l.sku
          AND l.quantity <= b.quantity),
    fewer AS (
        UPDATE cart_line l SET quantity = l.quantity - b.quantity
        FROM paid p, order_line b
        WHERE l.cart_id = p.cart_id AND b.order_id = p.order_id AND b.sku = l.sku
          AND l.quantity > b.quantity)
    UPDATE cart c SET pending_id = NULL FROM paid p WHERE c.id = p.cart_id
""")
"""What was bought leaves the basket; reading one leaves it out already, before anything is changed.
An order that was paid is one that waits for nothing: `pending_until` is NULL."""


def put_in_cart(session: Session, session_id: UUID, *, sku: str, quantity: int) -> None:
    """Have this quantity of a SKU in the basket; none of it when `quantity` is 0.

    Raises UnknownSku.
    """
    cart_id = _have_cart(session, session_id)
    if quantity <= 0:
        session.execute(delete(CartLine).where(CartLine.cart_id == cart_id, CartLine.sku == sku))
        return
    catalog.queries.require_skus(session, [sku])
    capped = min(quantity, QUANTITY_MAX)
    statement = insert(CartLine).values(cart_id=cart_id, sku=sku, quantity=capped)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["cart_id", "sku"], set_={"quantity": capped}
        )
    )


def choose_store(session: Session, session_id: UUID, *, location_id: UUID) -> None:
    """Have the basket collected at this store."""
    _have_cart(session, session_id, location_id=location_id)


def empty_cart(session: Session, session_id: UUID) -> None:
    """Have nothing in the basket; its store is remembered."""
    cart_id = _have_cart(session, session_id, pending_id=None)
    session.execute(delete(CartLine).where(CartLine.cart_id == cart_id))


def await_payment(session: Session, session_id: UUID, *, fulfillment_id: UUID) -> None:
    """Keep the basket until the order that was begun from it is paid: its shopper may come back."""
    _have_cart(session, session_id, pending_id=fulfillment_id)


def _have_cart(session: Session, session_id: UUID, **values: object) -> UUID:
    """Have a basket that this browser holds, changed as `values` say; return its id."""
    cart_id: UUID | None = session.execute(
        select(CartHolder.cart_id).where(CartHolder.session_id == session_id)
    ).scalar_one_or_none()
    if cart_id is None:
        cart_id = new_id()
        session.execute(insert(Cart).values(id=cart_id, **values))
        held = insert(CartHolder).values(session_id=session_id, cart_id=cart_id)
        session.execute(held)
        return cart_id
    session.execute(_TAKE_OUT_PAID, {"cart_id": cart_id})
    session.execute(
        update(Cart)
        .where(Cart.id == cart_id)
        .values(changed_at=DB_NOW, version=Cart.version + 1, **values)
    )
    return cart_id
