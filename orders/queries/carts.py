"""Reads of baskets."""

from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from orders.commands import Status
from orders.models import Cart, CartHolder, CartLine, Fulfillment, OrderLine
from orders.queries.shapes import CartFacts


def get_cart(session: Session, session_id: UUID | None) -> CartFacts:
    """Return a browser's basket; an empty one when it never chose anything.

    What was bought from it by card, and paid since, is no longer in it.
    """
    bought = and_(
        OrderLine.order_id == Fulfillment.order_id,
        OrderLine.sku == CartLine.sku,
        Fulfillment.pending_until.is_(None),
    )
    left = CartLine.quantity - func.coalesce(OrderLine.quantity, 0)
    rows = session.execute(
        select(Cart.location_id, Fulfillment.id, Fulfillment.status, CartLine.sku, left)
        .outerjoin(Fulfillment, Fulfillment.id == Cart.pending_id)
        .join(CartHolder, CartHolder.cart_id == Cart.id)
        .outerjoin(CartLine, CartLine.cart_id == Cart.id)
        .outerjoin(OrderLine, bought)
        .where(CartHolder.session_id == session_id)
        .order_by(CartLine.added_at, CartLine.sku)
    ).all()
    if not rows:
        return CartFacts({}, None)
    location_id, begun_id, status, *_ = rows[0]
    return CartFacts(
        {sku: quantity for *_, sku, quantity in rows if sku is not None and quantity > 0},
        location_id,
        begun_id if status is Status.PENDING else None,
    )
