"""Reads of baskets."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.models import Cart, CartLine
from orders.queries.shapes import CartFacts


def get_cart(session: Session, session_id: UUID | None) -> CartFacts:
    """Return a browser's basket; an empty one when it never chose anything."""
    rows = session.execute(
        select(Cart.location_id, CartLine.sku, CartLine.quantity)
        .outerjoin(CartLine, CartLine.session_id == Cart.session_id)
        .where(Cart.session_id == session_id)
        .order_by(CartLine.added_at, CartLine.sku)
    ).all()
    quantities = {row.sku: row.quantity for row in rows if row.sku is not None}
    return CartFacts(quantities, rows[0].location_id if rows else None)
