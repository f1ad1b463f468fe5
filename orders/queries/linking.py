"""Which order a signed link opens: the newest link of an order does, and no other."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.links import order_token, read_order_token
from orders.errors import UnknownOrder
from orders.models import Order


def open_link(session: Session, token: str) -> UUID | None:
    """Return the order a link opens; None when it is none of ours, or was made void."""
    link = read_order_token(token)
    if link is None:
        return None
    known = session.execute(select(Order.link_no).where(Order.id == link.order_id))
    return link.order_id if known.scalar_one_or_none() == link.nth else None


def get_token(session: Session, order_id: UUID) -> str:
    """Return the token that opens an order now.

    Raises UnknownOrder.
    """
    known = session.execute(select(Order.link_no).where(Order.id == order_id)).one_or_none()
    if known is None:
        raise UnknownOrder
    return order_token(order_id, known.link_no)
